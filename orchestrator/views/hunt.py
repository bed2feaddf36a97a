"""A hunt's answer as text, JSON, CSV, and as a page that can be walked."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from io import StringIO

from orchestrator.logs.hunt.answer import Hunted, Line, Seen
from orchestrator.views.html import Column, render
from orchestrator.views.markdown import plain

VERSION = 1
NARROW, WIDE = 80, 200
TOP, SHOWN = 5, 40
COLUMNS = (
    *("time", "account", "region", "who", "call", "service", "outcome", "error", "from", "agent"),
    *("access_key", "hop", "ours", "notes", "resources", "id"),
)


def as_text(found: Hunted) -> str:
    """For a terminal of 80 columns or more."""
    width = max(NARROW, min(WIDE, shutil.get_terminal_size((NARROW, 24)).columns))
    return "\n".join(line[:width].rstrip() for line in _lines(found, width))


def _lines(found: Hunted, width: int) -> Iterator[str]:
    yield plain(f"{found.hunt.name} {found.value}".strip())
    yield f"{found.window.start:%Y-%m-%d %H:%M} to {found.window.end:%Y-%m-%d %H:%M} UTC"
    yield counted(found)
    for name, seen in found.summaries.items():
        if seen:
            yield ""
            yield f"{name.upper()}  ({len(seen)})"
            yield from (_seen(each, width) for each in seen[:TOP])
    if found.lines:
        yield ""
        yield "EVENTS"
        yield from (_row(line, width) for line in found.lines[:SHOWN])
        if len(found.lines) > SHOWN:
            rest = len(found.lines) - SHOWN
            yield f"and {rest:,} more: --format json, csv or html has all of them"
    for limit in found.limits:
        yield ""
        yield f"note: {plain(limit)}"
    if found.next:
        yield ""
        yield "GO ON"
        yield from (f"  {plain(command)}" for command in found.next)


def counted(found: Hunted) -> str:
    """How many events there are, and whether that is all of them."""
    number = len(found.lines)
    said = f"{number:,} event{'' if number == 1 else 's'}"
    if not found.more:
        return said
    return f"{said}, the first in time: there are more; ask for less time or one account"


def _seen(seen: Seen, width: int) -> str:
    failed = f", {seen.failed} not carried out" if seen.failed else ""
    when = f"{seen.first:%m-%d %H:%M} to {seen.last:%m-%d %H:%M}"
    tail = f"  {when}{failed}"
    room = width - len(tail) - 9
    return f"{seen.count:>7}  {plain(seen.value)[:room]:<{room}}{tail}"


def _row(line: Line, width: int) -> str:
    event = line.event
    mark = "o" if line.ours else str(line.hop) if line.hop else " "
    said = event.error if line.outcome == "failed" else line.outcome
    notes = f"  ({', '.join(line.notes)})" if line.notes else ""
    text = (
        f"{mark} {event.time:%m-%d %H:%M:%S}  {plain(event.name)}: {plain(said)}  "
        f"{plain(line.who)}  {event.account}  {plain(event.source)}{plain(notes)}"
    )
    if width > NARROW and event.resources:
        text += f"  {plain(event.resources[0])}"
    return text if len(text) <= width else f"{text[: width - 1]}…"


def as_json(found: Hunted) -> str:
    """With a version, times in ISO 8601, and every event."""
    document = {
        "version": VERSION,
        "question": found.hunt.name,
        "value": found.value or None,
        "from": found.window.start.isoformat(),
        "to": found.window.end.isoformat(),
        "count": len(found.lines),
        "more": found.more,
        "events": [dict(_cells(line)) for line in found.lines],
        "summaries": {
            name: [
                {
                    "value": each.value,
                    "count": each.count,
                    "failed": each.failed,
                    "first": each.first.isoformat(),
                    "last": each.last.isoformat(),
                }
                for each in seen
            ]
            for name, seen in found.summaries.items()
        },
        "limits": list(found.limits),
        "next": list(found.next),
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _cells(line: Line) -> Mapping[str, object]:
    event = line.event
    values: tuple[object, ...] = (
        *(event.time.isoformat(), event.account, event.region, line.who, event.name),
        *(event.service, line.outcome, event.error, event.source, event.agent),
        *(event.actor.access_key, line.hop, line.ours, list(line.notes)),
        *(list(event.resources), event.uid),
    )
    return dict(zip(COLUMNS, values, strict=True))


FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet compute instead of show."""


def as_csv(found: Hunted) -> str:
    """One line for each event; lists are separated by spaces."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for line in found.lines:
        writer.writerow([_cell(value) for value in _cells(line).values()])
    return out.getvalue().rstrip("\n")


def _cell(value: object) -> str:
    text = " ".join(map(str, value)) if isinstance(value, list) else str(value)
    text = plain(text)
    return f"'{text}" if text.startswith(FORMULA) else text


BARS = 60
CHIPS: Mapping[str, Callable[[Line], str]] = {
    "who": lambda line: line.who,
    "call": lambda line: line.event.name,
    "from": lambda line: line.event.source,
    "account": lambda line: line.event.account,
}
ROWS = 5_000
"""A browser shows so many rows with ease."""


def as_html(found: Hunted) -> str:
    """One page without anything from outside: a time line, what stands out, filters, events."""
    headings = ("When (UTC)", "Who", "Call", "Outcome", "From", "Account", "What")
    values = {
        "found": found,
        "title": plain(f"{found.hunt.name} {found.value}".strip()),
        "counted": counted(found),
        "bars": tuple(_bars(found)),
        "chips": tuple(_chips(found)),
        "outcomes": tuple((each, each) for each in sorted({x.outcome for x in found.lines})),
        "rows": tuple(map(_page_row, found.lines[:ROWS])),
        "left": f"{len(found.lines):,}" if len(found.lines) > ROWS else "",
        "columns": tuple(map(Column, headings)),
        "limits": tuple(map(plain, found.limits)),
        "further": tuple(map(plain, found.next)),
    }
    return render("hunt.html.j2", values)


PITCH, HIGH = 16, 80
"""Of the bars, in the drawing's own units."""


def _bars(found: Hunted) -> Iterator[Mapping[str, object]]:
    """How many events there were over the window."""
    counts = [0] * BARS
    start = found.window.start
    span = found.window.end - start
    for line in found.lines:
        share = (line.event.time - start) / span if span else 0
        counts[min(BARS - 1, max(0, int(share * BARS)))] += 1
    top = max(counts) or 1
    for number, count in enumerate(counts):
        if count:
            height = max(2, HIGH * count // top)
            began = f"{start + span * number / BARS:%m-%d %H:%M}"
            place = {"x": number * PITCH + 1, "y": HIGH + 4 - height, "height": height}
            yield {**place, "count": count, "start": began}


def _chips(found: Hunted) -> Iterator[tuple[str, tuple[tuple[str, int], ...]]]:
    for kind in CHIPS:
        if seen := found.summaries[kind][:12]:
            yield kind, tuple((plain(each.value), each.count) for each in seen)


def _page_row(line: Line) -> Mapping[str, object]:
    event = line.event
    return {
        "chips": tuple((kind, plain(get(line))) for kind, get in CHIPS.items()),
        "when": f"{event.time:%Y-%m-%d %H:%M:%S}",
        "who": plain(line.who),
        "hop": line.hop,
        "ours": line.ours,
        "notes": plain(", ".join(line.notes)),
        "name": plain(event.name),
        "service": plain(event.service),
        "outcome": str(line.outcome),
        "error": plain(event.error),
        "source": plain(event.source),
        "agent": plain(event.agent),
        "account": plain(event.account),
        "region": plain(event.region),
        "resources": tuple(map(plain, event.resources[:4])),
    }


VIEWS: Mapping[str, Callable[[Hunted], str]] = {
    "text": as_text,
    "json": as_json,
    "html": as_html,
    "csv": as_csv,
}
