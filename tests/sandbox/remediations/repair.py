"""One violation from its finding to its fix and back, with the function's own code and rights."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from orchestrator.findings import by_hand
from orchestrator.findings.finding import Finding
from orchestrator.findings.records import Outcome, Record
from orchestrator.findings.remediation import Remediation, Risk, Status, Target, settle
from orchestrator.sandbox.client import Sandbox
from tests import agreement
from tests.sandbox.remediations.catalogue import remediation_of
from tests.sandbox.remediations.workshop import Workshop, a_workshop
from tests.unit.findings.a_world import a_decision
from tests.unit.findings.services.cycle import TAGS, Case
from tests.unit.findings.services.recording import PLACE

ME = "arn:aws:sts::200000000001:assumed-role/admin/me"


@dataclass(frozen=True)
class Repair:
    """How it went. `problem` is None if all went as it must."""

    case: Case
    by_hand: bool
    policies: tuple[str, ...] = ()
    entries: list[dict[str, Any]] = field(default_factory=list)
    """The requests of the member's role."""
    problem: Exception | None = None


def needs_a_person(remediation: Remediation) -> bool:
    return bool(remediation.by_hand) or remediation.risk is Risk.DESTRUCTIVE


def decision_of(case: Case) -> dict[str, Any]:
    parameters = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in case.parameters.items()
    }
    return a_decision(control=case.control, parameters=parameters)


def repair(sandbox: Sandbox, case: Case) -> Repair:
    """Violate, find, import, route, fix, check, undo, check."""
    remediation = remediation_of(case)
    workshop = a_workshop(sandbox, remediation, decision_of(case))
    problem: Exception | None = None
    try:
        _repair(workshop, case, remediation)
    except Exception as error:  # noqa: BLE001  whoever asks decides whether it had to work
        problem = error
    person = needs_a_person(remediation)
    return Repair(case, person, workshop.policies, workshop.entries, problem)


def target_of(case: Case, remediation: Remediation, arn: str) -> Target:
    return Target(case.control, PLACE, arn, settle(remediation, case.parameters))


def _repair(workshop: Workshop, case: Case, remediation: Remediation) -> None:
    arn = case.violate(workshop.owner)
    passing = case.comply(workshop.owner) if case.comply else ""
    workshop.sandbox.confirm()  # whatever mail was subscribed to a topic
    target = target_of(case, remediation, arn)
    look = workshop.look(remediation)
    assert set(remediation.find(PLACE, look)) >= {arn, passing} - {""}
    _judged(workshop, case, remediation, arn, Status.FAILS)
    if passing:
        _judged(workshop, case, remediation, passing, Status.PASSES)
    if case.missing:
        gone = target_of(case, remediation, case.missing)
        assert remediation.check(gone, look).status is Status.GONE
    if remediation.tags:
        assert remediation.tags(target, look) == TAGS
    before = remediation.before(target, look)

    finding = workshop.imported(case.control, arn, remediation.resource_type)
    record = _fixed(workshop, finding, remediation)
    wanted = Outcome.FIXED
    if case.after is Status.FAILS:
        wanted = Outcome.ON_ITS_WAY if remediation.slow else Outcome.FAILING
    assert record.outcome is wanted, f"{record.outcome}: {record.note}"
    _judged(workshop, case, remediation, arn, case.after)
    if wanted is Outcome.FIXED:
        assert workshop.workflow(finding) == "RESOLVED"
    if remediation.undo and case.undone:
        undone = by_hand.undo(workshop.parts, record.id, ME)
        assert (undone.outcome, undone.note) == (Outcome.UNDONE, "")
        assert remediation.before(target, look) == before
        _judged(workshop, case, remediation, arn, Status.FAILS)
        assert workshop.workflow(finding) == "NOTIFIED"


def _judged(
    workshop: Workshop, case: Case, remediation: Remediation, arn: str, status: Status
) -> None:
    """By the remediation's check with the function's rights, and by the sandbox's evaluator."""
    target = target_of(case, remediation, arn)
    assert remediation.check(target, workshop.look(remediation)).status is status
    decided = replace(target, parameters=case.parameters)
    agreement.hold(status, remediation, decided, workshop.owner)


def _fixed(workshop: Workshop, finding: Finding, remediation: Remediation) -> Record:
    """By the router; by hand, on an approved plan, where it never runs by itself."""
    parts, word = workshop.parts, workshop.route(finding)
    if needs_a_person(remediation):
        assert word == "proposed"
        plan = by_hand.rehearse(parts, finding).plan
        assert plan
        return by_hand.apply(parts, finding, plan, ME)
    state = parts.states.get(finding.key)
    assert state
    record = parts.records.get(state.record)
    assert record, word
    return record
