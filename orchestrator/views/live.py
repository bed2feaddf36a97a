"""The live screen as rich draws it: told of events by the run, asked for lines by the terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions
from rich.text import Text

from orchestrator.model.events import Event
from orchestrator.model.names import StackKey
from orchestrator.model.run import Outcome, StackResult
from orchestrator.views.live_groups import (
    ASCII,
    UNICODE,
    Glyphs,
    Size,
    duration,
    group_lines,
    plain,
)
from orchestrator.views.live_state import Progress, Running, failure, fold

LATEST = 4
"""Failures shown; the count of all stands above them."""
TOGETHER = 8
"""From so many stacks in one stage on, they are one line: a scan is of all plans at once."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What has been laid out already, and how many lines there are."""

    lines: tuple[Text, ...]
    room: int

    def and_then(self, lines: Sequence[Text]) -> Parts:
        shown = tuple(lines[: max(0, self.room)])
        return Parts((*self.lines, *shown), self.room - len(shown))


def screen(progress: Progress, now: float, size: Size, *, ascii_only: bool = False) -> list[Text]:
    """The whole screen; at most `size.height` lines of at most `size.width` cells."""
    glyphs = ASCII if ascii_only else UNICODE
    top = [header(progress, now, size.width), *_notes(progress, now, glyphs)]
    parts = Parts((), size.height).and_then(top)
    failures = _failures(progress, glyphs)
    for_groups = max(3, (parts.room - min(len(failures), LATEST + 1)) * 2 // 3)
    groups = group_lines(progress, now, Size(size.width, min(for_groups, parts.room)), glyphs)
    parts = parts.and_then(groups)
    running = _running(progress, now, max(0, parts.room - len(failures)), glyphs)
    parts = parts.and_then(running).and_then(failures)
    return [_fitted(line, size.width, glyphs) for line in parts.lines]


def header(progress: Progress, now: float, width: int) -> Text:
    """How far, how fast, how long already and how long still; the run's id if there is room."""
    words = [f"{progress.done} of {progress.stacks} stacks"]
    if progress.planned and progress.done < len(progress.planned) < progress.stacks:
        plans = progress.plan_rate(now)
        words.append(f"{len(progress.planned)} planned{f' ({_a_minute(plans)})' if plans else ''}")
    if (rate := progress.rate(now)) is not None:
        words.append(_a_minute(rate))
    words.append(duration(now - progress.started))
    if (left := progress.left(now)) is not None and progress.done < progress.stacks:
        words.append(f"{duration(left)} left")
    said = f"{progress.command}: {', '.join(words)}"
    gap = width - cell_len(said) - cell_len(progress.run)
    run = " " * gap + progress.run if gap > 1 else ""
    return Text.assemble((said, "bold"), (run, "dim"))


def _a_minute(rate: float) -> str:
    return f"{rate * 60:.0f}/min" if rate >= 1 / 6 else f"{rate * 60:.1f}/min"


def _notes(progress: Progress, now: float, glyphs: Glyphs) -> Iterator[Text]:
    if progress.halted:
        yield Text(f"{glyphs.halted} nothing new starts: {plain(progress.halted)}", "bold red")
    elif progress.waiting and now < progress.noted_until:
        still = progress.waiting_until - now
        words = f"waiting {duration(still)}: " if still > 0 else ""
        yield Text(f"{glyphs.waiting} {words}{plain(progress.waiting)}", "yellow")


def _running(progress: Progress, now: float, room: int, glyphs: Glyphs) -> list[Text]:
    """The oldest first: they are what somebody wonders about."""
    crowds = _crowds(progress)
    single = [(key, at) for key, at in progress.running.items() if at.stage not in crowds]
    lines = [_crowd(progress, stage, count, now) for stage, count in crowds.items()]
    lines += [_stack(key, at, now) for key, at in sorted(single, key=lambda one: one[1].since)]
    if len(lines) <= room or not room:
        return lines[:room]
    more = len(lines) - room + 1
    return (
        [*lines[: room - 1], Text(f"  {glyphs.more} and {more} more running", "dim")]
        if room
        else []
    )


def _crowds(progress: Progress) -> dict[str, int]:
    stages = Counter(running.stage for running in progress.running.values())
    return {stage: count for stage, count in stages.items() if count > TOGETHER}


def _crowd(progress: Progress, stage: str, count: int, now: float) -> Text:
    since = min(at.since for at in progress.running.values() if at.stage == stage)
    return _row(f"{count} stacks", stage, duration(now - since))


def _stack(key: StackKey, at: Running, now: float) -> Text:
    return _row(plain(key.folder), at.stage, duration(now - at.since))


def _row(who: str, stage: str, spent: str) -> Text:
    return Text.assemble("  ", f"{who:<34}", " ", (f"{stage:<8}", "cyan"), f" {spent:>10}")


def _failures(progress: Progress, glyphs: Glyphs) -> list[Text]:
    if not progress.failures:
        return []
    counted = Counter[Outcome]()
    for group in progress.groups.values():
        counted.update({one: n for one, n in group.outcomes.items() if failure(one)})
    title = ", ".join(f"{count} {outcome}" for outcome, count in counted.items())
    latest = progress.failures[-LATEST:][::-1]
    return [Text(f"{glyphs.bad} {title}", "bold red"), *(_failure(one) for one in latest)]


def _failure(result: StackResult) -> Text:
    reasons = result.verdict.reasons if result.verdict else ()
    why = plain(_shortened(result.reason) or "; ".join(reasons))
    return Text.assemble(
        "  ", plain(result.key.folder), " ", (str(result.outcome), "red"), " ", why
    )


def _shortened(reason: str) -> str:
    """Where the first line says only that a process ended, the next one says why."""
    first, _, rest = reason.strip().partition("\n")
    return rest if rest and " ended with " in first else first


def _fitted(line: Text, width: int, glyphs: Glyphs) -> Text:
    line.no_wrap = True
    if cell_len(line.plain) > width:
        line.truncate(width - cell_len(glyphs.more))
        line.append(glyphs.more)
    return line


class LiveView:
    """Hears events from any thread and is drawn from another: what it holds is one value."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.progress = Progress(clock())

    def __call__(self, event: Event) -> None:
        self.progress = fold(self.progress, event, self._clock())

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> Iterator[Text]:
        # A terminal scrolls when its last line is written to.
        size = Size(options.max_width, max(1, (options.height or console.height) - 1))
        yield from screen(self.progress, self._clock(), size, ascii_only=options.ascii_only)
