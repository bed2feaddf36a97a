"""AWS Step Functions: a definition that can run, with a role it may be."""

from __future__ import annotations

import json
from collections.abc import Iterator

from orchestrator.sandbox.refusals import Asked, Refused, Rules
from orchestrator.sandbox.refusals.rules import documents
from orchestrator.sandbox.refusals.rules.documents import Json
from orchestrator.sandbox.service_access import entry_refusal, on_behalf

SERVICE = "states.amazonaws.com"
INVALID = "InvalidDefinition"
TYPES = frozenset({"Task", "Pass", "Choice", "Wait", "Succeed", "Fail", "Parallel", "Map"})
ENDS = frozenset({"Choice", "Succeed", "Fail"})
LARGEST_INPUT = 256 * 1024


def definition(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon States Language; API Reference, InvalidDefinition."""
    text = asked.text("definition")
    if not text and asked.operation.startswith("Update"):
        return
    machine = documents.loaded(text)
    if machine is None:
        yield Refused(INVALID, "Invalid State Machine Definition: 'INVALID_JSON_DESCRIPTION'")
        return
    for wrong in _machine(machine, "/"):
        text = f"Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: {wrong}'"
        yield Refused(INVALID, text)


def _machine(machine: Json, path: str) -> Iterator[str]:
    states = machine.get("States")
    if not isinstance(states, dict) or not states:
        yield f"These fields are required: [States] at {path}"
        return
    if machine.get("StartAt") not in states:
        yield f"MISSING_TRANSITION_TARGET: {machine.get('StartAt')} at {path}StartAt"
    for name, state in states.items():
        yield from _state(name, state, states, f"{path}States/{name}")


def _state(name: str, state: Json, states: Json, path: str) -> Iterator[str]:
    kind = state.get("Type")
    if kind not in TYPES:
        yield f"Value is not one of {sorted(TYPES)} at {path}/Type"
        return
    if len(name) > 80:
        yield f"State name exceeds 80 characters at {path}"
    if kind == "Task" and not state.get("Resource"):
        yield f"These fields are required: [Resource] at {path}"
    if kind not in ENDS and bool(state.get("Next")) == bool(state.get("End")):
        yield f"These fields are required: [Next, End], exactly one of them, at {path}"
    if kind == "Choice" and not state.get("Choices"):
        yield f"These fields are required: [Choices] at {path}"
    aims = [state.get("Next"), state.get("Default")]
    aims += [one.get("Next") for key in ("Choices", "Catch") for one in state.get(key) or []]
    for aim in aims:
        if aim is not None and aim not in states:
            yield f"MISSING_TRANSITION_TARGET: Missing 'Next' target: {aim} at {path}"
    inner = state.get("ItemProcessor") or state.get("Iterator")
    if kind == "Map" and not isinstance(inner, dict):
        yield f"These fields are required: [ItemProcessor] at {path}"
    for one in [inner] if isinstance(inner, dict) else state.get("Branches") or []:
        yield from _machine(one, f"{path}/")


def role(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Step Functions Developer Guide, "Creating an IAM role for your state machine"."""
    arn = asked.text("roleArn")
    if not arn:
        return
    name = asked.text("name") or asked.text("stateMachineArn").rpartition(":")[2]
    machine = f"arn:aws:states:{asked.region}:{asked.account_id}:stateMachine:{name}"
    names = (SERVICE, f"states.{asked.region}.amazonaws.com")
    told = [(one, on_behalf(one, machine, asked.account_id)) for one in names]
    if all(entry_refusal(arn, one, keys) for one, keys in told):
        text = f"Neither the global service principal {SERVICE}, nor the regional one is authorized"
        yield Refused("AccessDeniedException", f"{text} to assume the provided role.")


def execution(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Step Functions API Reference, StartExecution; quotas: 256 KB of input."""
    text = asked.text("input") or "{}"
    try:
        json.loads(text)
    except ValueError:
        yield Refused("InvalidExecutionInput", "Invalid State Machine Execution Input")
    if len(text.encode()) > LARGEST_INPUT:
        limit = "Member must have length less than or equal to 262144"
        said = (
            f"1 validation error detected: Value at 'input' failed to satisfy constraint: {limit}"
        )
        yield Refused("ValidationException", said)


RULES: Rules = {
    "CreateStateMachine": (definition, role),
    "UpdateStateMachine": (definition, role),
    "StartExecution": (execution,),
}
