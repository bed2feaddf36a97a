"""What accounts that have gone leave behind, as text for a terminal and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence

from orchestrator.model.offboarding import KeptState, Leaving

JSON_VERSION = 1


def text(leaving: Sequence[Leaving]) -> str:
    return "\n\n".join("\n".join(_lines(each)) for each in leaving)


def _lines(leaving: Leaving) -> Iterator[str]:
    name = f" {leaving.name}" if leaving.name else ""
    yield f"{leaving.account}{name}: {'left alone: ' if leaving.refused else ''}{leaving.why}"
    yield from (f"  done      {line}" for line in leaving.done)
    if leaving.refused:
        yield from (f"  fix: {leaving.fix}",) if leaving.fix else ()
        return
    if leaving.file:
        yield f"  file      {leaving.file}"
    for state in leaving.states:
        yield f"  state     {state.key.state_key}: {_state(state)}"
    for remnant in leaving.remnants:
        unknown = "" if remnant.known else "not known: "
        what = "".join(c if c.isprintable() else " " for c in remnant.what)
        yield f"  remains   {remnant.kind}: {unknown}{what}"
    if not (leaving.done or leaving.file or leaving.states or leaving.remnants):
        yield "  nothing is left of it"


def _state(state: KeptState) -> str:
    where = f"archived at {state.archive}" if state.archived else "not archived"
    return f"{'live' if state.live else 'removed'}, {where}"


def as_json(leaving: Sequence[Leaving]) -> str:
    """Exactly one document; `version` changes when a key changes its meaning or goes away."""
    accounts = [_document(each) for each in leaving]
    return json.dumps({"version": JSON_VERSION, "accounts": accounts}, indent=2, ensure_ascii=False)


def _document(leaving: Leaving) -> Mapping[str, object]:
    return {
        "id": leaving.account,
        "name": leaving.name,
        "why": leaving.why,
        "refused": leaving.refused,
        "file": leaving.file and leaving.file.as_posix(),
        "states": [
            {"key": s.key.state_key, "live": s.live, "archived": s.archived, "archive": s.archive}
            for s in leaving.states
        ],
        "remains": [{"kind": r.kind, "what": r.what, "known": r.known} for r in leaving.remnants],
        "done": list(leaving.done),
    }


VIEWS: Mapping[str, Callable[[Sequence[Leaving]], str]] = {"text": text, "json": as_json}
