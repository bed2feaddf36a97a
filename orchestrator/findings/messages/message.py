"""A message as a value: what there is to say, before it is put into words."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from orchestrator.findings.decision import Decision, Kind
from orchestrator.findings.finding import Finding
from orchestrator.findings.matrix import Matrix
from orchestrator.findings.records import Outcome
from orchestrator.findings.root_cause import Change

VERSION = 1


@dataclass(frozen=True, slots=True)
class Message:
    """One finding, and what became of it. `said` is a key of the texts, named after an outcome."""

    said: str
    team: str
    account: str
    account_name: str
    region: str
    what: str
    """The control's id, or the product."""
    title: str
    severity: str
    resource: str
    resource_type: str
    reason: str
    source: str = ""
    note: str = ""
    effect: str = ""
    """What the fix does, or would do."""
    breaks: str = ""
    record: str = ""
    can_be_undone: bool = False
    help: str = ""
    finding: str = ""
    changed: str = ""
    """Who called what, if the account's event history tells."""
    changed_from: str = ""
    """When, from where and with what."""

    @property
    def topic(self) -> str:
        """What messages are counted by: the same in the same account is one digest."""
        return f"{self.team}#{self.account}#{self.what.lower()}#{self.said}"

    def document(self) -> dict[str, Any]:
        """As webhooks get it."""
        return {"version": VERSION, "kind": "finding", **asdict(self)}


def witnessed(message: Message, change: Change | None) -> Message:
    """The same message, saying who it was."""
    if change is None:
        return message
    return replace(
        message,
        changed=f"{change.who}: {change.call}",
        changed_from=f"{change.time:%Y-%m-%d %H:%M:%S} UTC, {change.source}, {change.agent}",
    )


SAID = {
    Kind.NOTIFY: Outcome.NOTIFIED.value,
    Kind.PROPOSE: Outcome.PROPOSED.value,
    Kind.REFUSE: Outcome.REFUSED.value,
}


def about(
    finding: Finding,
    decision: Decision,
    matrix: Matrix,
    *,
    said: str = "",
    note: str = "",
    effect: str = "",
    breaks: str = "",
    record: str = "",
    can_be_undone: bool = False,
) -> Message:
    """The message about a finding. `said` is the outcome, if anything was tried."""
    account = matrix.accounts.get(finding.account)
    return Message(
        said=said or SAID[decision.kind],
        team=decision.team or matrix.fallback_team,
        account=finding.account,
        account_name=account.name if account else "",
        region=finding.region,
        what=finding.control or finding.product,
        title=finding.title or finding.control or finding.product,
        severity=finding.severity.name,
        resource=finding.resource,
        resource_type=finding.resource_type,
        reason=decision.reason,
        source=decision.source,
        note=note,
        effect=effect,
        breaks=breaks,
        record=record,
        can_be_undone=can_be_undone,
        help=finding.help,
        finding=finding.id,
    )
