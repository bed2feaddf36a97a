"""The documentation as values: pages, fenced blocks, commands, links."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^ *```(?P<language>\w*)[^\n]*\n(?P<text>.*?)^ *```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\((?P<target>[^)\s]+)\)")
HEADING = re.compile(r"^#+ +(?P<title>.+?) *$", re.MULTILINE)
SHELLS = frozenset({"sh", "console"})


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block; `line` is that of its fence."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


@dataclass(frozen=True, slots=True)
class Command:
    """One command line of a shell block, and the output the page shows for it."""

    block: Block
    words: tuple[str, ...]
    output: str = ""

    def __str__(self) -> str:
        return f"{self.block}: {shlex.join(self.words)}"


def pages() -> list[Path]:
    """Everything a reader is sent to, READMEs of the modules included."""
    return sorted(
        [
            *ROOT.glob("*.md"),
            *(ROOT / "docs").rglob("*.md"),
            *(ROOT / "modules").glob("*/README.md"),
            *(ROOT / "policies").rglob("*.md"),
            *(ROOT / "account_configs").rglob("*.md"),
        ]
    )


def blocks(page: Path) -> Iterator[Block]:
    """The fenced blocks of a page."""
    text = page.read_text("utf-8")
    for match in FENCE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        yield Block(page, line, match["language"], dedent(match["text"]))


def commands(block: Block) -> Iterator[Command]:
    """The commands of a shell block.

    In `console` blocks they follow `$ `, and what follows them is their output; in `sh` blocks
    every line is one.
    """
    lines = block.text.replace("\\\n", " ").splitlines()
    if block.language == "sh":
        for line in lines:
            yield from _simple_commands(block, line, "")
        return
    starts = [number for number, line in enumerate(lines) if line.lstrip().startswith("$ ")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        output = "\n".join(lines[start + 1 : end])
        yield from _simple_commands(block, lines[start].lstrip().removeprefix("$ "), output)


def _simple_commands(block: Block, line: str, output: str) -> Iterator[Command]:
    """`a && b | c` is three commands; the output belongs to a line that is a single one."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    groups: list[list[str]] = [[]]
    for token in lexer:
        if set(token) <= set("&|;"):
            groups.append([])
        else:
            groups[-1].append(token)
    for group in filter(None, groups):
        yield Command(block, tuple(group), output if len(groups) == 1 else "")


def all_commands() -> list[Command]:
    """Every command of every page."""
    return [
        command
        for page in pages()
        for block in blocks(page)
        if block.language in SHELLS
        for command in commands(block)
    ]


def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return FENCE.sub("", page.read_text("utf-8"))


def anchors(page: Path) -> set[str]:
    """The anchors GitHub gives the headings of a page."""
    titles = (match["title"] for match in HEADING.finditer(prose(page)))
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}
