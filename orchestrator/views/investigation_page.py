"""An investigation as one HTML page with a picture of its time line, and nothing from outside.

Every value of a log passes `html.escape`; the page has no script, and says so to the browser.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from orchestrator.logs.investigate.changes import Change
from orchestrator.logs.investigate.timeline import Entry, Investigation
from orchestrator.views.investigation import headline, plain

WIDTH, HEIGHT, EDGE = 960, 150, 20
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'none'"
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 960px; color: #1c2733 }
table { border-collapse: collapse; width: 100% }
td, th { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #d5dbe1;
  vertical-align: top; overflow-wrap: anywhere }
.culprit { background: #fdecea } .ours { background: #e8f4ea }
.lead { border-left: 4px solid #c0392b; padding-left: 1rem }
@media (prefers-color-scheme: dark) { body { background: #14191f; color: #dfe6ec }
  .culprit { background: #4a1f1b } .ours { background: #1d3a24 } }
"""


def as_html(found: Investigation) -> str:
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            f"<title>{_text(found.title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>",
            f"<h1>{_text(found.title)}</h1>",
            *_lead(found),
            *_picture(found),
            *_table(found),
            *(f"<p>Note: {_text(note)}</p>" for note in found.notes),
            "</body>\n</html>\n",
        ]
    )


def _text(value: str) -> str:
    return escape(plain(value), quote=True)


def _lead(found: Investigation) -> Iterator[str]:
    yield '<div class="lead">'
    yield from (f"<p>{_text(line)}</p>" for line in headline(found))
    if found.certainty:
        yield f"<p>This call is {_text(found.certainty)}.</p>"
    if found.around and found.around.calls:
        calls = ", ".join(f"{name} {count}" for name, count in found.around.calls)
        yield f"<p>In the hour around: {_text(calls)}</p>"
    yield "</div>"


def _picture(found: Investigation) -> Iterator[str]:
    """Every change as a dot on a line of time, the one that matters larger and red."""
    if not found.entries:
        return
    first, last = found.entries[0].event.time, found.entries[-1].event.time
    span = (last - first).total_seconds() or 1
    yield f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="Changes over time">'
    yield f'<line x1="{EDGE}" y1="90" x2="{WIDTH - EDGE}" y2="90" stroke="#8a97a5"/>'
    for number, entry in enumerate(found.entries):
        share = (entry.event.time - first).total_seconds() / span
        yield _dot(entry, EDGE + share * (WIDTH - 2 * EDGE), number, entry is found.culprit)
    for x, anchor, moment in ((EDGE, "start", first), (WIDTH - EDGE, "end", last)):
        label = f"{moment:%Y-%m-%d %H:%M}"
        yield _label(x, 140, "#8a97a5", anchor, label)
    yield "</svg>"


def _dot(entry: Entry, x: float, number: int, culprit: bool) -> str:
    colour = "#c0392b" if culprit else "#2e8b57" if entry.ours else "#3b78b5"
    y = 90 if culprit else 90 - (number % 3 - 1) * 14
    event = entry.event
    title = _text(f"{event.time:%Y-%m-%d %H:%M:%S} {event.name} by {entry.who.name}")
    dot = f'<circle cx="{x:.1f}" cy="{y}" r="{9 if culprit else 5}" fill="{colour}">'
    label = ""
    if culprit:
        anchor = "start" if x < WIDTH / 2 else "end"
        label = _label(x, 50, colour, anchor, event.name)
    return f"{dot}<title>{title}</title></circle>{label}"


def _label(x: float, y: int, colour: str, anchor: str, words: str) -> str:
    place = f'x="{x:.1f}" y="{y}" font-size="13" fill="{colour}" text-anchor="{anchor}"'
    return f"<text {place}>{_text(words)}</text>"


def _changed(change: Change) -> str:
    before = f"{_text(change.before)} → " if change.before else ""
    return f"<br>{_text(change.path)}: {before}{_text(change.after)}"


def _table(found: Investigation) -> Iterator[str]:
    yield "<table>\n<tr><th>When (UTC)</th><th>Who</th><th>What</th><th>From</th></tr>"
    for entry in found.entries:
        kind = "culprit" if entry is found.culprit else "ours" if entry.ours else ""
        event = entry.event
        changed = "".join(map(_changed, entry.changes))
        error = f" <em>{_text(event.error)}</em>" if event.error else ""
        yield (
            f'<tr class="{kind}"><td>{event.time:%Y-%m-%d %H:%M:%S}</td>'
            f"<td>{_text(entry.who.name)}<br>{_text(entry.who.how)}</td>"
            f"<td>{_text(event.name)}{error}{changed}</td>"
            f"<td>{_text(entry.place)}<br>{_text(entry.tool)}</td></tr>"
        )
    yield f"</table>\n<p>{found.reads} calls only read and are not listed.</p>"
