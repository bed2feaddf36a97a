"""Facts about buckets that other services and the amended responses need."""

from __future__ import annotations

from moto.s3.models import s3_backends

MISSING_SUBRESOURCES = frozenset(
    ("analytics", "intelligent-tiering", "metadataConfiguration", "metadataTable", "metrics")
)


def bucket_exists(name: str) -> bool:
    """Whether any account has a bucket of this name; names are global."""
    accounts = list(dict.values(s3_backends))
    return any(name in backend.buckets for account in accounts for backend in account.values())
