"""`sandbox`: a local AWS with the organization of account_configs/ in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from orchestrator import config
from orchestrator.app.project import Project
from orchestrator.errors import UsageError
from orchestrator.model import dates
from orchestrator.model.organization import Account, Organization
from orchestrator.sandbox import journal, lifecycle
from orchestrator.sandbox.client import Sandbox
from orchestrator.sandbox.fleet import describe, grow, grow_configs
from orchestrator.sandbox.lifecycle import State

if TYPE_CHECKING:
    from orchestrator.sandbox.control_scan import Scanned


@dataclass(frozen=True, slots=True)
class Started:
    """The sandbox that runs, and how many accounts are in it."""

    state: State
    accounts: int


def start(
    project: Project, accounts: int, configs: Path | None, settings: lifecycle.Settings
) -> Started:
    """Start it, or find the one that runs; with generated accounts up to so many.

    `configs` is where a copy of account_configs/ gets files for them.
    """
    if configs:
        fleet = grow_configs(project.configs, configs, accounts, dates.today())
    else:
        fleet = grow(describe(config.load(project.configs, dates.today())), accounts)
    return Started(lifecycle.start(project.sandbox, fleet, settings), len(fleet.accounts))


def stop(project: Project) -> bool:
    """End it; False where none was running."""
    return lifecycle.stop(project.sandbox)


def status(project: Project) -> State | None:
    """None where none is running."""
    return lifecycle.status(project.sandbox)


def environment(project: Project) -> tuple[Sequence[str], Mapping[str, str]]:
    """Variables of the caller that are in its way, and those that make any program talk to it.

    Raises UsageError.
    """
    state = _running(project)
    stray = [name for name in sorted(project.environ) if name.startswith("AWS_")]
    return [name for name in stray if name not in state.environment], state.environment


def requests(project: Project, wanted: journal.Filter) -> Iterator[Mapping[str, Any]]:
    """What it answered and what it dropped, also after it has ended."""
    return journal.read(project.sandbox, wanted)


def scan(project: Project, names: Sequence[str]) -> Sequence[Scanned]:
    """Check resources as Security Hub does, and import what it would find. Raises UsageError."""
    from orchestrator.sandbox.control_scan import scan  # noqa: PLC0415  loads every remediation

    sandbox = running(project)
    organization = config.load(project.configs, dates.today())
    return scan(sandbox, organization, _chosen(organization, names))


def messages(project: Project, topic: str) -> list[dict[str, Any]]:
    """What SNS topics were told whose names end so. Raises UsageError."""
    return [each for each in running(project).messages() if str(each["topic"]).endswith(topic)]


def running(project: Project) -> Sandbox:
    """The sandbox that runs. Raises UsageError."""
    state = _running(project)
    return Sandbox(state.port, state.environment, project.sandbox)


def _running(project: Project) -> State:
    state = lifecycle.status(project.sandbox)
    if state is None:
        raise UsageError("no sandbox is running", "start one: orchestrator sandbox start")
    return state


def _chosen(organization: Organization, names: Sequence[str]) -> tuple[Account, ...]:
    from orchestrator.app.decisions import account_called  # noqa: PLC0415  loads every remediation

    return tuple(account_called(organization, name) for name in names) or organization.accounts
