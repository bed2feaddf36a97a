"""Signals by which the world ends us: in order, so that what was opened is closed, keys included.

Imports nothing heavy, for every command begins with it.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

Handler = Callable[[int, FrameType | None], None]


@contextmanager
def handled(by: Handler, *numbers: signal.Signals) -> Iterator[None]:
    """Who has started us with SIGHUP ignored, as nohup does, means it."""
    wanted = [
        number
        for number in numbers
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN
    ]
    before = {number: signal.signal(number, by) for number in wanted}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def ended_in_order() -> Iterator[None]:
    """SIGTERM and SIGHUP end what is at work as Ctrl-C does. Only the main thread hears signals."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    with handled(_end, signal.SIGTERM, signal.SIGHUP):
        yield


def _end(number: int, _frame: FrameType | None) -> None:
    if number == signal.SIGHUP:
        unheard()
    raise KeyboardInterrupt


def unheard() -> None:
    """The terminal is gone: nothing that is still said there may end the work."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            if stream.isatty() or _is_gone(stream.fileno()):
                os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def _is_gone(number: int) -> bool:
    """Whether it was a terminal: one that has been hung up says that it is none."""
    try:
        os.ttyname(number)
    except OSError as error:
        return error.errno == errno.EIO
    return True
