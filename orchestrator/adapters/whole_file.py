"""Files that are there whole or not at all, and for the owner alone."""

from __future__ import annotations

import os
import tempfile
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
