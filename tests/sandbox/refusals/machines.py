"""Step Functions: definitions, roles, inputs."""

from __future__ import annotations

import json
from typing import Any

from tests.sandbox.refusals.functions import DEFINITION, VALIDATION
from tests.sandbox.refusals.identities import NOBODY
from tests.sandbox.refusals.probe import Case, Params


def _machine(**more: Any) -> Params:
    state = {"Type": "Pass", "End": True}
    machine = {"StartAt": "One", "States": {"One": state}, **more}
    return {"definition": json.dumps(machine)}


def _state(**more: Any) -> Params:
    return _machine(States={"One": more})


DEFINITIONS = [
    ("not JSON", {"definition": "{"}, DEFINITION),
    ("no states", {"definition": '{"StartAt": "One"}'}, DEFINITION),
    ("a start that is not there", _machine(StartAt="Two"), DEFINITION),
    ("a type AWS does not have", _state(Type="Guess", End=True), DEFINITION),
    ("a task without a resource", _state(Type="Task", End=True), DEFINITION),
    ("neither next nor end", _state(Type="Pass"), DEFINITION),
    ("next that is not there", _state(Type="Pass", Next="Two"), DEFINITION),
    ("both next and end", _state(Type="Pass", Next="One", End=True), DEFINITION),
    ("a choice without choices", _state(Type="Choice"), DEFINITION),
    ("a map without a processor", _state(Type="Map", End=True), DEFINITION),
]


MACHINE = "arn:aws:states:ap-northeast-1:200000000009:stateMachine:probe-machine"


CASES = [
    Case(
        "stepfunctions",
        "create_state_machine",
        lambda b: {"name": "probe-machine", "roleArn": b.made["states"], **_machine()},
        [
            *DEFINITIONS,
            ("a role nobody has", {"roleArn": NOBODY}, "AccessDeniedException"),
            (
                "a role that does not trust it",
                lambda b: {"roleArn": b.made["stranger"]},
                "AccessDeniedException",
            ),
            ("a name of 81", {"name": "m" * 81}, VALIDATION),
            ("a name with a blank", {"name": "a b"}, "InvalidName"),
            ("a type AWS does not have", {"type": "SLOW"}, VALIDATION),
        ],
        "AWS Step Functions API Reference, CreateStateMachine; Amazon States Language",
    ),
    Case(
        "stepfunctions",
        "update_state_machine",
        lambda b: {"stateMachineArn": MACHINE, "roleArn": b.made["states"], **_machine()},
        [*DEFINITIONS, ("a role nobody has", {"roleArn": NOBODY}, "AccessDeniedException")],
        "AWS Step Functions API Reference, UpdateStateMachine",
    ),
    Case(
        "stepfunctions",
        "start_execution",
        lambda _: {"stateMachineArn": MACHINE, "name": "one", "input": "{}"},
        [
            ("an input over 256 KB", {"input": json.dumps({"x": "y" * 262144})}, VALIDATION),
            ("an input that is not JSON", {"input": "{"}, "InvalidExecutionInput"),
            ("a name of 81", {"name": "e" * 81}, VALIDATION),
            (
                "a machine nobody has",
                {"stateMachineArn": MACHINE + "x"},
                "StateMachineDoesNotExist",
            ),
        ],
        "AWS Step Functions API Reference, StartExecution; quotas",
    ),
]
