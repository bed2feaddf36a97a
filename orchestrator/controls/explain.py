"""What would be done if a control failed for a resource now."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from orchestrator.controls.catalogue import why_by_hand
from orchestrator.findings.decision import Decision, Kind, Remediations, Tags, decide, explain
from orchestrator.findings.finding import Finding, supposed
from orchestrator.findings.matrix import Matrix
from orchestrator.findings.remediation import Remediation
from orchestrator.model.organization import Account
from orchestrator.model.retired import retired

ANY = "*"
"""Stands for a resource that no exception names."""
FIXES = frozenset({Kind.PROPOSE, Kind.REMEDIATE})


@dataclass(frozen=True, slots=True)
class Question:
    """A control, a place, and what is known of the resource. `tags`: None if nothing is."""

    control: str
    account: Account
    resource: str = ""
    region: str = ""
    tags: Tags | None = None


def answer(question: Question, matrix: Matrix, remediations: Remediations, now: datetime) -> str:
    """In a few lines: what, why, where that is written, and what could change it."""
    account, control = question.account, question.control
    region = question.region or next(iter(account.regions), matrix.home_region)
    finding = supposed(control, account.id, region, question.resource or ANY, now)
    decision = decide(finding, matrix, now, question.tags, remediations)
    lines = [explain(finding, decision).replace(f" on {ANY} ", " on a resource ", 1)]
    if given_up := retired(control):
        lines.append(f"  no such finding comes: {given_up}; {given_up.instead}")
    remediation = remediations.get(control.lower())
    lines += _fix(remediation, decision)
    lines += _by_tag(matrix, finding) if decision.needs_tags else ()
    lines += () if question.resource else _exceptions(matrix, finding)
    return "\n".join(lines)


def _fix(remediation: Remediation | None, decision: Decision) -> Iterator[str]:
    if decision.kind not in FIXES:
        return
    if decision.runbook:
        yield f"  runbook: {decision.runbook}; it cannot be taken back"
        return
    assert remediation is not None  # noqa: S101  it was ruled that there is one
    yield f"  fix: {remediation.effect}"
    yield f"  may break: {remediation.breaks}"
    if why := why_by_hand(remediation):
        yield f"  by hand only: {why}"
    yield f"  undo: {'yes' if remediation.undo else 'no'}"
    if not decision.force:
        yield "  not if code owns the resource: then its team is told what to change"


def _by_tag(matrix: Matrix, finding: Finding) -> Iterator[str]:
    for rule in matrix.accounts[finding.account].decisions[finding.control.lower()].by_tag:
        tags = ", ".join(f"{key}={value}" for key, value in rule.tags.items())
        yield f"  with {tags}: {rule.decision}, written in {rule.source}"


def _exceptions(matrix: Matrix, finding: Finding) -> Iterator[str]:
    """Those of this account that are for some of its resources only."""
    for each in matrix.exemptions.get(finding.control.lower(), ()):
        if finding.account in each.accounts or each.accounts == (ANY,):
            what = ", ".join(each.resources)
            yield f"  excepted until {each.expires}: {what}, written in {each.source}"
