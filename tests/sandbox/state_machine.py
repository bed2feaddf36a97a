"""The state machine of modules/runner and its queue, made in a sandbox without Terraform.

What the module adds to it (alarms, logs, workers that AWS starts) is tested in tests/modules.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

NAME = "orchestrator-runner"
TEMPLATE = Path(__file__).parents[2] / "modules" / "runner" / "state_machine.json.tftpl"
TIMEOUT = 600


@dataclass(frozen=True, slots=True)
class Machine:
    """A state machine, and the queue its items go to."""

    arn: str
    queue_url: str


def make(client: Callable[[str], Any], bucket: str, heartbeat: int) -> Machine:
    """Make queue, role and state machine with the clients of an account; the bucket is there."""
    queue = client("sqs").create_queue(QueueName=NAME, Attributes={"VisibilityTimeout": "30"})
    trust = _statement("sts:AssumeRole", Principal={"Service": "states.amazonaws.com"})
    role = client("iam").create_role(
        RoleName=f"{NAME}-states", AssumeRolePolicyDocument=json.dumps(trust)
    )["Role"]
    client("iam").put_role_policy(
        RoleName=role["RoleName"],
        PolicyName="run",
        PolicyDocument=json.dumps(_permissions(queue["QueueUrl"], bucket)),
    )
    machine = client("stepfunctions").create_state_machine(
        name=NAME, definition=definition(queue["QueueUrl"], heartbeat), roleArn=role["Arn"]
    )
    return Machine(machine["stateMachineArn"], queue["QueueUrl"])


def definition(queue_url: str, heartbeat: int) -> str:
    """What modules/runner makes of its template."""
    text = TEMPLATE.read_text("utf-8")
    values = {
        "heartbeat_seconds": str(heartbeat),
        "partition": "aws",
        "queue_url": queue_url,
        "timeout_seconds": str(TIMEOUT),
    }
    for name, value in values.items():
        text = text.replace(f"${{{name}}}", value)
    return json.dumps(json.loads(text))


def _permissions(queue_url: str, bucket: str) -> dict[str, Any]:
    account, name = queue_url.split("/")[-2:]
    send = _statement("sqs:SendMessage", Resource=f"arn:aws:sqs:*:{account}:{name}")
    objects = f"arn:aws:s3:::{bucket}/runs/*"
    keep = _statement("s3:GetObject", "s3:PutObject", Resource=objects)
    keys = f"arn:aws:kms:*:{account}:key/*"
    unlock = _statement("kms:Decrypt", "kms:GenerateDataKey", Resource=keys)
    parts = (send, keep, unlock)
    return {**send, "Statement": [each for part in parts for each in part["Statement"]]}


def _statement(*actions: str, **rest: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": list(actions), **rest}
    return {"Version": "2012-10-17", "Statement": [statement]}
