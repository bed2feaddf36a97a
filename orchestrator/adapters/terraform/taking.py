"""A plan that was saved earlier, taken up again as a value."""

from __future__ import annotations

import json
from pathlib import Path

from orchestrator.adapters.terraform import arguments, plan_json, saved
from orchestrator.errors import PlanChanged
from orchestrator.model.likeness import Own
from orchestrator.model.names import StackKey
from orchestrator.model.plan import Plan

JSON_FILE = "plan.json"


def take(key: StackKey, folder: Path, rendered: str) -> Plan:
    """The plan that lies in `folder`; without its JSON it is one that changes nothing.

    Raises PlanChanged if it is not a plan, or not one that can be read.
    """
    file, json_file = folder / arguments.PLAN_FILE, folder / JSON_FILE
    try:
        contents = plan_json.Contents((), (), outputs_change=False)
        if json_file.is_file():
            own = Own(key.account_id, key.account_name)
            contents = plan_json.read(json.loads(json_file.read_bytes()), own)
        digest, state = saved.digest(rendered, folder, file), saved.state(file)
    except ValueError as error:
        raise PlanChanged(f"{key}: the stored plan cannot be read: {error}") from error
    return Plan(
        key,
        folder,
        file,
        json_file,
        digest,
        contents.changes,
        contents.drift,
        contents.outputs_change,
        rendered,
        state,
    )
