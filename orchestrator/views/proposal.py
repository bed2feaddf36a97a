"""Accounts that come and go: the body of a pull request, and what an account has left."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.model.inventory import KeptState, Offboarding
from orchestrator.views.markdown import code, markdown

LONGEST = 60_000
"""Characters of files. GitHub takes bodies of 65,536."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """`accounts` are id, name and what happens to it; `refused` id and why; files that go: None."""

    title: str
    accounts: Sequence[tuple[str, str, str]]
    files: Mapping[Path, str | None]
    refused: Sequence[tuple[str, str]] = ()
    after: Sequence[str] = field(default=())
    """What people do once it is merged: command lines."""


def body(proposal: Proposal) -> str:
    """Markdown; the first line is the title."""
    return "\n".join(_lines(proposal)) + "\n"


def _lines(proposal: Proposal) -> Iterator[str]:
    yield from (f"# {markdown(proposal.title)}", "")
    yield from ("| account | name | what |", "|---|---|---|")
    for id_, name, what in proposal.accounts:
        yield f"| {code(id_)} | {markdown(name)} | {markdown(what)} |"
    if proposal.refused:
        yield from ("", "Left alone:", "")
        yield from (f"- {code(id_)}: {markdown(why)}" for id_, why in proposal.refused)
    yield from _files(proposal.files)
    if proposal.after:
        yield from ("", "Once it is merged:", "")
        yield from (f"- {code(line)}" for line in proposal.after)


def _files(files: Mapping[Path, str | None]) -> Iterator[str]:
    room = LONGEST
    for number, (path, text) in enumerate(files.items()):
        room -= len(text or "")
        if room < 0:
            yield from ("", f"And {len(files) - number} more files: see the commit.")
            return
        yield from ("", f"{code(path.as_posix())}{'' if text is not None else ' is removed'}")
        if text is not None:
            fence = "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
            yield from ("", f"{fence}yaml", text.rstrip("\n"), fence)


JSON_VERSION = 1


def text(offboarding: Sequence[Offboarding]) -> str:
    return "\n\n".join("\n".join(_offboarding_lines(each)) for each in offboarding)


def _offboarding_lines(offboarding: Offboarding) -> Iterator[str]:
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
