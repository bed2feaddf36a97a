"""What deciding on a control would mean, as text, as JSON, and as one HTML page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from textwrap import fill

from orchestrator.controls.catalogue import counted, why_by_hand
from orchestrator.controls.impact import Impact, Row
from orchestrator.findings.evidence.answer import Evidence, line
from orchestrator.model.yaml_text import written
from orchestrator.views.html import Column, Tile, render

JSON_VERSION = 1
WIDTH = 80
GROUPS: Mapping[str, Callable[[Row], str]] = {
    "account": lambda row: row.account,
    "OU": lambda row: row.ou or "(root)",
    "team": lambda row: row.team or "(no team)",
    "age": lambda row: row.age,
}


def text(impact: Impact) -> str:
    """Counts, each finding with what a fix would do, and the block to paste."""
    return "\n".join(_lines(impact))


def _lines(impact: Impact) -> Iterator[str]:
    yield summary(impact)
    for name, of in GROUPS.items():
        if impact.rows:
            yield f"  by {name}: " + ", ".join(f"{what} {n}" for what, n in impact.by(of))
    for label, said in facts(impact):
        yield f"  {label}: {said}"
    for row in impact.rows:
        yield ""
        yield f"{row.account}/{row.finding.region}  {row.finding.resource}"
        yield f"    {row.would}"
        for each in hints(row):
            yield fill(each, WIDTH, initial_indent="    ", subsequent_indent="      ")
    yield ""
    yield f"to paste into {impact.file}:"
    yield block(impact)


def summary(impact: Impact) -> str:
    """'S3.8: 12 findings in 3 accounts, 9 would be fixed'; of those that were looked at."""
    where = counted(len({row.finding.account for row in impact.rows}), "account")
    what = f"{impact.control}: {counted(len(impact.rows), 'finding')} in {where}"
    fixable, looked = _known(impact)
    if looked == len(impact.rows):
        return f"{what}, {fixable} would be fixed"
    if not looked:
        return f"{what}, none looked at: what a fix would do is not known"
    return f"{what}, {fixable} of the {looked} that were looked at would be fixed"


def _known(impact: Impact) -> tuple[int, int]:
    """How many would be fixed, and how many were looked at."""
    return sum(row.fixable for row in impact.rows), sum(row.looked_at for row in impact.rows)


def facts(impact: Impact) -> Iterator[tuple[str, str]]:
    """What is known of the control itself."""
    remediation = impact.remediation
    if remediation is None:
        yield "fix", "there is no remediation for it"
    else:
        yield "fix", remediation.effect
        yield "may break", remediation.breaks
        yield "risk", str(remediation.risk)
        yield "undo", "yes" if remediation.undo else "no"
        if remediation.cost:
            yield "cost", remediation.cost
        if why := why_by_hand(remediation):
            yield "by hand only", why
    for each in impact.decided:
        yield "decided", each
    for each in impact.unread:
        yield "not understood", each


def hints(row: Row) -> Iterator[str]:
    """What somebody should know before it is fixed."""
    if row.closes:
        yield f"exposed: {row.closes}"
    if row.public:
        yield f"public on purpose? its tag says {row.public}"
    if row.tags:
        yield "tags: " + ", ".join(f"{key}={value}" for key, value in sorted(row.tags.items()))
    if row.decision.exception:
        yield f"exception: {row.decision.exception}"
    if row.created_by:
        yield f"made by: {row.created_by}"
    if row.evidence:
        yield line(row.evidence)
    if row.recommendation:
        yield f"recommended: {row.recommendation}"


def _evidence(evidence: Evidence | None) -> dict[str, object] | None:
    """None where the logs were not asked."""
    if evidence is None:
        return None
    return {
        "state": evidence.state,
        "log": evidence.log,
        "days": evidence.days,
        "used_by": [
            {
                "who": user.who,
                "account": user.account,
                "network": user.network,
                "count": user.count,
                "last": user.last.isoformat(),
            }
            for user in evidence.users
        ],
        "more": evidence.more,
        "why": evidence.why,
        "notes": list(evidence.notes),
        "confidence": evidence.confidence,
    }


def _recommendation(row: Row) -> dict[str, object] | None:
    found = row.recommendation
    if found is None:
        return None
    until = found.until.isoformat() if found.until else None
    return {
        "advice": found.advice,
        "until": until,
        "confidence": found.confidence,
        "reason": found.reason,
    }


def block(impact: Impact) -> str:
    """The decision as YAML."""
    return written(impact.block).rstrip()


def as_json(impact: Impact) -> str:
    """Exactly one document; `version` changes when a key changes its meaning or goes away."""
    document = {
        "version": JSON_VERSION,
        "control": impact.control,
        "at": impact.at.isoformat(timespec="seconds"),
        "by": {name: dict(impact.by(of)) for name, of in GROUPS.items()},
        "facts": [list(fact) for fact in facts(impact)],
        "findings": [
            {
                "id": row.finding.id,
                "account": row.account,
                "account_id": row.finding.account,
                "ou": row.ou,
                "team": row.team,
                "region": row.finding.region,
                "resource": row.finding.resource,
                "since": row.finding.created.isoformat(),
                "would": row.would,
                "fixable": row.fixable,
                "tags": dict(row.tags),
                "public": row.public,
                "exception": row.decision.exception,
                "created_by": row.created_by,
                "closes": row.closes,
                "evidence": _evidence(row.evidence),
                "recommendation": _recommendation(row),
            }
            for row in impact.rows
        ],
        "decision": {"file": impact.file, "yaml": block(impact)},
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def html(impact: Impact) -> str:
    """One page that needs nothing else; every value is escaped."""
    columns = ("Account", "Team", "Resource", "Since", "A fix")
    teams = sorted({row.team for row in impact.rows if row.team})
    accounts = sorted({row.account for row in impact.rows})
    values = {
        "impact": impact,
        "summary": summary(impact),
        "tiles": tuple(_tiles(impact)),
        "facts": tuple(facts(impact)),
        "groups": {name: impact.by(of) for name, of in GROUPS.items()},
        "group_columns": {name: (Column(name), Column("findings", number=True)) for name in GROUPS},
        "columns": tuple(map(Column, columns)),
        "teams": tuple((team, team) for team in teams),
        "accounts": tuple((account, account) for account in accounts),
        "hints": lambda row: tuple(hints(row)),
        "block": block(impact),
    }
    return render("impact.html.j2", values)


def _tiles(impact: Impact) -> Iterator[Tile]:
    rows = impact.rows
    where = counted(len({row.finding.account for row in rows}), "account")
    yield Tile("Findings", str(len(rows)), f"in {where}", "doubt" if rows else "good")
    fixable, looked = _known(impact)
    known = bool(looked) or not rows
    yield Tile("Would be fixed", str(fixable) if known else "?", "", "good" if fixable else "")
    yield Tile("Would not", str(looked - fixable) if known else "?")
    if looked < len(rows):
        yield Tile("Not looked at", str(len(rows) - looked), "", "doubt")
    public = sum(bool(row.public) for row in rows)
    yield Tile("Tagged as public on purpose", str(public), "", "doubt" if public else "")


VIEWS: Mapping[str, Callable[[Impact], str]] = {"text": text, "json": as_json, "html": html}
