"""How every control stands in every account, told from Security Hub's findings.

Source: AWS Security Hub User Guide, "Control statuses and security scores": what is suppressed or
archived does not count, one failed finding fails the control, and one that could not be evaluated
makes it unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from orchestrator.findings.events import Parsed
from orchestrator.findings.finding import Finding, Malformed, Severity
from orchestrator.model.history import Score
from orchestrator.model.names import AccountId, ControlId
from orchestrator.model.organization import Account


class Status(StrEnum):
    """Of a control in an account. Without findings it has none."""

    PASSED = "passed"
    UNKNOWN = "unknown"
    FAILED = "failed"


WORSE = {Status.PASSED: 0, Status.UNKNOWN: 1, Status.FAILED: 2}
STATUS_OF = {"PASSED": Status.PASSED, "FAILED": Status.FAILED}
"""By a finding's compliance; everything else could not be evaluated."""

Statuses = Mapping[ControlId, Status]


@dataclass(frozen=True, slots=True)
class Open:
    """A finding that somebody has to do something about."""

    id: str
    account: AccountId
    region: str
    control: ControlId
    resource: str
    severity: Severity
    since: datetime


@dataclass(frozen=True, slots=True)
class Control:
    """A control as its findings tell of it; the worst severity seen."""

    id: ControlId
    title: str
    severity: Severity


@dataclass(frozen=True, slots=True)
class Standings:
    """All of it. `findings` are counted by severity; `unread` could not be understood."""

    statuses: Mapping[AccountId, Statuses] = field(default_factory=dict)
    open: tuple[Open, ...] = ()
    controls: Mapping[ControlId, Control] = field(default_factory=dict)
    unread: tuple[str, ...] = ()

    def by_severity(self) -> Mapping[Severity, int]:
        return Counter(each.severity for each in self.open)


def worse(one: Status, other: Status) -> Status:
    return max(one, other, key=WORSE.__getitem__)


def settle(found: Iterable[Parsed]) -> Standings:
    """One pass, so that the findings themselves need not be kept."""
    statuses: dict[AccountId, dict[ControlId, Status]] = {}
    controls: dict[ControlId, Control] = {}
    open_: list[Open] = []
    unread: list[str] = []
    for each in found:
        if isinstance(each, Malformed):
            unread.append(each.reason)
        elif _counts(each):
            _settle(each, statuses.setdefault(AccountId(each.account), {}), controls)
            if each.compliance == "FAILED":
                open_.append(_open(each))
    return Standings(statuses, tuple(open_), controls, tuple(unread))


def _counts(finding: Finding) -> bool:
    return bool(finding.control) and not finding.archived and finding.workflow != "SUPPRESSED"


def _settle(
    finding: Finding, statuses: dict[ControlId, Status], controls: dict[ControlId, Control]
) -> None:
    control = ControlId(finding.control)
    status = STATUS_OF.get(finding.compliance, Status.UNKNOWN)
    statuses[control] = worse(status, statuses.get(control, status))
    known = controls.get(control)
    if known is None or finding.severity > known.severity:
        controls[control] = Control(control, finding.title, finding.severity)


def _open(finding: Finding) -> Open:
    return Open(
        finding.id,
        AccountId(finding.account),
        finding.region,
        ControlId(finding.control),
        finding.resource,
        finding.severity,
        finding.created,
    )


def score(statuses: Iterable[Status]) -> Score:
    seen = Counter(statuses)
    return Score(seen[Status.PASSED], seen[Status.FAILED], seen[Status.UNKNOWN])


def together(several: Iterable[Statuses]) -> Score:
    """The score of some accounts as one."""
    combined: dict[ControlId, Status] = {}
    for statuses in several:
        for control, status in statuses.items():
            combined[control] = worse(status, combined.get(control, status))
    return score(combined.values())


def by(
    what: Callable[[Account], str], accounts: Iterable[Account], standings: Standings
) -> Mapping[str, Score]:
    """Scores by something of the accounts', in order of its name."""
    groups: dict[str, list[Statuses]] = {}
    for account in accounts:
        groups.setdefault(what(account), []).append(standings.statuses.get(account.id, {}))
    return {name: together(groups[name]) for name in sorted(groups)}
