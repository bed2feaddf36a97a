"""Terraform in memory: a resource is a name with one input, a plan a file that says so."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event

from orchestrator.adapters.terraform.arguments import PLAN_FILE
from orchestrator.errors import Interrupted, PlanChanged, TerraformFailed
from orchestrator.model.names import StackKey
from orchestrator.model.plan import Action, Change, Plan
from orchestrator.ports import Environment

Resources = Mapping[str, str]


@dataclass
class State:
    resources: dict[str, str] = field(default_factory=dict)
    serial: int = 0
    locked: bool = False


@dataclass
class FakeTerraform:
    """Answers as Terraform does, from what each folder declares and holds."""

    declared: dict[Path, Resources] = field(default_factory=dict)
    states: dict[Path, State] = field(default_factory=dict)
    unsaved_states: dict[Path, State] = field(default_factory=dict)
    slow: bool = False
    patience: float = 60.0
    began: Event = field(default_factory=Event)
    stop: Event = field(default_factory=Event)
    _initialized: dict[Path, Resources] = field(default_factory=dict)
    _empty: set[Path] = field(default_factory=set)

    def init(self, folder: Path, env: Environment) -> bool:
        needed = self._initialized.get(folder) != self.declared[folder]
        self._initialized[folder] = self.declared[folder]
        return needed

    def plan(
        self, key: StackKey, folder: Path, rendered: str, env: Environment, *, refresh_only: bool
    ) -> Plan:
        file, json_file = folder / PLAN_FILE, folder / "plan.json"
        wanted = self.state(folder).resources if refresh_only else self._declared(folder)
        content = json.dumps({"wanted": dict(wanted), "serial": self.state(folder).serial})
        for path in (file, json_file):
            path.write_text(content)
            path.chmod(0o600)
        changes = self._changes(folder, wanted)
        return Plan(key, folder, file, json_file, _digest(file), changes, rendered=rendered)

    def show(self, plan: Plan, env: Environment) -> Plan:
        content = json.loads(plan.file.read_text())
        plan.json_file.write_text(plan.file.read_text())
        return replace(plan, changes=self._changes(plan.folder, content["wanted"]))

    def apply(self, plan: Plan, env: Environment) -> None:
        if _digest(plan.file) != plan.digest:
            raise PlanChanged(f"{plan.file} is not the plan that was reviewed")
        state, content = self.state(plan.folder), json.loads(plan.file.read_text())
        if content["serial"] != state.serial:
            raise PlanChanged("the state has changed since the plan was made")
        state.locked = True
        try:
            self._take_time(plan)
        finally:
            state.locked = False
        self.change(plan.folder, content["wanted"])

    def _take_time(self, plan: Plan) -> None:
        self.began.set()
        if self.slow and self.stop.wait(self.patience):
            raise Interrupted("terraform apply was interrupted")
        if self.slow:
            raise TerraformFailed(("terraform", "apply"), plan.folder, 1, "took more than its time")

    def unsaved(self, folder: Path) -> bool:
        return folder in self.unsaved_states

    def save(self, folder: Path, env: Environment) -> None:
        self.states[folder] = self.unsaved_states.pop(folder)

    def migrate(self, folder: Path, env: Environment) -> None:
        self.init(folder, env)

    def is_empty(self, folder: Path, env: Environment) -> tuple[str, ...]:
        changes = self._changes(folder, self._declared(folder))
        if not changes:
            self._empty.add(folder)
        return tuple(change.address for change in changes)

    def record(self, folder: Path, env: Environment) -> None:
        if folder not in self._empty:
            raise PlanChanged("no plan was empty")
        self._empty.discard(folder)

    def state(self, folder: Path) -> State:
        return self.states.setdefault(folder, State())

    def change(self, folder: Path, resources: Resources) -> None:
        state = self.state(folder)
        state.resources, state.serial = dict(resources), state.serial + 1

    def _declared(self, folder: Path) -> Resources:
        if "broken" in self.declared[folder]:
            raise TerraformFailed(("terraform", "plan"), folder, 1, "main.tf:1: Unclosed block")
        return self.declared[folder]

    def _changes(self, folder: Path, wanted: Resources) -> tuple[Change, ...]:
        there = self.state(folder).resources
        found = []
        for name in sorted({*there, *wanted}):
            address = f"terraform_data.{name}"
            if name not in wanted:
                found.append(Change(address, "terraform_data", Action.DELETE))
            elif name not in there:
                found.append(Change(address, "terraform_data", Action.CREATE))
            elif wanted[name] != there[name]:
                differs = ("input", "output")
                found.append(Change(address, "terraform_data", Action.UPDATE, differs))
        return tuple(found)


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
