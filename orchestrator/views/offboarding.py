"""What accounts that have gone leave behind, as text for a terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence

from orchestrator.model.inventory import KeptState, Offboarding

JSON_VERSION = 1


def text(offboarding: Sequence[Offboarding]) -> str:
    return "\n\n".join("\n".join(_lines(each)) for each in offboarding)


def _lines(offboarding: Offboarding) -> Iterator[str]:
    name = f" {offboarding.name}" if offboarding.name else ""
    alone = "left alone: " if offboarding.refused else ""
    yield f"{offboarding.account}{name}: {alone}{offboarding.why}"
    yield from (f"  done      {line}" for line in offboarding.done)
    if offboarding.refused:
        yield from (f"  fix: {offboarding.fix}",) if offboarding.fix else ()
        return
    if offboarding.file:
        yield f"  file      {offboarding.file}"
    for state in offboarding.states:
        yield f"  state     {state.key.state_key}: {_state(state)}"
    for remnant in offboarding.remnants:
        unknown = "" if remnant.known else "not known: "
        what = "".join(c if c.isprintable() else " " for c in remnant.what)
        yield f"  remains   {remnant.kind}: {unknown}{what}"
    if not (offboarding.done or offboarding.file or offboarding.states or offboarding.remnants):
        yield "  nothing is left of it"


def _state(state: KeptState) -> str:
    where = f"archived at {state.archive}" if state.archived else "not archived"
    return f"{'live' if state.live else 'removed'}, {where}"


def as_json(offboarding: Sequence[Offboarding]) -> str:
    """Exactly one document; `version` changes when a key changes its meaning or goes away."""
    accounts = [_document(each) for each in offboarding]
    return json.dumps({"version": JSON_VERSION, "accounts": accounts}, indent=2, ensure_ascii=False)


def _document(offboarding: Offboarding) -> Mapping[str, object]:
    return {
        "id": offboarding.account,
        "name": offboarding.name,
        "why": offboarding.why,
        "refused": offboarding.refused,
        "file": offboarding.file and offboarding.file.as_posix(),
        "states": [
            {"key": s.key.state_key, "live": s.live, "archived": s.archived, "archive": s.archive}
            for s in offboarding.states
        ],
        "remains": [
            {"kind": r.kind, "what": r.what, "known": r.known} for r in offboarding.remnants
        ],
        "done": list(offboarding.done),
    }


VIEWS: Mapping[str, Callable[[Sequence[Offboarding]], str]] = {"text": text, "json": as_json}
