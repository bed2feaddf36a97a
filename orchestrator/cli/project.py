"""Which project a command is about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator import __version__
from orchestrator.errors import UsageError

if TYPE_CHECKING:
    from orchestrator.assets import ProjectFile


WITHOUT_PROJECT = frozenset({"init", "demo", "sandbox", "doctor", "completion"})
"""Commands that work where there is no project yet: on the sample organization, if on any."""
OF_ANY_VERSION = WITHOUT_PROJECT | {"upgrade"}


def opened(folder: Path | None, start: Path, command: str) -> tuple[Path, Path]:
    """The project's root, and the folder to work in.

    Raises UsageError where there is no project, and where it is made with another version.
    """
    root = find(folder, start)
    if root is None and command not in WITHOUT_PROJECT:
        raise UsageError(
            f"no account_configs/ in {folder or start}",
            "change into a project, name one: orchestrator --project DIR, or make one: "
            "orchestrator init",
        )
    from orchestrator import assets  # noqa: PLC0415  --help must not wait for it

    if root is None:
        return assets.home(), (folder or start).resolve()
    if command not in OF_ANY_VERSION:
        _check_version(assets.project(root))
    return root, root


def find(folder: Path | None, start: Path) -> Path | None:
    """The project's root: `folder`, or the nearest folder from `start` upwards."""
    for candidate in [folder] if folder else [start, *start.parents]:
        if (candidate / "account_configs").is_dir():
            return candidate.resolve()
    return None


def _check_version(project: ProjectFile) -> None:
    if not project.allows("orchestrator", __version__):
        pinned = project.versions["orchestrator"]
        raise UsageError(
            f"this project is made with orchestrator {pinned}, and this is {__version__}",
            f"pip install 'securityhub-orchestrator{pinned}'; or see what {__version__} would "
            "change, and move to it: orchestrator upgrade",
        )
