"""What must not be cut off when we are killed: Terraform while it writes.

It writes to files instead of pipes, for a pipe nobody reads from any more ends it on the spot. And
a shell knows its process group: when the pipe that only we hold ends, it interrupts what is still
running, so that Terraform finishes the resource it is at, saves the state and releases the lock.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import IO

from orchestrator.adapters.process_output import KEPT
from orchestrator.errors import ToolMissing

WATCH = """
while read -r sign group; do
  left=
  for each in $running; do [ "$each" = "$group" ] || left="$left $each"; done
  running=$left
  [ "$sign" = + ] && running="$running $group"
done
for each in $running; do kill -s INT -- "-$each"; done
"""
SHELL = {"PATH": "/usr/bin:/bin"}


class Guard:
    """Begins with the first process to be guarded, and ends when we do."""

    def __init__(self) -> None:
        self._shell: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    @contextmanager
    def over(self, group: int) -> Iterator[None]:
        """The process group is interrupted if we are gone before the context has ended."""
        self._say(f"+ {group}\n")
        try:
            yield
        finally:
            self._say(f"- {group}\n")

    def _say(self, line: str) -> None:
        with self._lock:
            shell = self._shell = self._shell or _start()
            with contextlib.suppress(BrokenPipeError):
                if shell.stdin:
                    shell.stdin.write(line.encode())
                    shell.stdin.flush()

    def stop(self) -> None:
        with self._lock:
            shell, self._shell = self._shell, None
        if shell and shell.stdin:
            shell.stdin.close()
            shell.wait()


class Files:
    """Standard output and error of a process, in files that are gone once nobody has them open."""

    def __init__(self) -> None:
        self.stdout: IO[bytes] = TemporaryFile()  # noqa: SIM115
        self.stderr: IO[bytes] = TemporaryFile()  # noqa: SIM115

    def texts(self) -> tuple[str, str]:
        """The ends of both."""
        return _tail(self.stdout), _tail(self.stderr)

    def close(self) -> None:
        self.stdout.close()
        self.stderr.close()


def _tail(file: IO[bytes]) -> str:
    size = os.fstat(file.fileno()).st_size
    return os.pread(file.fileno(), KEPT, max(0, size - KEPT)).decode("utf-8", "replace")


def _start() -> subprocess.Popen[bytes]:
    """In a session of its own: what ends us from the terminal must not end it."""
    try:
        return subprocess.Popen(
            ("/bin/sh", "-c", WATCH),
            cwd="/",
            env=SHELL,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise ToolMissing(f"'/bin/sh' cannot be started: {error}") from error
