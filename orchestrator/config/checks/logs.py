"""That each log is collected once, and that somebody collects what is said to be collected."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.config.checks.facts import ROOT
from orchestrator.config.documents import Document, Json, KeyPath, dotted
from orchestrator.config.layers import DEPTH, built_in, merged
from orchestrator.config.sources import Layer, Sources
from orchestrator.errors import Problem

LAKE = (ROOT, "logs", "lake")
FORWARD = ("logs", "forward")
BY_LAKE = {"resolver_queries": "ROUTE53", "vpc_flow": "VPC_FLOW"}
"""Sources that an account can forward by itself → what Security Lake calls them."""

SIEM = (ROOT, "logs", "siem")
NEEDED = ("vpc", "subnets", "clients", "master_role")


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
            yield _problem(layer, ("logs", "vpcs", vpc), what, fix)


def _once(layer: Layer, source: str, where: str, called: str, facts: Document) -> Iterator[Problem]:
    path = (*FORWARD, source)
    if where == "archive" and called in _collected(facts):
        what = f"collected twice: Security Lake collects {called} in every account"
        yield _problem(layer, path, what, f"write 'lake', or take {called} out of {dotted(LAKE)}")
    if where == "lake" and called not in _collected(facts):
        what = f"it is not collected: Security Lake does not collect {called}"
        fix = (
            f"add {called} to {dotted((*LAKE, 'sources'))} and enable the lake, or write 'archive'"
        )
        yield _problem(layer, path, what, fix)


def _destinations(layer: Layer, governed: dict[str, Json], facts: Document) -> Iterator[Problem]:
    there = facts.mapping(ROOT, "logs", "destinations")
    lacking = [region for region, on in governed.items() if on and not there.get(region)]
    if lacking:
        what = f"there is no destination in {', '.join(sorted(lacking))}"
        fix = f"add it to {dotted((ROOT, 'logs', 'destinations'))} in organization.yaml"
        yield _problem(layer, (*FORWARD, "cloudwatch"), what, fix)


def _siem(facts: Document) -> Iterator[Problem]:
    siem = facts.mapping(*SIEM)
    if siem.get("kind", "none") == "none":
        return
    for key in NEEDED:
        if not siem.get(key):
            what = f"a '{siem['kind']}' cannot be made without '{key}'"
            yield Problem(facts.file, facts.line(SIEM), dotted(SIEM), what, f"add '{key}'")
    subnets = sum(on is True for on in facts.mapping(*SIEM, "subnets").values())
    nodes = facts.mapping(*SIEM, "sizing").get("data_nodes", 3)
    if siem["kind"] == "opensearch" and subnets not in (2, 3) and siem.get("subnets"):
        what = f"a domain stands in two or three subnets, not in {subnets}"
        yield _at(facts, (*SIEM, "subnets"), what, "name two or three, each in its own zone")
    elif siem["kind"] == "opensearch" and isinstance(nodes, int) and subnets and nodes % subnets:
        what = f"{nodes} data nodes cannot be the same number in {subnets} subnets"
        yield _at(facts, (*SIEM, "sizing"), what, f"use a multiple of {subnets} for data_nodes")


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


def _problem(layer: Layer, path: KeyPath, what: str, fix: str) -> Problem:
    """Where the innermost file says it."""
    said = [d for d in layer.documents if path[-1] in d.mapping(*path[:-1])]
    return _at((said or list(layer.documents))[-1], path, what, fix)


def _at(document: Document, path: KeyPath, what: str, fix: str) -> Problem:
    return Problem(document.file, document.line(path), dotted(path), what, fix)
