"""A program of its own: it ends process groups whose time is up, also when we are gone or frozen.

It reads lines of JSON from a pipe that only we hold, and imports nothing of ours:

    {"begun": 4711, "folder": "/b/orders/account"}   a group is at work in a folder
    {"ended": 4711}                                  it is at its end
    {"folder": "/b/orders/account", "left": 710.0}   seconds that work there may still take

Once the pipe ends we are gone: what still runs has `argv[1]` seconds of its own, or less where its
folder's time is up before. Whose time is up is interrupted, once, and killed when it does not end.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time
from contextlib import suppress

TICK = 0.2
CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Goes on while the machine sleeps. Source: Linux manual pages, clock_gettime(2)."""


def ticks() -> float:
    """Seconds since some moment, those in which the machine slept among them."""
    return time.clock_gettime(CLOCK)


def main(own_end: float, terminate: float, kill: float) -> None:
    """Seconds: what is left behind may go on; from the interrupt to SIGTERM, and to SIGKILL."""
    folders: dict[int, str] = {}
    until: dict[str, float] = {}
    asked: dict[int, tuple[float, list[tuple[float, signal.Signals]]]] = {}
    open_, gone, rest = True, float("inf"), b""
    while open_ or folders:
        if open_:
            ready, _, _ = select.select([0], [], [], TICK)
            got = os.read(0, 1 << 16) if ready else None
            if got == b"":
                open_, gone = False, ticks() + own_end
            *lines, rest = (rest + (got or b"")).split(b"\n")
            for line in lines:
                _hear(json.loads(line), folders, until)
        else:
            time.sleep(TICK)
        now = ticks()
        for group, folder in list(folders.items()):
            if not _send(group, 0):
                folders.pop(group)
            elif group in asked or now >= min(gone, until.get(folder, gone)):
                steps = [(0.0, signal.SIGINT), (terminate, signal.SIGTERM), (kill, signal.SIGKILL)]
                since, left = asked.setdefault(group, (now, steps))
                while left and now >= since + left[0][0]:
                    _send(group, left.pop(0)[1])


def _hear(said: dict[str, object], folders: dict[int, str], until: dict[str, float]) -> None:
    match said:
        case {"begun": int(group), "folder": str(folder)}:
            folders[group] = folder
        case {"ended": int(group)}:
            folders.pop(group, None)
        case {"folder": str(folder), "left": float(seconds)}:
            until[folder] = ticks() + seconds
        case {"folder": str(folder)}:
            until.pop(folder, None)


def _send(group: int, number: int) -> bool:
    """Whether there is still such a group."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
        return True
    return False


if __name__ == "__main__":
    main(*map(float, sys.argv[1:4]))
