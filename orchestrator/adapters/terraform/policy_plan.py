"""The part of a plan that Terraform does not make: how the organization's policies will move.

It lies beside the plan file and counts in the plan's digest, so what was reviewed is what is done.
"""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from pathlib import Path

from orchestrator.adapters.terraform.plan_json import part
from orchestrator.model.organization_policies import PolicySet, PolicyType, from_json
from orchestrator.model.plan import Action, Change
from orchestrator.model.policy_changes import Do, PolicyStep

PLAN_FILE = "organization_policies.plan.json"
RECORD = ("terraform_data", "organization_policies")
"""The resource that keeps in the state what was meant by the last apply."""


@dataclass(frozen=True, slots=True)
class PolicyPlan:
    """`made_for` is what Organizations held, as a digest."""

    made_for: str
    steps: tuple[PolicyStep, ...]
    changes: tuple[Change, ...]


def write(folder: Path, plan: PolicyPlan) -> None:
    document = {
        "made_for": plan.made_for,
        "steps": [
            {
                "do": step.do,
                "type": step.type,
                "policy": step.policy,
                "target": step.target,
                "accounts": list(step.accounts),
            }
            for step in plan.steps
        ],
        "changes": [
            {
                "address": change.address,
                "type": change.type,
                "action": change.action,
                "attributes": list(change.attributes),
            }
            for change in plan.changes
        ],
    }
    (folder / PLAN_FILE).write_text(json.dumps(document, indent=1) + "\n", "utf-8")


def read(folder: Path) -> PolicyPlan | None:
    """Raises ValueError for a file that `write` has not written."""
    file = folder / PLAN_FILE
    if not file.is_file():
        return None
    try:
        document = json.loads(file.read_text("utf-8"))
        steps = tuple(
            PolicyStep(
                Do(said["do"]),
                PolicyType(said["type"]),
                str(said["policy"]),
                str(said["target"]),
                tuple(map(str, said["accounts"])),
            )
            for said in document["steps"]
        )
        changes = tuple(
            Change(
                str(said["address"]),
                str(said["type"]),
                Action(said["action"]),
                tuple(map(str, said["attributes"])),
            )
            for said in document["changes"]
        )
        return PolicyPlan(str(document["made_for"]), steps, changes)
    except (KeyError, TypeError) as error:
        raise ValueError(f"{PLAN_FILE} cannot be read: {error}") from error


def recorded(plan_file: Path) -> PolicySet | None:
    """What the state says that the last apply meant; None if there never was such a thing.

    Raises ValueError for a plan file that is none.
    """
    try:
        with zipfile.ZipFile(plan_file) as plan:
            state = json.loads(part(plan, "tfstate"))
        for resource in state.get("resources", ()):
            if (resource["type"], resource["name"]) == RECORD and resource["instances"]:
                return from_json(_input(resource["instances"][0]["attributes"]))
    except (OSError, zipfile.BadZipFile, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"{plan_file.name} cannot be read: {error}") from error
    return None


def _input(attributes: dict[str, object]) -> str:
    """The provider writes the type of a dynamic value beside it."""
    value = attributes.get("input")
    value = value.get("value") if isinstance(value, dict) else value
    return str(value or "")
