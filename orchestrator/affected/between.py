"""Two revisions, taken from history into folders and compared."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from orchestrator.affected.comparing import Comparison, compare
from orchestrator.affected.snapshot import Snapshot
from orchestrator.errors import ConfigurationError, UsageError
from orchestrator.ports import History

PATHS = ("account_configs", "terraform", "modules")
"""All that a rendering is made from, the program apart."""


def between(text: str, history: History, root: Path, today: date) -> Comparison:
    """What the revisions named by `text` change. Raises UsageError if one cannot be resolved."""
    revisions = history.revisions(text)
    with TemporaryDirectory(prefix="orchestrator-revisions-") as folder:
        before = _taken(revisions.before, history, Path(folder) / "before", today)
        if revisions.after is None:
            return compare(before, Snapshot.read(root, today))
        return compare(before, _taken(revisions.after, history, Path(folder) / "after", today))


def _taken(commit: str, history: History, folder: Path, today: date) -> Snapshot:
    folder.mkdir()
    history.extract(commit, PATHS, folder)
    try:
        return Snapshot.read(folder, today)
    except ConfigurationError as error:
        raise UsageError(
            f"account_configs/ as of {commit[:12]} cannot be resolved:\n{error}",
            "name a later revision, or select accounts by name",
        ) from error
