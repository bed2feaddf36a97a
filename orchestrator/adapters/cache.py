"""Where things are kept that can be had again, for this user."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path


def folder(env: Mapping[str, str], of: str) -> Path:
    home = Path(env.get("HOME") or Path.home())
    return Path(env.get("XDG_CACHE_HOME") or home / ".cache") / "orchestrator" / of
