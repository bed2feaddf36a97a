"""Where a project keeps what, and what every adapter starts from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from orchestrator import assets
from orchestrator.adapters.aws.credential_cache import CredentialCache
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.assets import Assets
from orchestrator.errors import UsageError
from orchestrator.model.organization import Organization


@dataclass(frozen=True, slots=True)
class Places:
    """The project, and where its roots are rendered."""

    root: Path
    build: Path
    trial: bool = False
    """Whether the versions that the project is made with do not count this once."""

    @property
    def assets(self) -> Assets:
        return assets.of(self.root)

    @property
    def baselines(self) -> Path:
        """Beside what is rendered: both are of this project's runs."""
        return self.build.parent / ".orchestrator" / "baselines"

    @property
    def locks(self) -> Path:
        return self.build.parent / ".orchestrator" / "locks"

    @property
    def sightings(self) -> Path:
        return self.build.parent / ".orchestrator" / "sightings"


ROLE, RUNNER, READER = "ORCHESTRATOR_ROLE", "runner", "reader"
"""The variable that says which role to start as, and what it may say."""


def credential_cache(
    organization: Organization,
    env: Mapping[str, str],
    run_id: str,
    hear: Callable[[str], None] = lambda _code: None,
) -> CredentialCache:
    """Of the role that `env` says. Raises UsageError if it says neither; `hear`: see AwsSession."""
    facts = organization.facts
    caller = AwsSession(env, facts.home_region, hear)
    return CredentialCache(caller, facts, organization.management.id, run_id, reader=_reads(env))


def _reads(env: Mapping[str, str]) -> bool:
    said = env.get(ROLE) or RUNNER
    if said not in (RUNNER, READER):
        raise UsageError(f"{ROLE}: '{said}' is not a role", f"set it to '{RUNNER}' or '{READER}'")
    return said == READER


def now() -> datetime:
    return datetime.now(UTC)
