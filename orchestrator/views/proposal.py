"""Changes to account_configs/ as the body of a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.views.escape import code, markdown

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
