"""The organization's facts against each other and against the accounts there are."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.config.checks.references import check_region, unknown
from orchestrator.config.documents import Document, Json, KeyPath, dotted
from orchestrator.config.sources import Sources
from orchestrator.errors import Problem
from orchestrator.model.facts import Access

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
        what = "no approval is possible: there are neither signers nor keys"
        fix = "add one to approval.signers or approval.keys"
        yield Problem(document.file, document.line(path), dotted(path), what, fix)


ACCESS = ("organization", "access")
OF_THE_CI = ("orchestrator-ci-apply", "orchestrator-ci-plan")


def check_roles(sources: Sources) -> Iterator[Problem]:
    """Names given twice, the defaults included, or to what modules/ci_roles makes."""
    document = sources.organization
    if document is None:
        return
    first = dict.fromkeys(OF_THE_CI, "CI's")
    for key, field in Access.model_fields.items():
        if not key.endswith("_role"):
            continue
        path = (*ACCESS, key)
        name = document.text(*path) or str(field.default)
        other = first.setdefault(name, key)
        if other != key:
            what = f"'{name}' is the {other.replace('_', ' ')} already"
            fix = "give each role a name of its own"
            yield Problem(document.file, document.line(path), dotted(path), what, fix)


RUNNER = (ROOT, "runner")
NEEDED = {
    "fargate": ("image", "subnets", "security_groups"),
    "codebuild": ("image",),
}


def check_runner(sources: Sources) -> Iterator[Problem]:
    """What `organization.runner` leaves out, once it is enabled."""
    document = sources.organization
    if document is None or not sources.sound(document):
        return
    runner = document.mapping(*RUNNER)
    if runner.get("enabled") is not True:
        return
    for key in NEEDED.get(str(runner.get("launch", "fargate")), ()):
        if not _some(runner.get(key)):
            yield _problem(document, f"workers need '{key}'", f"set {dotted((*RUNNER, key))}")
    builds = runner.get("launch") == "codebuild"
    if builds and _some(runner.get("subnets")) and not runner.get("vpc"):
        what = "builds in subnets need their VPC"
        yield _problem(document, what, f"set {dotted((*RUNNER, 'vpc'))}")
    if document.mapping(ROOT, "state").get("runs") is not True:
        what = "workers take runs from the state bucket, which keeps none"
        yield _problem(document, what, f"set {ROOT}.state.runs to true")
    if runner.get("worker_role", "orchestrator-worker") in _roles(document):
        what = "the workers' role is another role already"
        yield _problem(document, what, "give worker_role a name of its own")


def _some(value: Json) -> bool:
    """Said, and where several can be said, at least one of them not taken back."""
    return any(value.values()) if isinstance(value, dict) else bool(value)


def _roles(document: Document) -> set[object]:
    access = document.mapping(ROOT, "access")
    return {access.get("runner_role", "orchestrator-runner"), access.get("reader_role")}


def _problem(document: Document, what: str, fix: str) -> Problem:
    path = (*RUNNER, "enabled")
    return Problem(document.file, document.line(path), dotted(RUNNER), what, fix)
