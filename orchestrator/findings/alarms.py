"""What a breaker counts; and when it opens, those who run the whole are told at once."""

from __future__ import annotations

from orchestrator.findings.breaker import Event
from orchestrator.findings.decision import Decision, Kind
from orchestrator.findings.finding import Finding
from orchestrator.findings.messages.message import about
from orchestrator.findings.parts import Parts
from orchestrator.findings.records import Outcome


def count(parts: Parts, finding: Finding, event: Event) -> None:
    """Count `event` for the finding's control; tell the security team if that opens its breaker."""
    now = parts.now()
    if not parts.breakers.note(finding.control, event, now):
        return
    why = f"the circuit breaker is open: {parts.breakers.state(finding.control).why}"
    decision = Decision(Kind.REMEDIATE, why, team=parts.matrix.fallback_team)
    message = about(finding, decision, parts.matrix, said=Outcome.STOPPED.value, note=why)
    tuple(parts.notifier.notify(message, finding, now, always=True))
