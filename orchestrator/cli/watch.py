"""How a run is watched: a live screen on stderr, lines in the log, or events for machines."""

from __future__ import annotations

import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, TypeVar

import click
from rich.console import Console
from rich.live import Live

from orchestrator.app.session import Caller, Listeners
from orchestrator.documents import events as documents
from orchestrator.errors import UsageError
from orchestrator.model.events import Emit, Event, Option, RunStarted, silently
from orchestrator.model.run import Run
from orchestrator.views.live import LiveView
from orchestrator.views.run import VIEWS

A_SECOND = 4
"""How often the screen is drawn."""


class LiveScreen:
    """Begins with the run, and is gone without a trace when it is closed."""

    def __init__(self, console: Console, clock: Callable[[], float]) -> None:
        self._console, self._clock, self._view = console, clock, LiveView(clock)
        self._live: Live | None = None
        self._loggers: list[tuple[logging.StreamHandler[Any], IO[str], int]] = []

    def __call__(self, event: Event) -> None:
        self._view(event)
        if isinstance(event, RunStarted) and self._live is None:
            self._live = Live(
                self._view,
                console=self._console,
                refresh_per_second=A_SECOND,
                transient=True,
                redirect_stdout=False,
            )
            self._live.start(refresh=True)
            self._divert()

    def close(self) -> None:
        """Take the screen away; may be called again. Another run has another screen."""
        if self._live is None:
            return
        for handler, own, level in self._loggers:
            handler.setStream(own)
            handler.setLevel(level)
        self._loggers.clear()
        self._live.stop()
        self._live, self._view = None, LiveView(self._clock)

    def _divert(self) -> None:
        """Log lines go above the screen: warnings, and all of them with --verbose."""
        verbose = logging.getLogger().isEnabledFor(logging.DEBUG)
        for handler in logging.getLogger().handlers:
            if type(handler) is logging.StreamHandler and handler.stream is self._console.file:
                self._loggers.append((handler, handler.stream, handler.level))
                handler.setStream(sys.stderr)
                handler.setLevel(logging.NOTSET if verbose else logging.WARNING)


F = TypeVar("F", bound=Callable[..., object])
JSON = "orchestrator.json"
LIVE = "orchestrator.live"


def _keep(ctx: click.Context, option: click.Parameter, value: object) -> None:
    ctx.meta[f"orchestrator.{option.name}"] = value


def options(command: F) -> F:
    """`--json` and `--live`; what was chosen is kept in click's context for `watching`."""
    as_json = click.option(
        "--json",
        is_flag=True,
        expose_value=False,
        callback=_keep,
        help="Stream events as they happen, one JSON document a line; the last is the result.",
    )
    live = click.option(
        "--live/--no-live",
        default=None,
        expose_value=False,
        callback=_keep,
        help="Show progress on a screen of its own, or as log lines.  "
        "[default: live on a terminal]",
    )
    return as_json(live(command))


def _nothing() -> None:
    pass


@dataclass(slots=True)
class Watch:
    """Hears a run, and shows what came of it."""

    emit: Emit = silently
    """The live screen and the stream, as far as there are any."""
    as_json: bool = False
    close: Callable[[], None] = _nothing

    def __call__(self, event: Event) -> None:
        self.emit(event)

    def conclude(self, run: Run, view: str) -> None:
        """Print the result to stdout; the live screen is gone by then."""
        self.close()
        if self.as_json:
            _print_line(documents.last_line(run, datetime.now(UTC)))
        else:
            click.echo(VIEWS[view](run))


NOT_OPTIONS = frozenset({"words", "yes"})
"""What of a command line is kept elsewhere, or is said anew each time."""


@contextmanager
def caller(view: str = "text", words: tuple[str, ...] | None = None) -> Iterator[Caller]:
    """The person or machine at this command line, for as long as a command lasts.

    `words` are those of a command that runs another one, whose options are not its own.
    """
    asked = click.get_current_context().params if words is None else {"words": words}
    options = {name: _plain(value) for name, value in asked.items() if name not in NOT_OPTIONS}
    with watching() as watch:
        chosen = asked.get("words", ())
        yield Caller(chosen, options, watch, lambda run: watch.conclude(run, view))


def _plain(value: object) -> Option:
    if value is None or isinstance(value, str | int | float | bool):
        return value
    return str(value) if isinstance(value, Path) else repr(value)


@contextmanager
def watching() -> Iterator[Watch]:
    """Whatever the command line asks for, for as long as a run lasts."""
    context = click.get_current_context(silent=True)
    meta = context.meta if context else {}
    if meta.get(JSON) and context and _format_given(context):
        raise UsageError("--json and --format exclude each other", "leave one of them out")
    as_json = bool(meta.get(JSON))
    console = Console(stderr=True)
    # Where stdout is the same terminal, events would run through the screen.
    asked = meta.get(LIVE) if meta.get(LIVE) is not None or not as_json else False
    screen = LiveScreen(console, time.monotonic) if wants_live(console, asked) else None
    listeners: list[Emit] = [Stream()] if as_json else []
    listeners += [screen] if screen else []
    try:
        yield Watch(Listeners(listeners), as_json, screen.close if screen else _nothing)
    finally:
        if screen:
            screen.close()


def wants_live(console: Console, asked: bool | None) -> bool:
    """Whether there is a terminal that can move its cursor, and nobody has said no."""
    able = console.is_terminal and not console.is_dumb_terminal
    if asked and not able:
        logging.getLogger(__name__).warning(
            "stderr is not a terminal for a live screen; none shown"
        )
    return able and asked is not False


def _format_given(context: click.Context) -> bool:
    return context.get_parameter_source("view") is click.core.ParameterSource.COMMANDLINE


class Stream:
    """Events to stdout. Who reads them may leave: the run goes on."""

    def __init__(self) -> None:
        self._run = ""

    def __call__(self, event: Event) -> None:
        if isinstance(event, RunStarted):
            self._run = event.run
        _print_line(documents.streamed(event, self._run, datetime.now(UTC)))


def _print_line(line: str) -> None:
    try:
        click.echo(line)
    except OSError as error:
        # Python flushes stdout at its end, and would fail then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        log = logging.getLogger(__name__)
        log.warning("the reader of the events has gone (%s); the run goes on", error.strerror)
