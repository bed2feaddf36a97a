"""The live screen as rich draws it: told of events by the run, asked for lines by the terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from rich.console import Console, ConsoleOptions
from rich.text import Text

from orchestrator.model.events import Event
from orchestrator.views.live_screen import screen
from orchestrator.views.live_state import Progress, fold
from orchestrator.views.live_words import Size


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
