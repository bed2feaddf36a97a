"""An investigation as text of 80 columns, and as JSON with a version."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator

from orchestrator.logs.event import Event
from orchestrator.logs.investigate.changes import Change
from orchestrator.logs.investigate.people import Who
from orchestrator.logs.investigate.timeline import Around, Entry, Investigation

VERSION = 1
WIDTH = 80
CHANGES, CALLS = 6, 12


def as_text(found: Investigation) -> str:
    """For a terminal. What comes from logs is on one line each, without control characters."""
    return "\n".join(_fit(line) for line in _lines(found))


def headline(found: Investigation) -> tuple[str, ...]:
    """Who, what and when in three lines at most, for a team's message."""
    one = found.culprit
    if one is None:
        return ("No call was found that explains it.", *found.notes[-1:])
    event = one.event
    return (
        f"{plain(one.who.name)} ({plain(one.who.how)}) called {plain(event.name)}",
        f"at {event.time:%Y-%m-%d %H:%M:%S} UTC from {plain(one.place)} with {plain(one.tool)}",
        *(plain(_change(each)) for each in one.changes[:1]),
    )


def plain(value: str) -> str:
    """On one line, and without characters that a terminal obeys."""
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())


def _lines(found: Investigation) -> Iterator[str]:
    yield plain(found.title)
    yield f"{found.window.start:%Y-%m-%d %H:%M} to {found.window.end:%Y-%m-%d %H:%M} UTC"
    if found.culprit and found.certainty:
        yield ""
        yield f"WHO MADE IT FAIL  ({found.certainty})"
        yield from _entry(found.culprit, CHANGES)
    if found.around:
        yield ""
        yield "THE SAME PRINCIPAL, AN HOUR BEFORE TO AN HOUR AFTER"
        yield from _around(found.around)
    yield ""
    yield f"CHANGES  ({len(found.entries)}, and {found.reads} calls that only read)"
    for entry in found.entries:
        yield _row(entry, entry is found.culprit)
    for note in found.notes:
        yield ""
        yield from textwrap.wrap(f"note: {plain(note)}", WIDTH)


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


def _row(entry: Entry, culprit: bool) -> str:
    event = entry.event
    mark = ">" if culprit else "o" if entry.ours else " "
    error = f" ({plain(event.error)})" if event.error else ""
    return (
        f"{mark} {event.time:%m-%d %H:%M:%S}  {plain(event.name)}{error}  {plain(entry.who.name)}"
    )


def _fit(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"


def as_json(found: Investigation) -> str:
    document = {
        "version": VERSION,
        "title": found.title,
        "control": found.control or None,
        "resources": list(found.resources),
        "from": found.window.start.isoformat(),
        "to": found.window.end.isoformat(),
        "culprit": _json_entry(found.culprit) if found.culprit else None,
        "certainty": found.certainty.name.lower() if found.certainty else None,
        "around": _json_around(found.around) if found.around else None,
        "changes": [_json_entry(each) for each in found.entries],
        "reads": found.reads,
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
        "error": event.error or None,
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
