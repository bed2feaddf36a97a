"""Terraform and checkov as a run sees them that carries out what was reviewed.

Where the pipeline asks for a plan, it gets the stored one or is refused. What is judged is what is
applied: the plan file is shown and scanned again here, and both must say what the review saw. A
stored file is only what somebody has stored. The gate judges again, today, and apply takes nothing
but the digest it approves.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from orchestrator.errors import PlanChanged, ScanFailed
from orchestrator.model.events import ToolVersions
from orchestrator.model.names import StackKey
from orchestrator.model.plan import Plan
from orchestrator.model.review import Manifest, Present, Reviewed, Source
from orchestrator.ports import Environment, Ports, Scan, Scanner, Sessions, StoredPlans, Terraform

INPUTS = {
    "orchestrator": "orchestrator",
    "terraform": "Terraform",
    "provider": "the AWS provider",
    "lock": "the provider lock file",
    "policies": "policies/",
}
"""What the fields of Ground are called; all are compared."""


def differences(
    reviewed: Reviewed, present: Present, before: ToolVersions, now: ToolVersions
) -> tuple[str, ...]:
    """Why the plan that was reviewed may not be applied as it is."""
    if reviewed.missing:
        return (f"there is no plan: {reviewed.missing}",)
    return (
        *tool_versions(before, now),
        *_rendering(reviewed, present),
        *_stored("the plan file", reviewed.plan, present.files.plan),
        *_stored("the plan's JSON", reviewed.json, present.files.json),
        *_stored("the scan's result", reviewed.scan, present.files.scan),
        *state(reviewed.state, present.state),
    )


def tool_versions(before: ToolVersions, now: ToolVersions) -> Iterator[str]:
    """What stands under all stacks and is not the same any more."""
    for part in fields(ToolVersions):
        was, is_ = getattr(before, part.name), getattr(now, part.name)
        if was != is_:
            name = INPUTS[part.name]
            digest = part.name in ("lock", "policies")
            yield f"{name} has changed" if digest else f"{name} was {was}, is {is_ or 'not there'}"


def modules(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    """Those that both call and that differ; who calls which, the rendered files say."""
    for name in sorted(before.keys() & now.keys()):
        if before[name] != now[name]:
            yield f"modules/{name} has changed"


def state(before: str, now: str) -> Iterator[str]:
    """Lineage and serial, in words."""
    if before == now:
        return
    (line, serial), (line_now, serial_now) = (text.rpartition(":")[::2] for text in (before, now))
    if line and line_now and line != line_now:
        yield f"the state is another one: lineage {line_now}, was {line}"
    else:
        yield f"the state has moved: serial {serial_now}, was {serial}"


def _rendering(reviewed: Reviewed, present: Present) -> Iterator[str]:
    now = present.source
    if reviewed.rendered == now.rendering.digest:
        return
    said = (*modules(reviewed.modules, now.modules), *_files(reviewed.files, now.files))
    yield from said or ("what is rendered has changed",)


def _files(before: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    for name in sorted(before.keys() | now.keys()):
        if name not in now:
            yield f"{name} is not rendered any more"
        elif name not in before:
            yield f"{name} is rendered, and was not"
        elif before[name] != now[name]:
            yield f"{name} is rendered differently"


def contents(plan: Plan) -> object:
    """What a person was shown of it."""
    return plan.changes, plan.drift, plan.outputs_change


def _stored(what: str, before: str, now: str) -> Iterator[str]:
    if before != now:
        yield f"{what} {'has changed since the review' if now else 'is gone'}"


log = logging.getLogger(__name__)
FIX = "plan and review again; or let this run plan it anew, without a review: --replan"


@dataclass(frozen=True, slots=True)
class Review:
    """What was reviewed, and what there is now. `replan` lets other plans be made in its place."""

    manifest: Manifest
    tool_versions: ToolVersions
    sources: Mapping[StackKey, Source]
    plans: StoredPlans
    replan: bool = False


def reviewed_ports(review: Review, ports: Ports) -> Ports:
    """The ports of a run that carries out what was reviewed."""
    terraform = _Reviewed(review, ports.terraform, ports.sessions)
    return replace(ports, terraform=terraform, scanner=_Scanned(terraform, ports.scanner))


@dataclass(frozen=True, slots=True)
class _Reviewed:
    """See ports.Terraform. Only `plan` differs."""

    review: Review
    real: Terraform
    sessions: Sessions
    anew: set[StackKey] = field(default_factory=set)
    """The stacks that were planned again."""

    def plan(
        self, key: StackKey, folder: Path, rendered: str, env: Environment, *, refresh_only: bool
    ) -> Plan:
        found = self._stored(key, folder, rendered, env)
        if isinstance(found, Plan):
            return found
        if not self.review.replan:
            reasons = "\n".join(f"  {reason}" for reason in found)
            raise PlanChanged(f"this is not what was reviewed:\n{reasons}", FIX)
        log.warning("%s planned again: %s", key, "; ".join(found))
        self.anew.add(key)
        return self.real.plan(key, folder, rendered, env, refresh_only=refresh_only)

    def _stored(
        self, key: StackKey, folder: Path, rendered: str, env: Environment
    ) -> Plan | tuple[str, ...]:
        """The plan as it was reviewed, or all that differs."""
        manifest, plans = self.review.manifest, self.review.plans
        reviewed = manifest.of(key)
        if reviewed is None:
            return (f"run {manifest.run} has not planned it",)
        if found := self._differences(reviewed, key):
            return found
        try:
            return self._shown(plans.take(manifest.run, key, folder, rendered), reviewed, env)
        except PlanChanged as error:
            return (error.message,)

    def _shown(self, taken: Plan, reviewed: Reviewed, env: Environment) -> Plan:
        """The plan by its plan file. Raises PlanChanged where anything beside it said otherwise."""
        if (taken.digest, taken.state) != (reviewed.digest, reviewed.state):
            raise PlanChanged("the plan's digest is not the one in the manifest")
        shown = self.real.show(taken, env)
        plans, run = self.review.plans, self.review.manifest.run
        if contents(shown) != contents(taken) or not plans.says(run, shown):
            raise PlanChanged("the plan file does something else than the plan's JSON says")
        return shown

    def _differences(self, reviewed: Reviewed, key: StackKey) -> tuple[str, ...]:
        manifest = self.review.manifest
        files = self.review.plans.files(manifest.run, key)
        state = "" if reviewed.missing else self.sessions.state_of(key)
        present = Present(self.review.sources[key], files, state)
        return differences(reviewed, present, manifest.tool_versions, self.review.tool_versions)

    def show(self, plan: Plan, env: Environment) -> Plan:
        return self.real.show(plan, env)

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
    """See ports.Scanner. What was not planned again must fail the same checks as then."""

    terraform: _Reviewed
    real: Scanner

    def scan(self, plans: Sequence[Plan]) -> Mapping[StackKey, Scan]:
        found = self.real.scan(plans)
        reviewed = (plan.key for plan in plans if plan.key not in self.terraform.anew)
        return {**found, **{key: self._same(key, found[key]) for key in reviewed}}

    def _same(self, key: StackKey, now: Scan) -> Scan:
        review = self.terraform.review
        then = review.plans.violations(review.manifest.run, key)
        if isinstance(now, ScanFailed) or sorted(map(str, now)) == sorted(map(str, then)):
            return now
        return ScanFailed(
            f"{key}: the scan says something else than in the review: {len(now)} checks fail, "
            f"{len(then)} did",
            FIX,
        )
