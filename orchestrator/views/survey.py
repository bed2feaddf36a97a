"""A survey as text for a terminal, and as JSON."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass

from orchestrator.controls.catalogue import counted as number
from orchestrator.findings.registry import BY_CONTROL
from orchestrator.findings.remediation import Risk
from orchestrator.model.survey import OpenFinding, State, Survey, Unseen, age, counted
from orchestrator.views.markdown import plain

JSON_VERSION = 1
MOST = 15
"""Lines of a list; JSON has all of it."""
NOTES = 5
PLACES = 3
WORST_FIRST = ("critical", "high", "medium", "low", "informational")
GROUPS: Mapping[str, Callable[[OpenFinding], str]] = {
    "severity": lambda each: each.severity,
    "account": lambda each: each.account,
    "age": lambda each: age(each.days),
}
BY_ITSELF = frozenset({str(Risk.REVERSIBLE), str(Risk.DISRUPTIVE)})


@dataclass(frozen=True, slots=True)
class Row:
    """A control that fails. `fix` is what our remediation of it is."""

    control: str
    title: str
    severity: str
    findings: int
    accounts: int
    oldest_days: int
    fix: str


def text(found: Survey) -> str:
    """What is on, what fails, and what could not be seen."""
    return "\n".join(line.rstrip() for line in _lines(found))


def _lines(found: Survey) -> Iterator[str]:
    what = found.organization or f"account {found.account}"
    yield f"survey of {what}, {found.at:%Y-%m-%d %H:%M} UTC"
    yield f"  as {plain(found.caller)}"
    yield f"  in {', '.join(found.regions)}"
    yield from _accounts(found)
    yield from ("", "SERVICES")
    yield from _services(found)
    if found.policies:
        yield from ("", "ORGANIZATION POLICIES")
        for kind, names in found.policies.items():
            yield f"  {kind}: {', '.join(map(plain, names)) or 'none'}"
    yield ""
    yield from _findings(found)
    if found.unread:
        yield from ("", "NOT SEEN (taken neither for on nor for off)")
        yield from _unread(found.unread)
        yield "  what a survey needs: orchestrator survey --policy"


def _accounts(found: Survey) -> Iterator[str]:
    seen = sum(account.looked_into for account in found.accounts)
    yield f"  {number(len(found.accounts), 'account')}, {seen} looked into"
    if seen < len(found.accounts):
        yield "  to look into the others: --role NAME"
    ous = Counter(account.ou for account in found.accounts)
    if len(ous) > 1:
        yield "  " + ", ".join(f"{plain(ou) or '(root)'} {n}" for ou, n in sorted(ous.items()))
    closed = [a.id for a in found.accounts if a.standing not in ("", "ACTIVE")]
    if closed:
        yield f"  not active: {', '.join(closed)}"


def _services(found: Survey) -> Iterator[str]:
    for service in dict.fromkeys(each.service for each in found.services):
        of_it = [each for each in found.services if each.service == service]
        seen = Counter(each.state for each in of_it)
        parts = ", ".join(f"{state} {seen[state]}" for state in State if seen[state])
        where = "accounts and regions" if of_it[0].region else "accounts"
        yield f"  {service:<21}{parts} ({where})"
        notes = Counter(each.note for each in of_it if each.note)
        for note, count in notes.most_common(NOTES):
            yield f"    {count} x {plain(note)}"
    yield f"  Security Hub is governed: {found.mode or 'not known with these credentials'}"


def _findings(found: Survey) -> Iterator[str]:
    more = " and more" if found.cut else ""
    yield f"FINDINGS: {number(len(found.findings), 'open failed finding')}{more}"
    if not found.findings:
        unread = any(each.call == "securityhub:GetFindings" for each in found.unread)
        yield "  they could not be read everywhere" if unread else "  none"
        return
    for label, by in GROUPS.items():
        groups = counted(found.findings, by)
        shown = ", ".join(f"{plain(name) or '(none)'} {count}" for name, count in groups[:MOST])
        left = f" and {len(groups) - MOST} more" if len(groups) > MOST else ""
        yield f"  by {label}: {shown}{left}"
    rows = controls(found)
    yield ""
    yield f"  {'control':<20}{'severity':<14}{'findings':>8}{'accounts':>10}  our remediation"
    for row in rows[:MOST]:
        name = plain(row.control) or "(no control)"
        counts = f"{row.findings:>8}{row.accounts:>10}"
        yield f"  {name:<20}{plain(row.severity):<14}{counts}  {row.fix}"
    if len(rows) > MOST:
        yield f"  and {number(len(rows) - MOST, 'control')} more: --format json"
    fixable = sum(row.findings for row in rows if row.fix in BY_ITSELF)
    yield f"  {fixable} of them fail a control that can be remediated without a person"


def controls(found: Survey) -> list[Row]:
    """A row for each control that fails: the worst first, then the most findings."""
    by: dict[str, list[OpenFinding]] = {}
    for each in found.findings:
        by.setdefault(each.control, []).append(each)
    rank = {severity: place for place, severity in enumerate(WORST_FIRST)}
    rows = (
        Row(
            control,
            those[0].title,
            min((each.severity for each in those), key=lambda s: rank.get(s, len(rank))),
            len(those),
            len({each.account for each in those}),
            max(each.days for each in those),
            fix_of(control),
        )
        for control, those in by.items()
    )
    return sorted(
        rows, key=lambda row: (rank.get(row.severity, len(rank)), -row.findings, row.control)
    )


def fix_of(control: str) -> str:
    """'reversible', 'disruptive', 'by hand' or 'none'."""
    remediation = BY_CONTROL.get(control.lower())
    if remediation is None:
        return "none"
    if remediation.by_hand or remediation.risk is Risk.DESTRUCTIVE:
        return "by hand"
    return str(remediation.risk)


def _unread(unread: tuple[Unseen, ...]) -> Iterator[str]:
    """A line for each call and reason: in 500 accounts a call is refused 500 times."""
    where: dict[tuple[str, str], list[str]] = {}
    for each in unread:
        place = f"{each.account}/{each.region}" if each.region else each.account
        where.setdefault((each.call, each.why), []).append(place)
    for (call, why), places in where.items():
        more = f" and {len(places) - PLACES} more" if len(places) > PLACES else ""
        yield f"  {call}: {plain(why)}, in {', '.join(places[:PLACES])}{more}"


def as_json(found: Survey) -> str:
    """All of it, in one document; findings as counts."""
    document = {
        "version": JSON_VERSION,
        "at": found.at.isoformat(timespec="seconds"),
        "caller": found.caller,
        "account": found.account,
        "regions": found.regions,
        "organization": found.organization or None,
        "management": found.management or None,
        "mode": found.mode or None,
        "accounts": [asdict(account) for account in found.accounts],
        "services": [asdict(service) for service in found.services],
        "policies": found.policies,
        "findings": {
            "count": len(found.findings),
            "cut": found.cut,
            "by_control": [asdict(row) for row in controls(found)],
            **{f"by_{name}": dict(counted(found.findings, by)) for name, by in GROUPS.items()},
        },
        "unread": [asdict(each) for each in found.unread],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


VIEWS: Mapping[str, Callable[[Survey], str]] = {"text": text, "json": as_json}
