"""Folders for keys: nobody else reads them, and none outlives its process for long.

A process holds a lock on its folder until it ends, however it ends. What kill -9 has left behind is
a folder that nobody holds: the next run, or `doctor`, removes it.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "orchestrator-keys-"
HELD = ".held"
SETTLED = 60.0
"""Seconds: a folder that is younger may not be held yet."""
OUTLIVED = 12 * 3600.0
"""Seconds that keys of a role last at most: what no version of ours that locks has made is then
of no use to anybody. Source: IAM User Guide, "Maximum session duration"."""


@contextmanager
def private_folder(parent: Path | None = None) -> Iterator[Path]:
    """A folder for keys, which is gone in the end."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    held = os.open(folder / HELD, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def remove_abandoned(parent: Path | None = None, now: float | None = None) -> tuple[Path, ...]:
    """Remove this user's folders that no process holds; those that were removed.

    Folders of other users stay, and so does what only looks like one of ours.
    """
    now = time.time() if now is None else now
    candidates = sorted((parent or Path(tempfile.gettempdir())).glob(f"{PREFIX}*"))
    return tuple(folder for folder in candidates if _removed(folder, now))


def _removed(folder: Path, now: float) -> bool:
    with suppress(OSError):
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            return False
        age = now - found.st_mtime
        if age < SETTLED:
            return False
        if not (folder / HELD).exists():
            return age > OUTLIVED and _remove(folder)
        held = os.open(folder / HELD, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return _remove(folder)
        finally:
            os.close(held)
    return False


def _remove(folder: Path) -> bool:
    shutil.rmtree(folder)
    return True
