from __future__ import annotations

from io import StringIO

import pytest
from rich.cells import cell_len
from rich.console import Console

from orchestrator.model.events import (
    GroupEnded,
    GroupStarted,
    Halted,
    RunStarted,
    StageStarted,
    Waiting,
)
from orchestrator.model.names import AccountId, StackKey, StackName
from orchestrator.model.run import Outcome
from orchestrator.views.live import LiveView, screen
from orchestrator.views.live_groups import Size, duration, plain
from tests.unit.views.told import RUN, Telling, groups, in_the_middle, key


def drawn(run: Telling, width: int = 80, height: int = 24, *, ascii_only: bool = False) -> str:
    """The screen as a terminal of that size shows it."""
    console = Console(
        record=True, width=width, height=height, file=StringIO(), legacy_windows=False
    )
    for line in screen(run.progress, run.now, Size(width, height), ascii_only=ascii_only):
        console.print(line, no_wrap=True, crop=False, overflow="ignore")
    return console.export_text()


def all_stages() -> list[Telling]:
    fresh, planning, scanning, halted = Telling(), Telling(), Telling(), in_the_middle(every=2)
    planning.begin()
    planning.plan(*(key(number) for number in range(1, 100)))
    scanning.begin()
    scanning.emit(*(StageStarted(key(number), "scan") for number in range(1, 501)))
    halted.emit(Halted("3 failures are tolerated, " + "there were more " * 20))
    waiting = in_the_middle(Outcome.REFUSED)
    waiting.emit(Waiting("AWS throttles: 8 stacks at a time become 4", 40.0))
    return [fresh, planning, scanning, in_the_middle(), halted, waiting]


@pytest.mark.parametrize("size", [(80, 24), (80, 12), (40, 6), (200, 50), (20, 2), (80, 1)])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_the_screen_of_500_accounts_fits_the_terminal(
    size: tuple[int, int], ascii_only: bool
) -> None:
    width, height = size
    for run in all_stages():
        lines = drawn(run, width, height, ascii_only=ascii_only).splitlines()

        assert len(lines) <= height
        assert max(cell_len(line) for line in lines) <= width


def test_80_columns_show_waves_running_stacks_failures_rate_and_time_left() -> None:
    lines = drawn(in_the_middle()).splitlines()

    assert lines[0] == "apply: 202 of 501 stacks, 58/min, 4 min 06 s, 5 min 09 s left"
    assert lines[3].startswith("✗ wave development    ━")
    assert lines[3].endswith("200/280  5 denied, 3 min 26 s")
    assert lines[5].startswith("· wave production")
    assert lines[6].split() == ["prod-202/account", "apply", "5", "s"]
    assert "✗ 5 denied" in lines
    assert lines[-1].startswith("  prod-081/account denied apply: AWS refused")


def test_wide_terminals_show_the_run_and_more_of_the_reasons() -> None:
    narrow, wide = drawn(in_the_middle()), drawn(in_the_middle(), 200)

    assert RUN not in narrow
    assert RUN in wide.splitlines()[0]
    assert wide.count("very") > narrow.count("very")


def test_a_scan_of_all_plans_is_one_line() -> None:
    run = Telling()
    run.begin()
    run.emit(*(StageStarted(key(number), "scan") for number in range(1, 501)))
    run.emit(StageStarted(key(500), "apply"))
    run.now += 32

    text = drawn(run)

    assert "499 stacks                         scan           32 s" in text
    assert "prod-500/account" in text


def test_what_has_no_room_is_counted() -> None:
    run = in_the_middle()

    lines = drawn(run, height=12).splitlines()

    assert "and 5 more running" in "\n".join(lines)
    assert any("wave development" in line for line in lines)


def test_of_many_waves_those_under_way_are_shown_and_the_others_counted() -> None:
    run = Telling()
    waves = tuple((f"wave {n:02}", (key(n),)) for n in range(1, 41))
    run.emit(RunStarted(RUN, "apply", waves))
    for name, keys in waves[:20]:
        run.emit(GroupStarted(name, 1))
        run.end(keys[0])
        run.emit(GroupEnded(name, 0, 1.0))
    run.emit(GroupStarted("wave 21", 1))

    text = drawn(run, height=10)

    assert "▶ wave 21" in text
    assert "before: " in text
    assert "to come: 0/" in text


def test_a_wave_that_was_skipped_is_no_success() -> None:
    run = Telling()
    run.begin()
    run.end(key(1), Outcome.SKIPPED, "one stack before it failed")

    assert any(line.startswith("■ wave canary") for line in drawn(run).splitlines())


def test_of_a_failed_process_its_own_words_are_shown() -> None:
    run = Telling()
    run.begin()
    words = "apply: terraform apply in /x ended with 1\nmodule.a: AccessDenied: no\n"
    run.end(key(1), Outcome.DENIED, words)

    assert "  prod-001/account denied module.a: AccessDenied: no" in drawn(run).splitlines()


def test_a_halted_and_a_waiting_run_say_why() -> None:
    waiting = in_the_middle()
    waiting.emit(Waiting("wave canary bakes", 300.0))
    waiting.now += 60
    assert "waiting 4 min 00 s: wave canary bakes" in drawn(waiting)
    waiting.now += 300
    assert "waiting" not in drawn(waiting)

    slower = in_the_middle()
    slower.emit(Waiting("AWS asks to slow down: 2 at the same time", 0.0))
    slower.now += 3
    assert "◷ AWS asks to slow down: 2 at the same time" in drawn(slower).splitlines()
    slower.now += 30
    assert "slow down" not in drawn(slower)

    halted = in_the_middle()
    halted.emit(Halted("5 failures, 3 are tolerated"))
    assert "nothing new starts: 5 failures, 3 are tolerated" in drawn(halted)


def test_nothing_an_account_is_called_or_says_moves_the_cursor_or_becomes_markup() -> None:
    run = Telling()
    evil = StackKey(AccountId("200000000009"), "[red]x\x1b[2J\r", StackName.ACCOUNT)
    run.emit(RunStarted(RUN, "apply", (("wave \x1b]0;t\x07", (evil,)),)))
    run.emit(StageStarted(evil, "apply"))
    run.end(evil, Outcome.FAILED, "\x1b[31m[bold]no\x9b2J")

    text = drawn(run)

    assert not {sign for sign in text if not sign.isprintable()} - {"\n"}
    assert "[red]x" in text
    assert "[bold]no" in text


def test_a_terminal_without_unicode_gets_ascii_alone() -> None:
    for run in all_stages():
        assert drawn(run, ascii_only=True).isascii()


def test_rich_draws_the_view_and_leaves_the_last_line_free() -> None:
    clock = [0.0]
    view = LiveView(lambda: clock[0])
    view(RunStarted(RUN, "apply", groups()))
    for number in range(1, 20):
        view(StageStarted(key(number), f"stage {number}"))
    out = StringIO()

    Console(file=out, width=80, height=10, force_terminal=True, no_color=True).print(view)

    assert len(out.getvalue().splitlines()) == 9
    assert "\x1b[3" not in out.getvalue()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (59.6, "1 min 00 s"), (185, "3 min 05 s"), (7800, "2 h 10 min")],
)
def test_durations_are_written_for_people(seconds: float, words: str) -> None:
    assert duration(seconds) == words


def test_a_reason_is_cut_to_its_first_line() -> None:
    assert plain("\napply: no\nfix: yes") == "apply: no"
