"""Whether a rule may reach its target.

Queues, topics, functions and log groups of the rule's account are reached as EventBridge itself,
by their own policies; everything else, and whatever is in another account, with the target's role.
Source: EventBridge User Guide, "Using resource-based policies for Amazon EventBridge", "IAM roles
for EventBridge", "Sending and receiving events between accounts".
"""

from __future__ import annotations

from typing import Any

from orchestrator.sandbox import handover
from orchestrator.sandbox.extend import Json
from orchestrator.sandbox.service_access import on_behalf, role_refusal

SERVICE = "events.amazonaws.com"
BY_POLICY = frozenset({"lambda", "logs", "sns", "sqs"})


def refused(rule: Any, target: Json, event: Json) -> str:
    """Why the rule cannot reach the target; '' when it can, or nobody has to ask."""
    arn, role = str(target["Arn"]), str(target.get("RoleArn") or "")
    service, account_id = arn.split(":")[2], arn.split(":")[4]
    if service not in handover.ACTIONS or ":archive/" in arn or arn.endswith(":::"):
        return ""
    keys = on_behalf(SERVICE, rule.arn, rule.account_id)
    if not role and (service not in BY_POLICY or account_id != rule.account_id):
        return f"the target {arn} of {rule.arn} has no role"
    if service == "ecs":
        return _task(target, role, rule)
    about = {"events:source": [str(event.get("source", ""))]}
    about["events:detail-type"] = [str(event.get("detail-type", ""))]
    return handover.refused(SERVICE, arn, keys, role=role, about=about)


def _task(target: Json, role: str, rule: Any) -> str:
    """The task definition is what is run, and its roles are passed.

    Source: Amazon ECS Developer Guide, "Amazon ECS EventBridge IAM Role".
    """
    keys = on_behalf(SERVICE, rule.arn, rule.account_id)
    definition = str(target.get("EcsParameters", {}).get("TaskDefinitionArn", ""))
    problem = role_refusal(role, SERVICE, handover.ACTIONS["ecs"], definition, keys)
    passed = {"iam:passedtoservice": ["ecs-tasks.amazonaws.com"]}
    for other in () if problem else _roles(definition):
        problem = problem or role_refusal(role, SERVICE, "iam:PassRole", other, keys, passed)
    return problem


def _roles(definition: str) -> list[str]:
    """Those of the task and of its execution."""
    from moto.ecs.models import ecs_backends  # noqa: PLC0415  moto loads a service when it is used

    _, _, _, region, account_id, name = definition.split(":", 5)
    found = ecs_backends[account_id][region].describe_task_definition(name.partition("/")[2])
    return [role for role in (found.execution_role_arn, found.task_role_arn) if role]
