"""Which project a command is about, where its files are, and where ours go."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator import __version__
from orchestrator.errors import UsageError

if TYPE_CHECKING:
    from orchestrator.assets import ProjectFile


Say = Callable[[str], None]
"""Tells people something on the way; what came of it in the end is returned."""


def unsaid(_line: str) -> None:
    """For those who want to hear nothing."""


@dataclass(frozen=True, slots=True)
class Project:
    """A folder with account_configs/, one to work in, and what a command goes by there."""

    root: Path
    work: Path
    sandboxed: bool = False
    warm: bool = True
    """Whether provider processes are kept between Terraform's runs."""
    resumes: str = ""
    """The run whose rest this invocation does."""
    reader: bool = False
    """Whether it starts as the reader role, which changes nothing."""
    trial: bool = False
    """Whether another version is tried than the project is made with; see `upgrade`."""
    say: Say = field(default=unsaid, compare=False)
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ, compare=False)
    """The caller's."""

    @property
    def configs(self) -> Path:
        return self.root / "account_configs"

    @property
    def schemas(self) -> Path:
        return self.root / "schemas"

    @property
    def build(self) -> Path:
        return self.work / (".build-upgrade" if self.trial else ".build")

    @property
    def runs(self) -> Path:
        return self.work / ".orchestrator" / "runs"

    @property
    def plans(self) -> Path:
        """Plans that are kept for a review."""
        return self.work / ".orchestrator" / "plans"

    @property
    def reports(self) -> Path:
        """What is kept of each report, for the next one."""
        return self.work / ".orchestrator" / "reports"

    @property
    def approvals(self) -> Path:
        return self.work / ".orchestrator" / "approvals"

    @property
    def notifications(self) -> Path:
        return self.work / ".orchestrator" / "notices"

    @property
    def sandbox(self) -> Path:
        return self.work / ".sandbox"


WITHOUT_PROJECT = frozenset({"init", "survey", "demo", "sandbox", "doctor", "completion"})
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
