"""What Lambda does as a function's role: whether it may read a queue for it, and write its log.

Source: AWS Lambda Developer Guide, "Creating and configuring an Amazon SQS event source mapping",
section "Execution role permissions", and "Sending Lambda function logs to CloudWatch Logs".
"""

from __future__ import annotations

from typing import Any

from moto.backends import get_backend

from orchestrator.sandbox.key_access import key_arn, key_refusal
from orchestrator.sandbox.service_access import on_behalf, role_refusal

SERVICE = "lambda.amazonaws.com"
NEEDED = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")


def refused(function: Any, queue_arn: str) -> str:
    """Why not; '' when it may."""
    keys = on_behalf(SERVICE, function.function_arn, function.account_id)
    for name in NEEDED:
        problem = role_refusal(function.role, SERVICE, f"sqs:{name}", queue_arn, keys)
        if problem:
            return problem
    _, _, _, region, account_id, name = queue_arn.split(":")
    queue = get_backend("sqs")[account_id][region].queues.get(name)
    key = str(queue.kms_master_key_id or "") if queue else ""
    if not key:
        return ""
    via = f"sqs.{region}.amazonaws.com"
    arn = key_arn(key, account_id, region)
    return key_refusal(arn, ["kms:Decrypt"], function.role, via, {})


def unlogged(function: Any) -> str:
    """Why nothing of what the function prints is kept; '' when it is.

    Source, of the key: CloudWatch Logs User Guide, "Encrypt log data in CloudWatch Logs using AWS
    KMS".
    """
    region, account_id = function.region, function.account_id
    group = f"arn:aws:logs:{region}:{account_id}:log-group:{function.logs_group_name}"
    keys = on_behalf(SERVICE, function.function_arn, account_id)
    for action, stream in (("logs:CreateLogStream", ""), ("logs:PutLogEvents", "any")):
        resource = f"{group}:log-stream:{stream}"
        if problem := role_refusal(function.role, SERVICE, action, resource, keys):
            return problem
    held = get_backend("logs")[account_id][region].groups.get(function.logs_group_name)
    key = str(held.kms_key_id or "") if held else ""
    if not key:
        return ""
    service = f"logs.{region}.amazonaws.com"
    said = {**on_behalf(service, group, account_id), "kms:encryptioncontext:aws:logs:arn": [group]}
    arn = key_arn(key, account_id, region)
    return key_refusal(arn, ("kms:Encrypt", "kms:GenerateDataKey"), service, service, said)


def at_creation(backend: Any, spec: Any) -> str:
    """What CreateEventSourceMapping of a queue says of a role that may not read it."""
    source = str(spec.get("EventSourceArn") or "")
    if ":sqs:" not in source:
        return ""
    function = backend.get_function(spec.get("FunctionName", ""))
    problem = refused(function, source)
    said = "The provided execution role does not have permissions to call ReceiveMessage on SQS"
    return f"{said}: {problem}" if problem else ""
