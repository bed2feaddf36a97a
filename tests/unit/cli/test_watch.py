from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr

import click
import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from orchestrator.cli.watch import LiveScreen, options, wants_live, watching
from orchestrator.model.events import Halted, RunStarted, StackEnded
from orchestrator.model.run import Outcome, Run, StackResult
from tests.builders import a_key
from tests.unit.views.told import RUN

RESULT = StackResult(a_key(), Outcome.APPLIED)


@click.command()
@click.option("--format", "view", default="text")
@options
def command(view: str) -> None:
    """A run of one stack that tells all there is to tell."""
    with watching() as watch:
        watch(RunStarted(RUN, "apply", (("wave one", (a_key(),)),)))
        watch(StackEnded(RESULT))
        watch(Halted("enough"))
        run = Run(
            RUN, "apply", "2026-06-01T00:00:00+00:00", 1.0, (RESULT,), None, {a_key(): "wave one"}
        )
        watch.conclude(run, view)


def ran(*words: str) -> Result:
    return CliRunner().invoke(command, words)


def test_json_prints_events_as_they_come_and_the_result_last_and_nothing_else() -> None:
    lines = [json.loads(line) for line in ran("--json").stdout.splitlines()]

    assert [line["event"] for line in lines] == ["run_started", "stack_ended", "halted", "result"]
    assert {line["run"] for line in lines} == {RUN}
    assert lines[-1]["result"]["stacks"][0]["group"] == "wave one"


def test_without_a_terminal_only_the_result_is_printed() -> None:
    result = ran()

    assert result.stdout.splitlines()[0].startswith("orders/account  applied")
    assert result.stderr == ""


def test_json_and_a_format_exclude_each_other() -> None:
    result = ran("--json", "--format", "markdown")

    assert "--json and --format" in str(result.exception)


def test_a_live_screen_where_there_is_none_is_a_warning_and_not_a_failure(
    caplog: pytest.LogCaptureFixture,
) -> None:
    result = ran("--live")

    assert result.exit_code == 0
    assert "not a terminal" in caplog.text


@pytest.mark.parametrize(
    ("environment", "asked", "wanted"),
    [
        ({"TERM": "xterm"}, None, True),
        ({"TERM": "xterm"}, False, False),
        ({"TERM": "xterm", "NO_COLOR": "1"}, None, True),
        ({"TERM": "dumb"}, None, False),
        ({"TERM": "dumb"}, True, False),
    ],
)
def test_a_screen_needs_a_terminal_that_moves_its_cursor(
    environment: dict[str, str], asked: bool | None, wanted: bool
) -> None:
    console = Console(file=io.StringIO(), force_terminal=True, _environ=environment)

    assert wants_live(console, asked) is wanted
    assert not wants_live(Console(file=io.StringIO(), force_terminal=False), None)


@contextmanager
def logging_to_stderr(level: int) -> Iterator[io.StringIO]:
    """Logging as the command line sets it up, on a stderr of the test's own."""
    root, written = logging.getLogger(), io.StringIO()
    before, level_before = root.handlers[:], root.level
    with redirect_stderr(written):
        root.handlers = [logging.StreamHandler(sys.stderr)]
        root.setLevel(level)
        try:
            yield written
        finally:
            root.handlers = before
            root.setLevel(level_before)


def a_screen() -> tuple[LiveScreen, Console]:
    console = Console(
        stderr=True, force_terminal=True, width=80, height=24, _environ={"TERM": "xterm"}
    )
    return LiveScreen(console, lambda: 0.0), console


def begin(screen: LiveScreen) -> None:
    screen(RunStarted(RUN, "apply", (("wave one", (a_key(),)),)))


def test_warnings_stand_whole_above_the_live_screen_and_the_rest_is_left_out() -> None:
    with logging_to_stderr(logging.INFO) as written:
        screen, _ = a_screen()
        begin(screen)
        logging.getLogger("x").info("a stage has ended")
        logging.getLogger("x").warning("gate: refused")
        screen.close()
        logging.getLogger("x").info("after the screen")

    lines = written.getvalue().splitlines()
    assert any(line.endswith("gate: refused") for line in lines)
    assert not any("a stage has ended" in line for line in lines)
    assert "after the screen" in written.getvalue()


def test_verbose_shows_every_line_above_the_screen() -> None:
    with logging_to_stderr(logging.DEBUG) as written:
        screen, _ = a_screen()
        begin(screen)
        logging.getLogger("x").debug("argv of a process")
        screen.close()

    assert "argv of a process" in written.getvalue()


def test_a_closed_screen_gives_stderr_and_the_cursor_back() -> None:
    with logging_to_stderr(logging.INFO) as written:
        before = sys.stderr
        screen, _ = a_screen()
        begin(screen)
        screen.close()
        screen.close()

        assert sys.stderr is before
        assert written.getvalue().rstrip("\n").count("\x1b[?25l") == 1
        assert "\x1b[?25h" in written.getvalue()


def test_nothing_is_drawn_before_the_run_begins() -> None:
    with logging_to_stderr(logging.INFO) as written:
        screen, _ = a_screen()
        screen(Halted("too early"))
        screen.close()

    assert written.getvalue() == ""


def test_the_run_goes_on_when_nobody_reads_its_events_any_more() -> None:
    code = (
        "from orchestrator.cli.watch import Stream\n"
        "from orchestrator.model.events import Halted\n"
        "stream = Stream()\n"
        "for _ in range(20000): stream(Halted('enough'))\n"
        "import sys; sys.stderr.write('went on')\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.readline()
        child.stdout.close()
        said = child.stderr.read().decode()

    assert child.returncode == 0
    assert said.count("the reader of the events has gone") == 1
    assert said.endswith("went on")
