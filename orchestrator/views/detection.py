"""What rules have matched, as text and as JSON."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from orchestrator.logs.rules.detect import Detected, Detection, Imported
from orchestrator.views.markdown import plain

VERSION, WIDTH = 1, 80


class Problem(Protocol):
    """A rule that could not be used."""

    @property
    def file(self) -> Path: ...
    @property
    def line(self) -> int: ...
    @property
    def what(self) -> str: ...
    @property
    def fix(self) -> str: ...


def as_text(found: Detected, problems: Sequence[Problem], sent: Sequence[Imported] = ()) -> str:
    return "\n".join((*_lines(found, problems), *_sent(sent)))


def _lines(found: Detected, problems: Sequence[Problem]) -> Iterator[str]:
    yield f"{found.window.start:%Y-%m-%d %H:%M} to {found.window.end:%Y-%m-%d %H:%M} UTC"
    yield f"{found.rules} rules, {found.looked_at} events looked at"
    for each in found.detections:
        yield ""
        yield f"{each.rule.level.upper()}  {plain(each.rule.title)}"
        yield f"  who   {plain(each.who.name)} ({each.who.kind}; {plain(each.who.how)})"
        yield from _times(each)
        yield f"  what  {plain(', '.join(dict.fromkeys(e.name for e in each.events)))}"
        yield f"  from  {plain(', '.join(dict.fromkeys(e.source for e in each.events)))}"
        yield f"  rule  {plain(each.rule.file)}"
    for note in found.notes:
        yield ""
        yield from textwrap.wrap(f"note: {plain(note)}", WIDTH)
    if not found.detections:
        yield "nothing was detected"
    if problems:
        yield ""
        yield f"{len(problems)} rules could not be used"


def _sent(sent: Sequence[Imported]) -> Iterator[str]:
    """How many were taken, and each that was refused, with the reason."""
    if not sent:
        return
    taken, refused = sum(each.taken for each in sent), sum(len(each.refused) for each in sent)
    yield ""
    yield f"findings imported: {taken}" + (f", refused: {refused}" if refused else "")
    for each in sent:
        for uid, why in each.refused.items():
            yield from textwrap.wrap(f"{each.account}: {plain(uid)}: {plain(why)}", WIDTH)


def _times(each: Detection) -> Iterator[str]:
    first, last = each.events[0].time, each.events[-1].time
    count = f"{len(each.events)} events" if len(each.events) > 1 else "once"
    until = f" to {last:%H:%M:%S}" if last != first else ""
    yield f"  when  {first:%Y-%m-%d %H:%M:%S}{until} UTC, {count}, in {each.account}"


def as_json(found: Detected, problems: Sequence[Problem], sent: Sequence[Imported] = ()) -> str:
    document = {
        "version": VERSION,
        "from": found.window.start.isoformat(),
        "to": found.window.end.isoformat(),
        "rules": found.rules,
        "looked_at": found.looked_at,
        "detections": [_json(each) for each in found.detections],
        "problems": [
            {"file": str(p.file), "line": p.line, "what": p.what, "fix": p.fix} for p in problems
        ],
        "notes": list(found.notes),
        "imported": [
            {"account": each.account, "taken": each.taken, "refused": dict(each.refused)}
            for each in sent
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False)


def _json(each: Detection) -> dict[str, object]:
    return {
        "rule": each.rule.uid,
        "title": each.rule.title,
        "level": each.rule.level,
        "file": each.rule.file,
        "who": {"kind": each.who.kind.value, "name": each.who.name, "how": each.who.how},
        "account": each.account,
        "day": each.day.isoformat(),
        "count": len(each.events),
        "events": [
            {"id": e.uid, "time": e.time.isoformat(), "call": e.name, "source": e.source or None}
            for e in each.events
        ],
    }
