"""An organization in the sandbox, rolled out once, whose stacks are read and planned."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from orchestrator import config, wiring
from orchestrator.drift.verdict import Care
from orchestrator.errors import TerraformDenied
from orchestrator.model.drift import Baseline, Reading, Unread
from orchestrator.model.names import StackKey
from orchestrator.model.organization import Organization
from orchestrator.model.plan import Change
from orchestrator.ports import Ports, Purpose
from orchestrator.render import Renderer, stacks_of
from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from orchestrator.stages import planning
from orchestrator.stages.jobs import Job

ROOT = Path(__file__).parents[3]
ACCOUNTS = ("log-archive", "management", "security", "payments-dev")
RARELY = Care(max_age=timedelta(days=365_000))
"""So that no stack's turn comes during a test."""


@dataclass(frozen=True, slots=True)
class World:
    """The stacks that are rolled out, and both ways to check them."""

    sandbox: Sandbox
    organization: Organization
    ports: Ports
    jobs: Mapping[StackKey, Job]

    def job(self, account: str, stack_name: str) -> Job:
        return next(
            job
            for key, job in self.jobs.items()
            if (key.account_name, key.stack) == (account, stack_name)
        )

    def planned(self, job: Job) -> tuple[Change, ...] | None:
        """What a plan that only refreshes finds; None when it is denied."""
        try:
            made = planning.plan(job, self.ports, refresh_only=True)
        except TerraformDenied:
            return None
        self.ports.folders.discard(made)
        return made.drift

    def read(self, job: Job) -> Reading | Unread:
        folder = self.ports.folders.write(job.rendering)
        with self.ports.sessions.open(job.key, Purpose.PLAN) as entry:
            return self.ports.reader.read(job.key, folder, entry.env)

    def baseline(self, job: Job) -> Baseline:
        kept = self.ports.baselines.get(job.key)
        assert kept, f"the rollout has left no baseline of {job.key}"
        return kept


def orchestrator(work: Path, *words: str) -> None:
    """A command, as a user gives it."""
    where = ["--project", str(ROOT), "--work", str(work)]
    ended = subprocess.run(
        [sys.executable, "-m", "orchestrator", *where, *words],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


@contextmanager
def rolled_out(work: Path) -> Iterator[World]:
    orchestrator(work, "sandbox", "start")
    try:
        orchestrator(work, "--sandbox", "bootstrap", "--yes")
        orchestrator(work, "--sandbox", "apply", *ACCOUNTS, "--yes")
        with entered(work) as world:
            yield world
    finally:
        orchestrator(work, "sandbox", "stop")


@contextmanager
def entered(work: Path) -> Iterator[World]:
    """A work folder whose stacks are applied already."""
    running = lifecycle.status(work / ".sandbox")
    assert running
    sandbox = Sandbox(running.port, running.environment, work)
    organization = config.load(ROOT / "account_configs", date.today())
    places, env = wiring.Places(ROOT, work / ".build"), {**os.environ, **sandbox.environment}
    with wiring.connect(places, organization, env, "drift") as connected:
        jobs = _jobs(organization, work)
        yield World(sandbox, organization, connected.ports, jobs)


def _jobs(organization: Organization, work: Path) -> Mapping[StackKey, Job]:
    renderer = Renderer(ROOT)
    keys = [key for key in stacks_of(organization) if key.account_name in ACCOUNTS]
    return {
        key: Job(
            key,
            organization.named(key.account_name),
            renderer.render(organization, key),
            makes_roles=False,
        )
        for key in keys
    }
