"""Where the user's files are, and where ours go."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

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
