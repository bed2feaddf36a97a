"""The organization's facts against each other and against the accounts there are."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.config.checks.references import check_region, unknown
from orchestrator.config.documents import Document, KeyPath, dotted
from orchestrator.config.sources import Sources
from orchestrator.errors import Problem

ROOT = "organization"
SPECIAL = ("management", "security", "log_archive")
RESERVED_BEGINNINGS = ("xn--", "sthree-", "amzn-s3-demo-")
RESERVED_ENDINGS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
"""Source: Amazon S3 User Guide, "General purpose bucket naming rules"."""
FEATURES = (
    "S3_DATA_EVENTS",
    "EKS_AUDIT_LOGS",
    "EBS_MALWARE_PROTECTION",
    "RDS_LOGIN_EVENTS",
    "EKS_RUNTIME_MONITORING",
    "LAMBDA_NETWORK_LOGS",
    "RUNTIME_MONITORING",
)
"""Source: Amazon GuardDuty API Reference, OrganizationFeatureConfiguration."""


def check_facts(sources: Sources) -> Iterator[Problem]:
    """Special accounts, home region, buckets, features."""
    document = sources.organization
    if document is None:
        return
    yield from _special_accounts(document, sources)
    yield from _home_region(document)
    yield from _buckets(document)
    yield from _ages(document)
    yield from _signers(document)
    for feature in document.mapping(ROOT, "guardduty", "features"):
        path = (ROOT, "guardduty", "features", feature)
        yield from unknown(document, path, feature, "GuardDuty feature", FEATURES)


def _special_accounts(document: Document, sources: Sources) -> Iterator[Problem]:
    names = [account.name for account in sources.accounts]
    first: dict[str, str] = {}
    for part in SPECIAL:
        path = (ROOT, "accounts", part)
        name = document.text(*path)
        if name is None:
            continue
        yield from unknown(document, path, name, "account", sorted(names), of=path)
        other = first.setdefault(name, part)
        if other != part:
            what = f"the account '{name}' is the {other} account already"
            fix = "give each part to an account of its own"
            yield Problem(document.file, document.line(path), dotted(path), what, fix)


def _home_region(document: Document) -> Iterator[Problem]:
    path = (ROOT, "home_region")
    region = document.text(*path)
    if region is not None:
        yield from check_region(document, path, region, of=path)


def _buckets(document: Document) -> Iterator[Problem]:
    for path in ((ROOT, "state", "bucket"), (ROOT, "log_archive", "bucket_prefix")):
        name = document.text(*path)
        if name and name.startswith(RESERVED_BEGINNINGS):
            yield _reserved(document, path, name, "beginning")
        if name and name.endswith(RESERVED_ENDINGS):
            yield _reserved(document, path, name, "ending")


def _reserved(document: Document, path: KeyPath, name: str, part: str) -> Problem:
    what = f"AWS keeps the {part} of '{name}' to itself"
    return Problem(document.file, document.line(path), dotted(path), what, "choose another name")


def _ages(document: Document) -> Iterator[Problem]:
    """S3 refuses a lifecycle rule whose objects expire before they are moved."""
    path = (ROOT, "log_archive", "expire_after")
    archive = document.mapping(ROOT, "log_archive")
    glacier, expire = archive.get("glacier_after"), archive.get("expire_after")
    if isinstance(glacier, int) and isinstance(expire, int) and expire <= glacier:
        what = f"logs would expire after {expire} days, but move to Glacier after {glacier}"
        fix = f"use more than {glacier}"
        yield Problem(document.file, document.line(path), dotted(path), what, fix)


def _signers(document: Document) -> Iterator[Problem]:
    path = (ROOT, "approval", "required")
    approval = document.mapping(ROOT, "approval")
    named = approval.get("signers") or approval.get("keys")
    if approval.get("required") is True and not named:
        what = "nobody can approve: there are neither signers nor keys"
        fix = "add one to approval.signers or approval.keys"
        yield Problem(document.file, document.line(path), dotted(path), what, fix)
