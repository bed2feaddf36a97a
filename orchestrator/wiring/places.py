"""Where a checkout keeps what, and what every adapter starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from orchestrator.adapters.aws.keyring import Keyring
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.model.organization import Organization


@dataclass(frozen=True, slots=True)
class Places:
    """The checkout, and where its roots are rendered."""

    root: Path
    build: Path

    @property
    def lock_file(self) -> Path:
        return self.root / "terraform" / ".terraform.lock.hcl"

    @property
    def policies(self) -> Path:
        return self.root / "policies"

    @property
    def baselines(self) -> Path:
        """Beside what is rendered: both are of this checkout's runs."""
        return self.build.parent / ".orchestrator" / "baselines"

    @property
    def locks(self) -> Path:
        return self.build.parent / ".orchestrator" / "locks"

    @property
    def sightings(self) -> Path:
        return self.build.parent / ".orchestrator" / "sightings"


def keyring(organization: Organization, env: Mapping[str, str], run_id: str) -> Keyring:
    facts = organization.facts
    return Keyring(AwsSession(env, facts.home_region), facts, organization.management.id, run_id)


def now() -> datetime:
    return datetime.now(UTC)
