"""An investigation as text of 80 columns, and as JSON with a version."""

from __future__ import annotations

import json
import shlex
import textwrap
from collections.abc import Iterator, Mapping
from datetime import timedelta

from orchestrator.logs.event import Event
from orchestrator.logs.investigate.principals import Who
from orchestrator.logs.investigate.resources import Change
from orchestrator.logs.investigate.root_cause import Certainty
from orchestrator.logs.investigate.timeline import Around, Entry, Investigation, outcome
from orchestrator.views.html import Column, render
from orchestrator.views.markdown import plain

VERSION = 1
WIDTH = 80
CHANGES, CALLS = 6, 12


def as_text(found: Investigation) -> str:
    """For a terminal. What comes from logs is on one line each, without control characters."""
    return "\n".join(_fit(line) for line in _lines(found))


def headline(found: Investigation) -> tuple[str, ...]:
    """Who, what and when in three lines at most, for a team's message."""
    one = found.root_cause
    if one is None:
        return ("No call was found that explains it.", *found.notes[-1:])
    event = one.event
    maybe = {Certainty.POSSIBLE: "Possibly ", Certainty.RANKED: "Last changed: "}
    sure = maybe.get(found.certainty, "") if found.certainty else ""
    return (
        f"{sure}{plain(one.who.name)} ({plain(one.who.how)}) called {plain(event.name)}",
        f"at {event.time:%Y-%m-%d %H:%M:%S} UTC from {plain(one.place)} with {plain(one.tool)}",
        *(plain(_change(each)) for each in one.changes[:1]),
    )


def _lines(found: Investigation) -> Iterator[str]:
    yield plain(found.title)
    yield f"{found.window.start:%Y-%m-%d %H:%M} to {found.window.end:%Y-%m-%d %H:%M} UTC"
    if found.root_cause and found.certainty:
        yield ""
        yield f"{HEADINGS[found.certainty]}  ({found.certainty})"
        yield from _entry(found.root_cause, CHANGES)
    if found.around:
        yield ""
        yield "THE SAME PRINCIPAL, AN HOUR BEFORE TO AN HOUR AFTER"
        yield from _around(found.around)
    yield ""
    yield f"EVENTS  ({_counted(found)})"
    for entry in found.entries:
        yield _row(entry, entry is found.root_cause)
    for note in found.notes:
        yield ""
        yield from textwrap.wrap(f"note: {plain(note)}", WIDTH)
    if further := onward(found):
        yield ""
        yield "GO ON WITH  (and the same --lake)"
        yield from (f"  {each}" for each in further)


HEADINGS = {
    Certainty.KNOWN: "WHO MADE IT FAIL",
    Certainty.POSSIBLE: "WHO MAY HAVE MADE IT FAIL",
    Certainty.RANKED: "WHO CHANGED IT LAST",
}


def _counted(found: Investigation) -> str:
    changed = sum(not each.event.read_only for each in found.entries)
    read = len(found.entries) - changed
    more = f", {found.cut} earlier left out" if found.cut else ""
    return f"{changed} changes, {read} reads{more}; {found.reads} reads without data: --reads"


FURTHER, AN_HOUR = 6, timedelta(hours=1)


def onward(found: Investigation) -> tuple[str, ...]:
    """Commands that go on from here: who it was, their keys, and what they touched."""
    entries = (found.root_cause, *reversed(found.entries)) if found.root_cause else found.entries
    moments = [each.event.time for each in found.entries] or [found.window.start]
    first, last = min(moments) - AN_HOUR, max(moments) + AN_HOUR
    window = f"--from {first:%Y-%m-%dT%H:%M} --to {last:%Y-%m-%dT%H:%M}"
    words = dict.fromkeys(
        word
        for entry in entries
        if entry and not entry.ours
        for word in (entry.who.name, entry.event.actor.access_key)
        if word and word != found.title
    )
    return tuple(
        f"orchestrator investigate {shlex.quote(plain(word))} --by {window}"
        for word in list(words)[:FURTHER]
    )


def _entry(entry: Entry, limit: int) -> Iterator[str]:
    event, who = entry.event, entry.who
    yield f"  who   {plain(who.name)} ({who.kind}; {plain(who.how)})"
    for hop in who.chain[1:]:
        yield f"        then {plain(hop.principal)}"
    if event.actor.access_key:
        yield f"        with access key {plain(event.actor.access_key)}"
    if entry.ours:
        yield "        this was our own remediation"
    yield f"  when  {event.time:%Y-%m-%d %H:%M:%S} UTC"
    yield f"  what  {plain(event.name)} of {plain(event.service)} in {event.account} {event.region}"
    for each in entry.changes[:limit]:
        yield f"        {plain(_change(each))}"
    if len(entry.changes) > limit:
        yield f"        and {len(entry.changes) - limit} more parameters: --format json has all"
    yield f"  from  {plain(entry.place)} with {plain(entry.tool)}"
    yield f"  event {plain(event.uid)}"


def _change(change: Change) -> str:
    if change.before:
        return f"{change.path}: {change.before} → {change.after}"
    return f"{change.path}: {change.after}"


def _around(around: Around) -> Iterator[str]:
    calls = ", ".join(f"{plain(name)} {count}" for name, count in around.calls[:CALLS])
    rest = len(around.calls) - CALLS
    more = f" and {rest} other calls" if rest > 0 else ""
    yield from _wrapped(f"{calls or 'nothing else'}{more}")
    if around.errors:
        errors = ", ".join(f"{plain(code)} {count}" for code, count in around.errors)
        yield from _wrapped(f"refused: {errors}")


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(line, WIDTH, initial_indent="  ", subsequent_indent="  ")


def _row(entry: Entry, root_cause: bool) -> str:
    event = entry.event
    mark = ">" if root_cause else "o" if entry.ours else " "
    return (
        f"{mark} {event.time:%m-%d %H:%M:%S}  {plain(event.name)}  {plain(entry.who.name)}"
        f"  {plain(outcome(event))}"
    )


def _fit(line: str) -> str:
    """Cut to the width; a command is never cut."""
    if line.startswith("  orchestrator "):
        return line
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"


def as_json(found: Investigation) -> str:
    document = {
        "version": VERSION,
        "title": found.title,
        "control": found.control or None,
        "resources": list(found.resources),
        "from": found.window.start.isoformat(),
        "to": found.window.end.isoformat(),
        "culprit": _json_entry(found.root_cause) if found.root_cause else None,
        "certainty": found.certainty.name.lower() if found.certainty else None,
        "around": _json_around(found.around) if found.around else None,
        "changes": [_json_entry(e) for e in found.entries if not e.event.read_only],
        "listed_reads": [_json_entry(e) for e in found.entries if e.event.read_only],
        "reads": found.reads,
        "left_out": found.cut,
        "go_on": list(onward(found)),
        "notes": list(found.notes),
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _json_entry(entry: Entry) -> dict[str, object]:
    return {
        **_json_event(entry.event),
        "who": _json_who(entry.who),
        "from": entry.place,
        "tool": entry.tool,
        "ours": entry.ours,
        "changes": [
            {"path": each.path, "before": each.before or None, "after": each.after}
            for each in entry.changes
        ],
    }


def _json_event(event: Event) -> dict[str, object]:
    return {
        "id": event.uid,
        "time": event.time.isoformat(),
        "account": event.account,
        "region": event.region,
        "service": event.service,
        "call": event.name,
        "outcome": "failure" if event.error else "success",
        "error": event.error or None,
        "error_message": event.error_message or None,
        "mfa": event.actor.mfa,
        "source": event.source or None,
        "access_key": event.actor.access_key or None,
        "user_agent": event.agent,
    }


def _json_who(who: Who) -> dict[str, object]:
    return {
        "kind": who.kind.value,
        "name": who.name,
        "how": who.how,
        "chain": [{"principal": hop.principal, "event": hop.event or None} for hop in who.chain],
    }


def _json_around(around: Around) -> dict[str, object]:
    return {
        "from": around.window.start.isoformat(),
        "to": around.window.end.isoformat(),
        "calls": dict(around.calls),
        "errors": dict(around.errors),
        "changes": [_json_event(each) for each in around.changing],
    }


PAGE_WIDTH, EDGE, AXIS = 960, 20, 50


def as_html(found: Investigation) -> str:
    """One page without anything from outside: who it was, changes over time, every event."""
    around = found.around.calls if found.around else ()
    moments = [each.event.time for each in found.entries]
    people = sorted({plain(each.who.name) for each in found.entries})
    values = {
        "found": found,
        "title": plain(found.title),
        "heading": HEADINGS[found.certainty].capitalize() if found.certainty else "Who it was",
        "lead": headline(found),
        "certainty": str(found.certainty or ""),
        "around": tuple((plain(name), count) for name, count in around),
        "dots": tuple(_dots(found)),
        "first": f"{moments[0]:%Y-%m-%d %H:%M}" if moments else "",
        "last": f"{moments[-1]:%Y-%m-%d %H:%M}" if moments else "",
        "entries": tuple(_page_row(each, found) for each in found.entries),
        "people": tuple((each, each) for each in people),
        "columns": tuple(map(Column, ("When (UTC)", "Who", "What", "From"))),
        "counted": _counted(found),
        "notes": tuple(map(plain, found.notes)),
        "further": onward(found),
    }
    return render("investigation.html.j2", values)


def _kind(entry: Entry, found: Investigation) -> str:
    return "lead" if entry is found.root_cause else "ours" if entry.ours else ""


def _dots(found: Investigation) -> Iterator[Mapping[str, object]]:
    """Every event on a line of time, the one that matters larger and red."""
    if not found.entries:
        return
    first, last = found.entries[0].event.time, found.entries[-1].event.time
    span = (last - first).total_seconds() or 1
    for number, entry in enumerate(found.entries):
        event, kind = entry.event, _kind(entry, found)
        x = EDGE + (event.time - first).total_seconds() / span * (PAGE_WIDTH - 2 * EDGE)
        yield {
            "kind": kind,
            "x": f"{x:.1f}",
            "y": AXIS if kind == "lead" else AXIS - (number % 3 - 1) * 14,
            "r": 9 if kind == "lead" else 5,
            "title": plain(f"{event.time:%Y-%m-%d %H:%M:%S} {event.name} by {entry.who.name}"),
        }


def _page_row(entry: Entry, found: Investigation) -> Mapping[str, object]:
    event = entry.event
    return {
        "kind": _kind(entry, found),
        "sort": "read" if event.read_only else "change",
        "when": f"{event.time:%Y-%m-%d %H:%M:%S}",
        "who": plain(entry.who.name),
        "how": plain(entry.who.how),
        "name": plain(event.name),
        "outcome": plain(outcome(event)),
        "changes": tuple(plain(_change(each)) for each in entry.changes),
        "place": plain(entry.place),
        "tool": plain(entry.tool),
    }
