"""What was found out about files, for as long as they are the same.

A file counts as the same while device, inode, size and both its times are. Nobody can write to it
without the time of its last change, which no program sets, becoming another.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path

from orchestrator.adapters import whole_file


class Remembered:
    """Answers in a folder of the owner's alone, a file each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def of(self, question: str, files: Iterable[Path], find_out: Callable[[], str]) -> str:
        """What was found out the last time, or is now. An empty answer is not kept."""
        kept = self._folder / sha256(f"{question}\n{_stamps(files)}".encode()).hexdigest()
        with contextlib.suppress(OSError, UnicodeDecodeError):
            if answer := kept.read_text("utf-8"):
                return answer
        answer = find_out()
        if answer:
            with contextlib.suppress(OSError):
                whole_file.write(kept, answer)
        return answer


def _stamps(files: Iterable[Path]) -> str:
    """What the system says of each file, and of what it is a link to."""
    return "\n".join(sorted(_stamp(file.resolve()) for file in files))


def _stamp(file: Path) -> str:
    seen = file.stat()
    return (
        f"{file} {seen.st_dev} {seen.st_ino} {seen.st_size} {seen.st_mtime_ns} {seen.st_ctime_ns}"
    )
