"""Ctrl-C; SIGTERM, which is how CI asks; and SIGHUP, when the terminal is closed.

The first lets what is being applied come to its end, and starts nothing new. The second interrupts
Terraform, once: it finishes the resource it is at, saves the state and releases the lock. Terraform
never gets a third signal of ours, for a second interrupt makes it drop all of that.
"""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from types import FrameType

from orchestrator.app.project import Say, unsaid
from orchestrator.app.signals import handled, unheard
from orchestrator.model import events

FIRST = "stopping: what is being applied is finished and verified, nothing new starts"
SECOND = "stopping now: Terraform finishes the resources it is at and releases the locks"


@dataclass(slots=True)
class Stopping:
    """Hears when the run begins; before, a signal ends the program as it always does."""

    say: Say = unsaid
    interrupt: Callable[[], None] = lambda: None
    """Asks all that runs to end."""
    stop: Event = field(default_factory=Event)
    begun: bool = False

    def __call__(self, event: events.Event) -> None:
        self.begun = self.begun or isinstance(event, events.RunStarted)

    def asked(self, number: int, _frame: FrameType | None) -> None:
        """A signal. Safe in the middle of whatever the main thread is at."""
        if number == signal.SIGHUP:
            unheard()
        if not self.begun:
            self.interrupt()
            raise KeyboardInterrupt
        again = self.stop.is_set()
        self.stop.set()
        self.say(SECOND if again else f"{FIRST}; again to interrupt Terraform")
        if again:
            self.interrupt()

    @contextmanager
    def heeded(self) -> Iterator[None]:
        """These signals come here for as long as the context lasts."""
        with handled(self.asked, signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            yield
