"""The coverage as text for a terminal, as JSON for machines, as one HTML page."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from textwrap import fill

from orchestrator.model.coverage import Area, Coverage, Gap, Row
from orchestrator.model.run import Answer
from orchestrator.views.html import Column, Tile, render

JSON_VERSION = 1
WIDTH = 80
HOURS_UNTIL_DAYS = 48


def text(coverage: Coverage) -> str:
    """The accounts that are not covered, by what they lack, then one line of counts.

    Those to which something is still on its way are named with it.
    """
    shown = [row for row in coverage.rows if not row.covered or row.late or row.unwatched]
    lines = [line for row in shown for line in _lines(row, coverage)]
    return "\n".join([*lines, *([""] if lines else []), _wrapped(summary(coverage), "")])


def summary(coverage: Coverage) -> str:
    """'498 of 500 accounts covered, 1 set aside; 1 never applied'."""
    covered = sum(row.covered for row in coverage.rows)
    aside = sum(row.quarantine is not None for row in coverage.rows)
    seen = Counter(gap for row in coverage.rows if row.missed for gap in row.gaps)
    gaps = [f"{seen[gap]} {gap}" for gap in Gap if seen[gap]]
    counts = f"{covered} of {len(coverage.rows)} accounts covered"
    counts += f", {aside} set aside" if aside else ""
    late = sum(bool(row.late) for row in coverage.rows)
    counts += f", {late} with something on its way" if late else ""
    unwatched = sum(bool(row.unwatched) for row in coverage.rows)
    counts += f", {unwatched} not watched by a security service" if unwatched else ""
    counts += "" if coverage.asked else " (AWS was not asked: --ask)"
    return "; ".join([counts, ", ".join(gaps)]) if gaps else counts


def _lines(row: Row, coverage: Coverage) -> Iterator[str]:
    ou = row.ou or "(root)"
    name = "".join(c if c.isprintable() else repr(c)[1:-1] for c in row.name)
    head = f"{row.id}  {name}"
    yield from (f"{head}  {ou}",) if len(head) + 2 + len(ou) <= WIDTH else (head, f"    {ou}")
    if row.quarantine:
        yield _wrapped(str(row.quarantine), "    ")
        return
    yield from (_wrapped(str(probe), "    ") for probe in row.late)
    yield from (_wrapped(f"not watched: {each}", "    ") for each in row.unwatched)
    for gap in row.gaps:
        yield _wrapped(f"{gap}{_detail(row, gap, coverage)}", "    ")


def _wrapped(line: str, indent: str) -> str:
    more = f"{indent}    "
    return fill(line, WIDTH, initial_indent=indent, subsequent_indent=more, break_on_hyphens=False)


def age(at: datetime, now: datetime) -> str:
    """'3 days ago'; below two days in hours."""
    hours = max(0, round((now - at).total_seconds() / 3600))
    return f"{hours} hours ago" if hours < HOURS_UNTIL_DAYS else f"{hours // 24} days ago"


def _detail(row: Row, gap: Gap, coverage: Coverage) -> str:
    """What a person asks next."""
    if gap is Gap.FAILED and row.tried:
        return f": {row.tried.outcome}, {_day(row.tried.at)}"
    if gap is Gap.DRIFTED and row.checked:
        return f", seen {_day(row.checked.at)}"
    if gap in (Gap.DIFFERENT, Gap.DENIED):
        wrong = [p.what for p in row.probes if not p.pending and p.answer is not Answer.AS_DECLARED]
        return f": {', '.join(wrong)}" if wrong else ""
    if gap is Gap.UNCHECKED:
        return f": {_day(row.looked)}, {age(row.looked, coverage.at)}" if row.looked else ": never"
    return ""


def _day(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def as_json(coverage: Coverage) -> str:
    """Exactly one document; `version` changes when a key changes its meaning or goes away."""
    document = {
        "version": JSON_VERSION,
        "at": coverage.at.isoformat(timespec="seconds"),
        "covered": coverage.covered,
        "asked": coverage.asked,
        "counts": {
            "accounts": len(coverage.rows),
            "covered": sum(row.covered for row in coverage.rows),
            "missed": sum(row.missed for row in coverage.rows),
            "set_aside": sum(row.quarantine is not None for row in coverage.rows),
        },
        "accounts": [_document(row, coverage) for row in coverage.rows],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _document(row: Row, coverage: Coverage) -> Mapping[str, object]:
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
        "last_looked": row.looked and row.looked.isoformat(timespec="seconds"),
        "last_looked_age_seconds": row.looked and round((coverage.at - row.looked).total_seconds()),
        "quarantine": row.quarantine and row.quarantine.model_dump(mode="json"),
        "answers": {str(area): str(answer) for area, answer in row.answers.items()},
        "unwatched": list(row.unwatched),
        "probes": [{"what": p.what, "answer": p.answer, "found": p.found} for p in row.probes],
    }


STATES = {"no": "no", "aside": "set aside", "yes": "yes"}
COLUMNS = ("Account", "OU", "Team", "Covered", "Last good apply", "Last drift check")


def html(coverage: Coverage) -> str:
    """One page that needs nothing else; every value is escaped."""
    areas = list(Area) if coverage.asked else []
    values = {
        "coverage": coverage,
        "rows": sorted(coverage.rows, key=lambda row: list(STATES).index(_state(row))),
        "columns": tuple(map(Column, (*COLUMNS, *map(str, areas)))),
        "states": tuple(STATES.items()),
        "state": _state,
        "areas": areas,
        "tiles": tuple(_tiles(coverage)),
        "summary": summary(coverage),
        "detail": _detail,
        "day": _day,
        "age": age,
    }
    return render("coverage.html.j2", values)


def _state(row: Row) -> str:
    return "aside" if row.quarantine else "yes" if row.covered else "no"


def _tiles(coverage: Coverage) -> Iterator[Tile]:
    rows = coverage.rows
    covered, missed = sum(row.covered for row in rows), sum(row.missed for row in rows)
    share = f"{100 * covered // len(rows)} % of {len(rows)}" if rows else ""
    yield Tile("Covered", str(covered), share, "" if missed else "good")
    seen = Counter(gap for row in rows if row.missed for gap in row.gaps)
    most = ", ".join(f"{gap} ({count})" for gap, count in seen.most_common(2))
    yield Tile("Not covered", str(missed), most, "bad" if missed else "")
    yield Tile("Set aside", str(sum(row.quarantine is not None for row in rows)))
    unwatched = sum(bool(row.unwatched) for row in rows)
    said = "by a security service" if unwatched else ""
    yield Tile("Not watched", str(unwatched), said, "doubt" if unwatched else "")


VIEWS: Mapping[str, Callable[[Coverage], str]] = {"text": text, "json": as_json, "html": html}
