"""Terraform, and beside it the policies of the organization that its provider does not know."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from orchestrator.adapters.aws.organization_policies import AwsPolicies, fingerprint
from orchestrator.adapters.terraform import policy_plan, saved_plan
from orchestrator.adapters.terraform.policy_plan import PolicyPlan
from orchestrator.errors import PlanChanged
from orchestrator.model import policy_changes, policy_differences
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.organization_policies import FILE, PolicySet, PolicyType, from_json
from orchestrator.model.plan import Plan
from orchestrator.ports import Environment
from orchestrator.ports import Terraform as Port


class Terraform(Port, Protocol):
    """The port, and the JSON of a plan that changes nothing."""

    def shown(self, plan: Plan, env: Environment) -> Plan:
        """The same plan, with its JSON file, which a plan without changes has not."""
        ...


@dataclass(frozen=True, slots=True)
class PolicyTerraform:
    """See ports.Terraform. Of every other stack than the organization's it is `inner`."""

    inner: Terraform
    policies: AwsPolicies
    refuse: Callable[[Path], None] = lambda _folder: None
    """Raises LeaseLost if nothing more may be begun for the stack of that folder."""

    def init(self, folder: Path, env: Environment) -> bool:
        return self.inner.init(folder, env)

    def unsaved(self, folder: Path) -> bool:
        return self.inner.unsaved(folder)

    def save(self, folder: Path, env: Environment) -> None:
        self.inner.save(folder, env)

    def migrate(self, folder: Path, env: Environment) -> None:
        self.inner.migrate(folder, env)

    def record(self, folder: Path, env: Environment) -> None:
        self.inner.record(folder, env)

    def plan(
        self, key: StackKey, folder: Path, rendered: str, env: Environment, *, refresh_only: bool
    ) -> Plan:
        """Policies are read where some are wanted, or were by the last apply."""
        (folder / policy_plan.PLAN_FILE).unlink(missing_ok=True)
        made = self.inner.plan(key, folder, rendered, env, refresh_only=refresh_only)
        if key.stack is not StackName.ORGANIZATION:
            return made
        known, wanted = _recorded(made), _wanted(folder)
        if known is None and wanted is None:
            return made
        if refresh_only:
            if known is None:
                return made
            found = policy_differences.drift(self.policies.held(), known, self.policies.places)
            return replace(made, drift=(*made.drift, *found))
        return self._with_policies(made, wanted or PolicySet(), env)

    def _with_policies(self, made: Plan, wanted: PolicySet, env: Environment) -> Plan:
        planned = self._planned(wanted)
        if not planned.steps:
            return made
        made = self.inner.shown(made, env) if made.empty else made
        policy_plan.write(made.folder, planned)
        digest = saved_plan.saved_digest(made.rendered, made.folder, made.file)
        return replace(made, changes=(*made.changes, *planned.changes), digest=digest)

    def _planned(self, wanted: PolicySet) -> PolicyPlan:
        held, places = self.policies.held(), self.policies.places
        steps = policy_changes.steps(held, wanted, places)
        ungoverned = (
            account
            for account in places.paths
            if PolicyType.CSPM in wanted.types
            and not _governs(held.policies, account, places)
            and _governs(wanted, account, places)
        )
        before, unread = self.policies.before(ungoverned) if steps else ({}, ())
        found = policy_differences.changes(held, wanted, places, before, unread)
        return PolicyPlan(fingerprint(held), steps, found)

    def show(self, plan: Plan, env: Environment) -> Plan:
        """What policies will do is worked out again, from what Organizations holds now."""
        found = self.inner.show(plan, env)
        if plan.key.stack is not StackName.ORGANIZATION:
            return found
        beside = policy_plan.read(plan.folder)
        if beside is None:
            return found
        if self._planned(_wanted(plan.folder) or PolicySet()) != beside:
            raise PlanChanged(
                f"{plan.key}: the organization's policies would move otherwise than was reviewed",
                "plan again",
            )
        found = self.inner.shown(found, env) if found.empty else found
        return replace(found, changes=(*found.changes, *beside.changes))

    def apply(self, plan: Plan, env: Environment) -> None:
        """First Terraform, which turns on the trust that policies need; then they move."""
        self.inner.apply(plan, env)
        try:
            planned = policy_plan.read(plan.folder)
        except ValueError as error:
            raise PlanChanged(f"{plan.key}: {error}", "plan again") from error
        if planned:
            wanted = _wanted(plan.folder) or PolicySet()
            self.policies.carry_out(
                planned.steps, wanted, planned.made_for, lambda: self.refuse(plan.folder)
            )

    def is_empty(self, folder: Path, env: Environment) -> tuple[str, ...]:
        """Policies are read back, too, where some were moved or are wanted."""
        left = self.inner.is_empty(folder, env)
        wanted = _wanted(folder)
        if wanted is None and not (folder / policy_plan.PLAN_FILE).is_file():
            return left
        planned = self._planned(wanted or PolicySet())
        return (*left, *(change.address for change in planned.changes))


def _governs(policies: PolicySet, account: str, places: policy_changes.Places) -> bool:
    said = policy_changes.settings_in(policies, account, PolicyType.CSPM, places)
    return bool(said.on or said.off)


def _recorded(made: Plan) -> PolicySet | None:
    try:
        return policy_plan.recorded(made.file)
    except ValueError as error:
        raise PlanChanged(f"{made.key}: {error}", "plan again") from error


def _wanted(folder: Path) -> PolicySet | None:
    """As rendered; None where the stack has none."""
    file = folder / FILE
    return from_json(file.read_text("utf-8")) if file.is_file() else None
