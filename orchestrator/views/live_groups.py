"""Foundations and waves on the screen: a bar each; what is over and what is to come in one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from orchestrator.model.run import Outcome
from orchestrator.views.live_state import GroupProgress, Progress, failure


@dataclass(frozen=True, slots=True)
class Size:
    """Cells and lines."""

    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Glyphs:
    """Signs for a terminal; each is one cell, `more` at most three."""

    done: str
    bad: str
    active: str
    coming: str
    waiting: str
    halted: str
    more: str
    full: str
    half: str
    empty: str


UNICODE = Glyphs("✓", "✗", "▶", "·", "◷", "■", "…", "━", "╌", " ")
ASCII = Glyphs("+", "x", ">", ".", "~", "!", "...", "#", "-", " ")


def duration(seconds: float) -> str:
    """'8 s', '3 min 05 s', '2 h 10 min'."""
    whole = max(0, round(seconds))
    minutes, rest = divmod(whole, 60)
    if minutes < 1:
        return f"{rest} s"
    if minutes < 60:
        return f"{minutes} min {rest:02} s"
    return f"{minutes // 60} h {minutes % 60:02} min"


def plain(text: str) -> str:
    """The first line, without anything that a terminal would obey."""
    first = text.strip().partition("\n")[0]
    return "".join(sign if sign.isprintable() else " " for sign in first)


LONGEST_NAME = 28
LONGEST_BAR = 60
STEADY = 14
"""Cells kept free for what is said behind a bar, so that bars do not jump with every word."""
NUMBERS = 9
"""Cells of '280/280' and more."""


def group_lines(progress: Progress, now: float, size: Size, glyphs: Glyphs) -> list[Text]:
    """At most `size.height` lines: those under way in full, the others only where there is room."""
    groups = list(progress.groups.values())
    first, last = _shown(groups, size.height)
    shown = groups[first:last]
    width = min(LONGEST_NAME, max((cell_len(group.name) for group in shown), default=0))
    remarks = [_remark(group, now) for group in shown]
    room = size.width - width - NUMBERS - max([STEADY, *map(cell_len, remarks)]) - 6
    bar = max(0, min(LONGEST_BAR, room))
    lines = [
        _line(group, width, bar, said, glyphs) for group, said in zip(shown, remarks, strict=True)
    ]
    before, after = groups[:first], groups[last:]
    if before:
        lines.insert(0, _summary(before, f"{glyphs.done} {len(before)} before", "green"))
    if after:
        lines.append(_summary(after, f"{glyphs.coming} {len(after)} to come", "dim"))
    return lines


def _shown(groups: Sequence[GroupProgress], room: int) -> tuple[int, int]:
    """From where to where: two lines are kept for what does not fit before and after."""
    if len(groups) <= room:
        return 0, len(groups)
    over = next((n for n, group in enumerate(groups) if group.seconds is None), len(groups) - 1)
    places = max(1, room - 2)
    first = max(0, min(over - (1 if places > 2 else 0), len(groups) - places))
    return first, first + places


def _summary(groups: Sequence[GroupProgress], what: str, style: str) -> Text:
    done, stacks = sum(group.done for group in groups), sum(group.stacks for group in groups)
    failed = sum(group.failed for group in groups)
    return Text(f"{what}: {done}/{stacks}{f', {failed} failed' if failed else ''}", style)


def _line(group: GroupProgress, width: int, bar: int, remarks: str, glyphs: Glyphs) -> Text:
    sign, style = _state(group, glyphs)
    return Text.assemble(
        (f"{sign} ", style),
        (set_cell_size(plain(group.name), width), "" if group.started is not None else "dim"),
        " ",
        *_bar(group, bar, glyphs),
        f" {f'{group.done}/{group.stacks}':>{NUMBERS}}",
        f"  {remarks}" if remarks else "",
    )


def _state(group: GroupProgress, glyphs: Glyphs) -> tuple[str, str]:
    if group.failed:
        return glyphs.bad, "red"
    if group.skipped == group.stacks > 0:
        return glyphs.halted, "yellow"
    if group.seconds is not None or (group.stacks and group.done == group.stacks):
        return glyphs.done, "green"
    return (glyphs.active, "cyan") if group.started is not None else (glyphs.coming, "dim")


def _bar(group: GroupProgress, width: int, glyphs: Glyphs) -> tuple[tuple[str, str], ...]:
    """Done well, failed, skipped, planned, and what nobody has come to yet."""
    total = max(1, group.stacks, group.done)
    good = group.done - group.failed - group.skipped
    ahead = max(0, group.planned - group.done)
    edges = [0]
    for count in (good, group.failed, group.skipped, ahead):
        edges.append(edges[-1] + count)
    cells = [min(width, round(edge * width / total)) for edge in edges] + [width]
    looks = (
        (glyphs.full, "green"),
        (glyphs.full, "red"),
        (glyphs.half, "yellow"),
        (glyphs.half, "cyan"),
        (glyphs.empty, ""),
    )
    widths = [after - before for before, after in pairwise(cells)]
    return tuple((sign * many, style) for (sign, style), many in zip(looks, widths, strict=True))


def _remark(group: GroupProgress, now: float) -> str:
    words = [
        f"{count} {outcome}"
        for outcome, count in group.outcomes.items()
        if failure(outcome) or outcome is Outcome.SKIPPED
    ]
    if group.done < group.planned < group.stacks:
        words.append(f"{group.planned} planned")
    if group.seconds is not None:
        words.append(duration(group.seconds))
    elif group.started is not None:
        words.append(duration(now - group.started))
    return ", ".join(words)
