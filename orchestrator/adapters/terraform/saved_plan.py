"""A saved plan's identity.

A plan file is a zip with the plan, the configuration it was made of and the state it was made
against (`tfstate`). Terraform applies what is in it, even if the folder has changed.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from pathlib import Path

from orchestrator.adapters.terraform import arguments, packages, plan_json, policy_plan
from orchestrator.errors import PlanChanged
from orchestrator.model.names import StackKey
from orchestrator.model.plan import Own, Plan


class Damaged(ValueError):
    """A plan file that Terraform did not write, or not as it is now."""


def saved_digest(rendered: str, folder: Path, plan_file: Path) -> str:
    """SHA-256 over the rendering, the lock file, the plan file and the state it was made for, and
    how policies will move where they do.

    Each part goes in with its length, so that no two sets of parts run together to the same.
    Raises Damaged.
    """
    try:
        parts = (
            rendered.encode(),
            _bytes_if_any(folder / packages.LOCK_FILE),
            plan_file.read_bytes(),
            saved_state(plan_file).encode(),
        )
        beside = _bytes_if_any(folder / policy_plan.PLAN_FILE)
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, RecursionError) as error:
        raise Damaged(f"{plan_file} cannot be read: {error}") from error
    total = hashlib.sha256()
    for part in (*parts, beside) if beside else parts:
        total.update(len(part).to_bytes(8, "big"))
        total.update(part)
    return total.hexdigest()


def fingerprint(file: Path) -> str:
    """SHA-256 of a file; '' when there is none."""
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""


def covers(backend: str, local: str) -> bool:
    """Whether the state a backend gave back is the local one, or a later one of its line.

    A state that has just been moved may have a line of its own: Terraform begins one for whatever
    it writes where nothing was. So what it holds decides then.
    """
    try:
        kept, left = json.loads(backend), json.loads(local)
        if kept["lineage"] == left["lineage"]:
            return bool(kept["serial"] >= left["serial"])
        return all(kept[part] == left[part] for part in ("outputs", "resources"))
    except (ValueError, KeyError, TypeError, RecursionError):
        return False


def _bytes_if_any(path: Path) -> bytes:
    return path.read_bytes() if path.exists() else b""


def saved_state(plan_file: Path) -> str:
    """Lineage and serial of the state the plan was made against; a first plan has '' and 0."""
    with zipfile.ZipFile(plan_file) as plan:
        state = json.loads(plan_json.part(plan, "tfstate"))
    return f"{state['lineage']}:{state['serial']}"


JSON_FILE = "plan.json"


def take(key: StackKey, folder: Path, rendered: str) -> Plan:
    """The plan in `folder`; without its JSON it is one that changes nothing.

    Raises PlanChanged if it is not a plan, or not one that can be read.
    """
    file, json_file = folder / arguments.PLAN_FILE, folder / JSON_FILE
    try:
        contents = plan_json.Contents((), (), outputs_change=False)
        if json_file.is_file():
            own = Own(key.account_id, key.account_name)
            contents = plan_json.read(json.loads(json_file.read_bytes()), own)
        digest, state = saved_digest(rendered, folder, file), saved_state(file)
        beside = policy_plan.read(folder)
    except ValueError as error:
        raise PlanChanged(f"{key}: the stored plan cannot be read: {error}") from error
    return Plan(
        key,
        folder,
        file,
        json_file,
        digest,
        (*contents.changes, *(beside.changes if beside else ())),
        contents.drift,
        contents.outputs_change,
        rendered,
        state,
    )
