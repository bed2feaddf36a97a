"""The decisions that are written down, each with where it holds and whether it can be kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from orchestrator.controls.catalogue import natural, why_by_hand
from orchestrator.findings.decision import Remediations
from orchestrator.findings.doubts import Doubt
from orchestrator.findings.remediation import Remediation
from orchestrator.model.names import ControlId
from orchestrator.model.organization import Account, Organization, Place
from orchestrator.model.settings import ControlDecision, TagDecision


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision, and the accounts it holds in, by name. `doubts` say why it is not kept."""

    control: ControlId
    decision: ControlDecision
    place: Place | None
    accounts: tuple[str, ...]
    remediation: Remediation | None = None
    doubts: tuple[str, ...] = ()

    @property
    def automatic(self) -> bool:
        """Whether what fails can be fixed without a person."""
        if self.decision.runbook:
            return True
        return self.remediation is not None and not why_by_hand(self.remediation)


def decided(
    organization: Organization,
    accounts: Iterable[Account],
    remediations: Remediations,
    doubts: Iterable[Doubt],
) -> tuple[Decided, ...]:
    """What holds in `accounts`, in the order of controls. `doubts` name places with lines."""
    why: dict[tuple[str, str], list[str]] = {}
    for doubt in doubts:
        why.setdefault((doubt.control.lower(), doubt.source), []).append(doubt.why)
    holding: dict[tuple[ControlId, Place | None], list[Account]] = {}
    for account in accounts:
        places = organization.decided_at.get(account.id, {})
        for control in account.decisions:
            holding.setdefault((control, places.get(control)), []).append(account)
    rows = (
        Decided(
            control,
            where[0].decisions[control],
            place,
            tuple(account.name for account in where),
            remediations.get(control.lower()),
            tuple(why.get((control.lower(), _source(control, place)), ())),
        )
        for (control, place), where in holding.items()
    )
    return tuple(sorted(rows, key=lambda row: (natural(row.control), str(row.place))))


def _source(control: ControlId, place: Place | None) -> str:
    return f"{place} {control}" if place else control


@dataclass(frozen=True, slots=True)
class Due:
    """A date on which somebody must look: at a decision, or at an exception."""

    on: date
    control: str
    what: str
    """The kind of it, and its name where it has one."""
    who: str
    reason: str
    place: str

    def overdue(self, today: date) -> bool:
        return self.on < today


def due(organization: Organization, until: date) -> tuple[Due, ...]:
    """Reviews and exceptions that run out until a day, the earliest first, each once."""
    found = {*_reviews(organization), *_ends(organization)}
    return tuple(sorted((e for e in found if e.on <= until), key=lambda e: (e.on, e.place)))


def _reviews(organization: Organization) -> Iterable[Due]:
    for account in organization.accounts:
        places = organization.decided_at.get(account.id, {})
        for control, decision in account.decisions.items():
            place = str(places.get(control) or control)
            yield _review(control, "decision", decision, place)
            for name, rule in decision.by_tag.items():
                yield _review(control, f"decision by tag '{name}'", rule, place)


def _review(control: str, what: str, taken: ControlDecision | TagDecision, place: str) -> Due:
    return Due(taken.review_by, control, what, taken.decided_by, taken.reason, place)


def _ends(organization: Organization) -> Iterable[Due]:
    for name, exemption in organization.exceptions.items():
        place = str(organization.excepted_at.get(name) or name)
        what = f"exception '{name}' ({exemption.ticket})"
        yield Due(
            exemption.expires, exemption.control, what, exemption.owner, exemption.reason, place
        )
