"""What is known of a call, and which calls are about a resource type."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.listening.table import CALLS, Calls

GLOBAL = frozenset({"iam.amazonaws.com", "organizations.amazonaws.com"})
"""Their resources are in no region, and their events in us-east-1.

Source: IAM User Guide, "Logging IAM and AWS STS API calls with AWS CloudTrail"."""

EVERYWHERE = frozenset({"aws_s3_account_public_access_block"})
"""Of an account and no region, though the event is in the region that was asked."""


def find(service: str, name: str) -> Calls | None:
    """What is known of an event; None for one that is not in the table."""
    return next((each for each in CALLS.get(service, ()) if name in each.names), None)


def about(types: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Event source and name of every call that is about some of these types, in order."""
    for service, groups in CALLS.items():
        names = {name for each in groups if types & set(each.types) for name in each.names}
        yield from ((service, name) for name in sorted(names))
