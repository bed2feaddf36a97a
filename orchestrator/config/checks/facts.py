"""The organization's facts against each other and against the accounts there are.

Each log is collected once, and what is declared as collected has a collector.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.config.checks.references import check_region, unknown
from orchestrator.config.documents import Document, Json, KeyPath, dotted
from orchestrator.config.layers import DEPTH, Layer, Sources, built_in, merged
from orchestrator.errors import Problem
from orchestrator.model.facts import Access
from orchestrator.model.organization import IN_ARCHIVE

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
LAUNCH_NEEDS = {
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
    for key in LAUNCH_NEEDS.get(str(runner.get("launch", "fargate")), ()):
        if not _some(runner.get(key)):
            yield _facts_problem(document, f"workers need '{key}'", f"set {dotted((*RUNNER, key))}")
    builds = runner.get("launch") == "codebuild"
    if builds and _some(runner.get("subnets")) and not runner.get("vpc"):
        what = "builds in subnets need their VPC"
        yield _facts_problem(document, what, f"set {dotted((*RUNNER, 'vpc'))}")
    if document.mapping(ROOT, "state").get("runs") is not True:
        what = "workers take runs from the state bucket, which keeps none"
        yield _facts_problem(document, what, f"set {ROOT}.state.runs to true")
    if runner.get("detect") and document.mapping(ROOT, "logs").get("detections") is not True:
        what = "what the schedule detects could not be sent: no account has the role for it"
        yield _facts_problem(document, what, f"set {ROOT}.logs.detections to true")
    if runner.get("worker_role", "orchestrator-worker") in _roles(document):
        what = "the workers' role is another role already"
        yield _facts_problem(document, what, "give worker_role a name of its own")


def _some(value: Json) -> bool:
    """Said, and where several can be said, at least one of them not taken back."""
    return any(value.values()) if isinstance(value, dict) else bool(value)


def _roles(document: Document) -> set[object]:
    access = document.mapping(ROOT, "access")
    return {access.get("runner_role", "orchestrator-runner"), access.get("reader_role")}


def _facts_problem(document: Document, what: str, fix: str) -> Problem:
    path = (*RUNNER, "enabled")
    return Problem(document.file, document.line(path), dotted(RUNNER), what, fix)


LAKE = (ROOT, "logs", "lake")
FORWARD = ("logs", "forward")
BY_LAKE = {"resolver_queries": "ROUTE53", "vpc_flow": "VPC_FLOW"}
"""Sources that an account can forward by itself → what Security Lake calls them."""

SIEM = (ROOT, "logs", "siem")
DOMAIN_NEEDS = ("vpc", "subnets", "clients", "master_role")


def check_logs(sources: Sources) -> Iterator[Problem]:
    """Once for each line that is at fault, however many accounts it holds for."""
    facts = sources.organization
    if facts is None or not sources.sound(facts):
        return
    yield from _siem(facts)
    seen = set[Problem]()
    for account in sources.accounts:
        if account.layer.complete and sources.sound(*account.layer.documents):
            found = dict.fromkeys(_account(account.layer, facts))
            yield from (problem for problem in found if problem not in seen)
            seen.update(found)


def _account(layer: Layer, facts: Document) -> Iterator[Problem]:
    settings = merged(built_in(), layer.settings, DEPTH)
    logs = _mapping(settings, "logs")
    forward, governed = _mapping(logs, "forward"), _mapping(settings, "regions")
    for source, called in BY_LAKE.items():
        yield from _once(layer, source, str(forward.get(source)), called, facts)
    if forward.get("cloudwatch") == "archive":
        yield from _destinations(layer, governed, facts)
    for vpc, region in _mapping(logs, "vpcs").items():
        if region is not None and not governed.get(str(region)):
            what = f"'{region}' is not governed"
            fix = "correct the VPC's region, or govern it in 'regions'"
            yield _layer_problem(layer, ("logs", "vpcs", vpc), what, fix)


def _once(layer: Layer, source: str, where: str, called: str, facts: Document) -> Iterator[Problem]:
    path = (*FORWARD, source)
    if where == "archive" and called in _collected(facts):
        what = f"collected twice: Security Lake collects {called} in every account"
        yield _layer_problem(
            layer, path, what, f"write 'lake', or take {called} out of {dotted(LAKE)}"
        )
    if where == "lake" and called not in _collected(facts):
        what = f"it is not collected: Security Lake does not collect {called}"
        fix = (
            f"add {called} to {dotted((*LAKE, 'sources'))} and enable the lake, or write 'archive'"
        )
        yield _layer_problem(layer, path, what, fix)


def _destinations(layer: Layer, governed: dict[str, Json], facts: Document) -> Iterator[Problem]:
    there = facts.mapping(ROOT, "logs", "destinations")
    lacking = [region for region, on in governed.items() if on and not there.get(region)]
    if lacking:
        what = f"there is no destination in {', '.join(sorted(lacking))}"
        fix = f"add it to {dotted((ROOT, 'logs', 'destinations'))} in organization.yaml"
        yield _layer_problem(layer, (*FORWARD, "cloudwatch"), what, fix)


def _siem(facts: Document) -> Iterator[Problem]:
    siem = facts.mapping(*SIEM)
    if siem.get("kind", "none") == "none":
        return
    for key in DOMAIN_NEEDS:
        if not siem.get(key):
            what = f"a '{siem['kind']}' cannot be made without '{key}'"
            yield Problem(facts.file, facts.line(SIEM), dotted(SIEM), what, f"add '{key}'")
    yield from _siem_sources(facts)
    subnets = sum(on is True for on in facts.mapping(*SIEM, "subnets").values())
    nodes = facts.mapping(*SIEM, "sizing").get("data_nodes", 3)
    if siem["kind"] == "opensearch" and subnets not in (2, 3) and siem.get("subnets"):
        what = f"a domain stands in two or three subnets, not in {subnets}"
        yield _at(facts, (*SIEM, "subnets"), what, "name two or three, each in its own zone")
    elif siem["kind"] == "opensearch" and isinstance(nodes, int) and subnets and nodes % subnets:
        what = f"{nodes} data nodes cannot be the same number in {subnets} subnets"
        yield _at(facts, (*SIEM, "sizing"), what, f"use a multiple of {subnets} for data_nodes")


def _siem_sources(facts: Document) -> Iterator[Problem]:
    """What is to be searched in has to come from somewhere."""
    lake, collected = facts.mapping(*LAKE).get("enabled") is True, _collected(facts)
    there = collected if lake else set(IN_ARCHIVE)
    for name, on in facts.mapping(*SIEM, "sources").items():
        if on is True and name not in there:
            what = (
                f"Security Lake does not collect {name}" if lake else f"{name} is in the lake alone"
            )
            fix = f"add it to {dotted((*LAKE, 'sources'))}" if lake else f"enable {dotted(LAKE)}"
            yield _at(facts, (*SIEM, "sources", name), what, f"{fix}, or take it out here")
    for name, on in facts.mapping(*SIEM, "custom_sources").items():
        if on is True and not lake:
            what = "a custom source is in Security Lake alone, which is not enabled"
            fix = f"enable {dotted(LAKE)}, or take it out here"
            yield _at(facts, (*SIEM, "custom_sources", name), what, fix)


def _collected(facts: Document) -> set[str]:
    """What Security Lake collects; nothing where it is not enabled."""
    if facts.mapping(*LAKE).get("enabled") is not True:
        return set()
    default: dict[str, Json] = {"CLOUD_TRAIL_MGMT": True, "SH_FINDINGS": True}
    said = facts.mapping(*LAKE, "sources") or default
    return {name for name, on in said.items() if on}


def _mapping(value: dict[str, Json], key: str) -> dict[str, Json]:
    found = value.get(key)
    return found if isinstance(found, dict) else {}


def _layer_problem(layer: Layer, path: KeyPath, what: str, fix: str) -> Problem:
    """Where the innermost file says it."""
    said = [d for d in layer.documents if path[-1] in d.mapping(*path[:-1])]
    return _at((said or list(layer.documents))[-1], path, what, fix)


def _at(document: Document, path: KeyPath, what: str, fix: str) -> Problem:
    return Problem(document.file, document.line(path), dotted(path), what, fix)
