"""Files that are there whole or not at all, and for the owner alone."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from pathlib import Path

PART = ".part"
"""How a file ends that is not whole yet."""


def write(file: Path, content: str | bytes) -> None:
    """Replace `file` in one step; folders that are missing are made. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, part = tempfile.mkstemp(dir=file.parent, suffix=PART)
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(content.encode() if isinstance(content, str) else content)
        Path(part).replace(file)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


def folder(env: Mapping[str, str], of: str) -> Path:
    home = Path(env.get("HOME") or Path.home())
    return Path(env.get("XDG_CACHE_HOME") or home / ".cache") / "orchestrator" / of


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
                write(kept, answer)
        return answer


def _stamps(files: Iterable[Path]) -> str:
    """What the system says of each file, and of what it is a link to."""
    return "\n".join(sorted(_stamp(file.resolve()) for file in files))


def _stamp(file: Path) -> str:
    seen = file.stat()
    return (
        f"{file} {seen.st_dev} {seen.st_ino} {seen.st_size} {seen.st_mtime_ns} {seen.st_ctime_ns}"
    )
