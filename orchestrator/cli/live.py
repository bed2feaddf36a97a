"""The live screen on stderr, and log lines above it."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import IO, Any

from rich.console import Console
from rich.live import Live

from orchestrator.model.events import Event, RunStarted
from orchestrator.views.live import LiveView

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
        for handler, stream, level in self._loggers:
            handler.setStream(stream)
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
