"""What a process writes, read while it runs and remembered within limits."""

from __future__ import annotations

import os
import signal
import threading
from collections import deque
from collections.abc import Callable
from typing import IO

KEPT = 1 << 20
"""Bytes remembered of each stream; what came before them is forgotten."""

LONGEST_LINE = 1 << 16
"""Bytes; a longer line arrives in pieces."""

OnLine = Callable[[str], None]


class Outputs:
    """Both streams, read by a thread each; lines are delivered in the thread that waits."""

    def __init__(
        self,
        group: int,
        streams: tuple[IO[bytes] | None, IO[bytes] | None],
        on_line: OnLine | None,
    ) -> None:
        self._group = group
        self._on_line = on_line
        self._lines: deque[str] = deque()
        self._tails = (_Tail(), _Tail())
        self._readers = {
            stream: threading.Thread(target=self._read, args=(stream, tail), daemon=True)
            for stream, tail in zip(streams, self._tails, strict=True)
            if stream
        }
        for reader in self._readers.values():
            reader.start()

    def _read(self, stream: IO[bytes], tail: _Tail) -> None:
        wanted = self._on_line and tail is self._tails[0]
        while line := stream.readline(LONGEST_LINE):
            tail.add(line)
            if wanted:
                self._lines.append(line.decode("utf-8", "replace").rstrip("\r\n"))

    def deliver(self) -> None:
        """Hand over the lines that have arrived."""
        while self._lines and self._on_line:
            self._on_line(self._lines.popleft())

    def silence(self) -> None:
        """Deliver nothing more: the listener has failed."""
        self._on_line = None

    def close(self) -> None:
        """Read to the end. A grandchild that outlived the child may hold the pipes open: it is
        killed; if it left the process group, its pipe is abandoned.
        """
        if self._still_reading():
            send(self._group, signal.SIGKILL)
            self._still_reading()
        for stream, reader in self._readers.items():
            if not reader.is_alive():
                stream.close()

    def _still_reading(self) -> bool:
        for reader in self._readers.values():
            reader.join(timeout=1.0)
        return any(reader.is_alive() for reader in self._readers.values())

    def texts(self) -> tuple[str, str]:
        """The ends of standard output and standard error."""
        stdout, stderr = self._tails
        return stdout.text(), stderr.text()


class _Tail:
    """The last KEPT bytes of a stream."""

    def __init__(self) -> None:
        self._lines: deque[bytes] = deque()
        self._size = 0

    def add(self, line: bytes) -> None:
        self._lines.append(line)
        self._size += len(line)
        while self._size > KEPT:
            self._size -= len(self._lines.popleft())

    def text(self) -> str:
        return b"".join(self._lines).decode("utf-8", "replace")


def send(group: int, number: signal.Signals) -> None:
    """Signal a process group, which may be gone already."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        # macOS answers EPERM for a group whose last member is waiting to be reaped.
        return
