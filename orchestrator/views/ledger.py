"""The ledger as text for a terminal, as JSON for machines, as one HTML page."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime

from jinja2 import Environment, PackageLoader, StrictUndefined

from orchestrator.model.ledger import Gap, Ledger, Row
from orchestrator.model.run import Answer

JSON_VERSION = 1


def text(ledger: Ledger) -> str:
    """The accounts that are not covered, by what they lack, then one line of counts."""
    width = max((len(row.name) for row in ledger.rows), default=0)
    lines = [line for row in ledger.rows if row.gaps for line in _lines(row, width)]
    return "\n".join([*lines, *([""] if lines else []), summary(ledger)])


def summary(ledger: Ledger) -> str:
    """'498 of 500 accounts covered; 2 never applied'."""
    covered = sum(row.covered for row in ledger.rows)
    seen = Counter(gap for row in ledger.rows for gap in row.gaps)
    gaps = [f"{seen[gap]} {gap}" for gap in Gap if seen[gap]]
    asked = "" if ledger.asked else " (AWS was not asked: --ask)"
    counts = f"{covered} of {len(ledger.rows)} accounts covered{asked}"
    return "; ".join([counts, ", ".join(gaps)]) if gaps else counts


def _lines(row: Row, width: int) -> Iterator[str]:
    yield f"{row.id}  {row.name:<{width}}  {row.ou or '(root)'}"
    for gap in row.gaps:
        yield f"    {gap}{_detail(row, gap)}"


def _detail(row: Row, gap: Gap) -> str:
    """What a person asks next."""
    if gap is Gap.FAILED and row.tried:
        return f": {row.tried.outcome}, {_day(row.tried.at)}"
    if gap is Gap.DRIFTED and row.checked:
        return f", seen {_day(row.checked.at)}"
    if gap in (Gap.DIFFERENT, Gap.DENIED):
        wrong = [p.what for p in row.probes if p.answer is not Answer.AS_DECLARED]
        return f": {', '.join(wrong)}" if wrong else ""
    if gap is Gap.UNCHECKED:
        last = max(
            filter(None, (row.applied, row.checked.at if row.checked else None)), default=None
        )
        return f": {_day(last)}" if last else ": never"
    return ""


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def as_json(ledger: Ledger) -> str:
    """Exactly one document; `version` changes when a key changes its meaning or goes away."""
    document = {
        "version": JSON_VERSION,
        "at": ledger.at.isoformat(timespec="seconds"),
        "covered": ledger.covered,
        "asked": ledger.asked,
        "accounts": [_document(row) for row in ledger.rows],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _document(row: Row) -> Mapping[str, object]:
    return {
        "id": row.id,
        "name": row.name,
        "ou": row.ou,
        "team": row.team,
        "covered": row.covered,
        "gaps": [str(gap) for gap in row.gaps],
        "has_state": row.has_state,
        "applied": row.applied and row.applied.isoformat(timespec="seconds"),
        "last_apply": row.tried and {"at": row.tried.at.isoformat(), "outcome": row.tried.outcome},
        "last_drift_check": row.checked
        and {"at": row.checked.at.isoformat(), "outcome": row.checked.outcome},
        "probes": [{"what": p.what, "answer": p.answer, "found": p.found} for p in row.probes],
    }


def html(ledger: Ledger) -> str:
    """One page that needs nothing else; every value is escaped."""
    environment = Environment(
        loader=PackageLoader("orchestrator", "views/pages"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("ledger.html.j2")
    return page.render(ledger=ledger, summary=summary(ledger), detail=_detail, day=_day)


VIEWS: Mapping[str, Callable[[Ledger], str]] = {"text": text, "json": as_json, "html": html}
