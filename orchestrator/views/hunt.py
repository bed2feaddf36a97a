"""A hunt's answer as text, JSON, CSV, and as a page that can be walked."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from html import escape
from io import StringIO

from orchestrator.logs.hunt.answer import Hunted, Line, Seen
from orchestrator.views.investigation import STYLE, plain

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


POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
MORE_STYLE = """
body { max-width: 1200px } .denied, .failed { background: #fdecea } .chips { margin: .5rem 0 }
.chips button { font: inherit; margin: .15rem; padding: .1rem .5rem; border: 1px solid #8a97a5;
  border-radius: 1rem; background: none; color: inherit; cursor: pointer; overflow-wrap: anywhere }
.chips button[aria-pressed=true] { background: #3b78b5; color: #fff }
input { font: inherit; width: 100%; padding: .3rem; box-sizing: border-box }
.bars { display: flex; align-items: flex-end; height: 80px; gap: 1px } .bars i { flex: 1;
  background: #3b78b5; min-height: 1px } pre { white-space: pre-wrap; overflow-wrap: anywhere }
@media (prefers-color-scheme: dark) { .denied, .failed { background: #4a1f1b } }
"""
SCRIPT = """
const rows = [...document.querySelectorAll("tbody tr")], chosen = new Map();
const search = document.querySelector("input"), shown = document.querySelector("output");
function apply() {
  const text = search.value.toLowerCase(); let count = 0;
  for (const row of rows) {
    let fits = row.textContent.toLowerCase().includes(text);
    for (const [kind, values] of chosen)
      if (values.size && !values.has(row.dataset[kind])) fits = false;
    row.hidden = !fits; count += fits;
  }
  shown.textContent = count + " of " + rows.length + " events";
}
search.addEventListener("input", apply);
for (const chip of document.querySelectorAll(".chips button"))
  chip.addEventListener("click", () => {
    const { kind, value } = chip.dataset;
    if (!chosen.has(kind)) chosen.set(kind, new Set());
    const values = chosen.get(kind);
    if (!values.delete(value)) values.add(value);
    chip.setAttribute("aria-pressed", values.has(value));
    apply();
  });
apply();
"""
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
    title = _text(f"{found.hunt.name} {found.value}".strip())
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width">',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            f"<title>{title}</title>\n<style>{STYLE}{MORE_STYLE}</style>\n</head>\n<body>",
            f"<h1>{title}</h1>\n<p>{_text(found.hunt.summary)} {_text(counted(found))}.</p>",
            *_bars(found),
            *_chips(found),
            '<p><label>Search <input type="search"></label> <output></output></p>',
            *_table(found),
            *(f"<p>Note: {_text(limit)}</p>" for limit in found.limits),
            *_commands(found),
            f"<script>{SCRIPT}</script>\n</body>\n</html>\n",
        ]
    )


def _text(value: str) -> str:
    return escape(plain(value), quote=True)


def _bars(found: Hunted) -> Iterator[str]:
    """How many events there were over the window."""
    counts = [0] * BARS
    start = found.window.start
    span = (found.window.end - start).total_seconds() or 1
    for line in found.lines:
        share = (line.event.time - start).total_seconds() / span
        counts[min(BARS - 1, max(0, int(share * BARS)))] += 1
    top = max(counts) or 1
    bars = "".join(f'<i style="height:{100 * n // top}%" title="{n}"></i>' for n in counts)
    label = f"{found.window.start:%Y-%m-%d %H:%M} to {found.window.end:%Y-%m-%d %H:%M} UTC"
    yield f'<div class="bars" role="img" aria-label="Events over time">{bars}</div>'
    yield f"<p>{label}</p>"


def _chips(found: Hunted) -> Iterator[str]:
    for kind in CHIPS:
        chips = "".join(
            f'<button data-kind="{kind}" data-value="{_text(each.value)}" aria-pressed="false">'
            f"{_text(each.value)} <b>{each.count}</b></button>"
            for each in found.summaries[kind][:12]
        )
        if chips:
            yield f'<div class="chips">{kind}: {chips}</div>'


def _table(found: Hunted) -> Iterator[str]:
    yield "<table>\n<thead><tr><th>When (UTC)</th><th>Who</th><th>Call</th><th>Outcome</th>"
    yield "<th>From</th><th>Account</th><th>What</th></tr></thead>\n<tbody>"
    for line in found.lines[:ROWS]:
        event = line.event
        data = " ".join(f'data-{kind}="{_text(get(line))}"' for kind, get in CHIPS.items())
        hop = f"<br>{line.hop} roles further" if line.hop else ""
        ours = "<br>our own remediation" if line.ours else ""
        notes = f"<br><em>{_text(', '.join(line.notes))}</em>" if line.notes else ""
        what = "<br>".join(map(_text, event.resources[:4]))
        yield (
            f'<tr class="{line.outcome}" {data}><td>{event.time:%Y-%m-%d %H:%M:%S}</td>'
            f"<td>{_text(line.who)}{hop}{ours}{notes}</td>"
            f"<td>{_text(event.name)}<br><small>{_text(event.service)}</small></td>"
            f"<td>{line.outcome}<br><small>{_text(event.error)}</small></td>"
            f"<td>{_text(event.source)}<br><small>{_text(event.agent)}</small></td>"
            f"<td>{_text(event.account)}<br><small>{_text(event.region)}</small></td>"
            f"<td>{what}</td></tr>"
        )
    yield "</tbody></table>"
    if len(found.lines) > ROWS:
        yield f"<p>The first {ROWS:,} are shown; --format csv has all {len(found.lines):,}.</p>"


def _commands(found: Hunted) -> Iterator[str]:
    if found.next:
        commands = "\n".join(map(_text, found.next))
        yield f"<h2>Go on</h2>\n<pre>{commands}</pre>"


VIEWS: Mapping[str, Callable[[Hunted], str]] = {
    "text": as_text,
    "json": as_json,
    "html": as_html,
    "csv": as_csv,
}
