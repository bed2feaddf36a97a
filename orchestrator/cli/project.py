"""Where the user's files are, and where ours go."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from orchestrator.errors import UsageError


@dataclass(frozen=True, slots=True)
class Project:
    """A checkout with account_configs/, terraform/ and modules/, and a folder to work in."""

    root: Path
    work: Path
    sandboxed: bool = False
    warm: bool = True
    """Whether provider processes are kept between Terraform's runs."""
    resumes: str = ""
    """The run whose rest this invocation does."""
    reader: bool = False
    """Whether it starts as the reader role, which changes nothing."""

    @property
    def configs(self) -> Path:
        return self.root / "account_configs"

    @property
    def schemas(self) -> Path:
        return self.root / "schemas"

    @property
    def policies(self) -> Path:
        return self.root / "policies"

    @property
    def build(self) -> Path:
        return self.work / ".build"

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


def find(folder: Path | None, start: Path) -> Path:
    """The project's root: `folder`, or the nearest folder from `start` upwards.

    Raises UsageError when there is no account_configs/.
    """
    for candidate in [folder] if folder else [start, *start.parents]:
        if (candidate / "account_configs").is_dir():
            return candidate.resolve()
    raise UsageError(
        f"no account_configs/ in {folder or start}",
        "change into a project, or name one: orchestrator --project DIR",
    )
