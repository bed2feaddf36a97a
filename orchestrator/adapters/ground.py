"""What a run stands on: the programs' versions, and the files beside the rendered ones."""

from __future__ import annotations

import hashlib
from pathlib import Path

from orchestrator import __version__
from orchestrator.adapters.terraform import lock_file
from orchestrator.adapters.terraform.tool import Tool
from orchestrator.model.journal import Ground

READ = frozenset({".py", ".yaml", ".yml", ".json"})
"""What the scanner takes from policies/; the rest is for people."""


def ground(tool: Tool, lock: Path, policies: Path) -> Ground:
    text = lock.read_text("utf-8") if lock.is_file() else ""
    locked = lock_file.read(text)
    return Ground(
        __version__,
        f"{tool.product} {tool.version}",
        str(locked.version) if locked else "",
        hashlib.sha256(text.encode()).hexdigest() if text else "",
        _digest(policies),
    )


def _digest(folder: Path) -> str:
    """SHA-256 over names and contents."""
    total = hashlib.sha256()
    files = (path for path in folder.rglob("*") if path.suffix in READ)
    for file in sorted(path for path in files if "examples" not in path.parts):
        content = hashlib.sha256(file.read_bytes()).hexdigest()
        total.update(f"{file.relative_to(folder).as_posix()}\0{content}\n".encode())
    return total.hexdigest()
