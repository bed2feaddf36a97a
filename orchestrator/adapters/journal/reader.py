"""A journal as it is on disk, also after a crash."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import psutil

from orchestrator.documents import read_line
from orchestrator.model.events import Entry, Inputs, Origin
from orchestrator.model.history import History, Status, gather

Lives = Callable[[Origin], Status]


def read(file: Path, lives: Lives) -> History:
    """The run that the journal tells of.

    A last line that was torn, or is garbled, is left out; one in the middle too, but `garbled`
    says so, because what it said is lost. Raises ValueError if the first line is not a journal's,
    and OSError.
    """
    lines = file.read_bytes().split(b"\n")
    ends_cleanly = not lines[-1]
    numbered = list(enumerate(lines[:-1] if ends_cleanly else lines, 1))
    entries: list[Entry] = []
    garbled: list[str] = []
    torn = ""
    for number, raw in numbered:
        try:
            entries.append(read_line(raw.decode()))
        except ValueError as error:
            if number == 1:
                raise ValueError(f"its first line cannot be read: {error}") from error
            if number == len(numbered):
                torn = f"line {number} is torn: it is left out"
            else:
                garbled.append(f"line {number} is garbled: {error}")
    return gather(entries, _status(entries, lives), tuple(garbled), torn)


def _status(entries: list[Entry], lives: Lives) -> Status:
    first = entries[0].said if entries else None
    return lives(first.origin) if isinstance(first, Inputs) else Status.UNKNOWN


def this_process(user: str, revision: str) -> Origin:
    """Where this process runs, as a later one can tell whether it still does."""
    own = psutil.Process()
    return Origin(user, socket.gethostname(), own.pid, int(own.create_time()), revision)


def lives(origin: Origin) -> Status:
    """Whether the process is still there; of another machine's processes this is not known."""
    if origin.host != socket.gethostname():
        return Status.UNKNOWN
    try:
        found = psutil.Process(origin.pid)
        same = abs(found.create_time() - origin.born) < 2
        gone = found.status() == psutil.STATUS_ZOMBIE
    except (psutil.Error, ValueError):
        return Status.DIED
    return Status.RUNNING if same and not gone else Status.DIED
