"""What routing works with, in one bundle, and the values it makes of a finding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from orchestrator.findings.decision import Decision, Kind, Remediations
from orchestrator.findings.engine import Engine
from orchestrator.findings.evidence.answer import Evidence
from orchestrator.findings.evidence.usage import not_asked
from orchestrator.findings.finding import Finding
from orchestrator.findings.limits import Breakers, Budget, Event
from orchestrator.findings.matrix import Matrix
from orchestrator.findings.messages.channels import Hub
from orchestrator.findings.messages.message import about
from orchestrator.findings.messages.notifier import Notifier
from orchestrator.findings.progress import States
from orchestrator.findings.rechecks import Rechecks
from orchestrator.findings.records import Outcome, Record, Records
from orchestrator.findings.remediation import Place, Target
from orchestrator.findings.runbooks import Runbooks
from orchestrator.findings.tickets.keeper import Keeper
from orchestrator.findings.undo import Undos


@dataclass(frozen=True, slots=True)
class Parts:
    """The ports, and what stands on them."""

    matrix: Matrix
    remediations: Remediations
    states: States
    records: Records
    engine: Engine
    undos: Undos
    runbooks: Runbooks
    budget: Budget
    breakers: Breakers
    switch: Callable[[], str]
    """Why nothing may be fixed; '' if it may."""
    hub: Hub
    notifier: Notifier
    rechecks: Rechecks
    tickets: Keeper
    now: Callable[[], datetime]
    usage: Callable[[Target, int], Evidence] = not_asked
    """Who has used a resource in so many days, as logs show it."""


def target_of(finding: Finding, decision: Decision) -> Target:
    """The resource, and the parameters that were decided."""
    place = Place(finding.account, finding.region, finding.partition)
    return Target(finding.control, place, finding.resource, decision.parameters)


def by_name(parts: Parts, finding: Finding, name: str) -> Finding:
    """The finding with the resource's ARN, where it has another id of it.

    Raises Refused and Retry.
    """
    remediation = parts.remediations.get(finding.control.lower())
    if remediation is None or remediation.naming is None:
        return finding
    place = Place(finding.account, finding.region, finding.partition)
    target = Target(finding.control, place, finding.resource)
    return replace(finding, resource=parts.engine.named(target, remediation, name))


def record_of(finding: Finding, decision: Decision, id_: str, now: datetime, by: str) -> Record:
    """The record of a fix that is about to begin."""
    return Record(
        id=id_,
        key=finding.key,
        finding=finding.id,
        product_arn=finding.product_arn,
        control=finding.control,
        account=finding.account,
        region=finding.region,
        partition=finding.partition,
        resource=finding.resource,
        title=finding.title,
        severity=finding.severity.name,
        team=decision.team,
        decision=decision.kind.value,
        reason=decision.reason,
        source=decision.source,
        at=now.isoformat(),
        found=finding.created.isoformat(),
        by=by,
        parameters=decision.parameters,
    )


def count(parts: Parts, finding: Finding, event: Event) -> None:
    """Count `event` for the finding's control; tell the security team if that opens its breaker."""
    now = parts.now()
    if not parts.breakers.note(finding.control, event, now):
        return
    why = f"the circuit breaker is open: {parts.breakers.state(finding.control).why}"
    decision = Decision(Kind.REMEDIATE, why, team=parts.matrix.fallback_team)
    message = about(finding, decision, parts.matrix, said=Outcome.STOPPED.value, note=why)
    tuple(parts.notifier.notify(message, finding, now, always=True))
