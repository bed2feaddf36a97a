"""Terraform and checkov as a run sees them that carries out what was reviewed.

Where the pipeline asks for a plan, it gets the stored one or is refused; where it asks for a scan,
what checkov said then. All else is the same: the gate judges again, today, and apply takes nothing
but the digest it approves.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from orchestrator.errors import PlanChanged
from orchestrator.model.journal import Ground
from orchestrator.model.names import StackKey
from orchestrator.model.plan import Plan
from orchestrator.model.review import Manifest, Present, Reviewed, Source
from orchestrator.pipeline.review import differences
from orchestrator.ports import (
    Doors,
    Environment,
    Ports,
    Scan,
    Scanner,
    StoredPlans,
    Terraform,
)

log = logging.getLogger(__name__)
FIX = "plan and review again; or let this run plan it anew, without a review: --replan"


@dataclass(frozen=True, slots=True)
class Review:
    """What was reviewed, and what there is now. `replan` lets other plans be made in its place."""

    manifest: Manifest
    ground: Ground
    sources: Mapping[StackKey, Source]
    plans: StoredPlans
    replan: bool = False


def carrying_out(review: Review, ports: Ports) -> Ports:
    """The ports of a run that carries out what was reviewed."""
    terraform = _Reviewed(review, ports.terraform, ports.doors)
    return replace(ports, terraform=terraform, scanner=_Scanned(terraform, ports.scanner))


@dataclass(frozen=True, slots=True)
class _Reviewed:
    """See ports.Terraform. Only `plan` differs."""

    review: Review
    real: Terraform
    doors: Doors
    anew: set[StackKey] = field(default_factory=set)
    """The stacks that were planned again."""

    def plan(
        self, key: StackKey, folder: Path, rendered: str, env: Environment, *, refresh_only: bool
    ) -> Plan:
        found = self._stored(key, folder, rendered)
        if isinstance(found, Plan):
            return found
        if not self.review.replan:
            reasons = "\n".join(f"  {reason}" for reason in found)
            raise PlanChanged(f"this is not what was reviewed:\n{reasons}", FIX)
        log.warning("%s planned again: %s", key, "; ".join(found))
        self.anew.add(key)
        return self.real.plan(key, folder, rendered, env, refresh_only=refresh_only)

    def _stored(self, key: StackKey, folder: Path, rendered: str) -> Plan | tuple[str, ...]:
        """The plan as it was reviewed, or all that differs."""
        manifest, plans = self.review.manifest, self.review.plans
        reviewed = manifest.of(key)
        if reviewed is None:
            return (f"run {manifest.run} has not planned it",)
        if found := self._differences(reviewed, key):
            return found
        try:
            taken = plans.take(manifest.run, key, folder, rendered)
        except PlanChanged as error:
            return (error.message,)
        if (taken.digest, taken.state) != (reviewed.digest, reviewed.state):
            return ("the plan's digest is not the one in the manifest",)
        return taken

    def _differences(self, reviewed: Reviewed, key: StackKey) -> tuple[str, ...]:
        manifest = self.review.manifest
        files = self.review.plans.files(manifest.run, key)
        state = "" if reviewed.missing else self.doors.state_of(key)
        present = Present(self.review.sources[key], files, state)
        return differences(reviewed, present, manifest.ground, self.review.ground)

    def init(self, folder: Path, env: Environment) -> bool:
        return self.real.init(folder, env)

    def unsaved(self, folder: Path) -> bool:
        return self.real.unsaved(folder)

    def save(self, folder: Path, env: Environment) -> None:
        self.real.save(folder, env)

    def apply(self, plan: Plan, env: Environment) -> None:
        self.real.apply(plan, env)

    def migrate(self, folder: Path, env: Environment) -> None:
        self.real.migrate(folder, env)

    def is_empty(self, folder: Path, env: Environment) -> tuple[str, ...]:
        return self.real.is_empty(folder, env)

    def record(self, folder: Path, env: Environment) -> None:
        self.real.record(folder, env)


@dataclass(frozen=True, slots=True)
class _Scanned:
    """See ports.Scanner. What was planned again is scanned again."""

    terraform: _Reviewed
    real: Scanner

    def scan(self, plans: Sequence[Plan]) -> Mapping[StackKey, Scan]:
        review, anew = self.terraform.review, self.terraform.anew
        fresh = [plan for plan in plans if plan.key in anew]
        stored = {
            plan.key: review.plans.violations(review.manifest.run, plan.key)
            for plan in plans
            if plan.key not in anew
        }
        return {**(self.real.scan(fresh) if fresh else {}), **stored}
