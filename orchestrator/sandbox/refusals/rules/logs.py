"""Amazon CloudWatch Logs: retention, keys, destinations and subscriptions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from moto.logs.models import logs_backends

from orchestrator.sandbox.data_access import key_refusal
from orchestrator.sandbox.refusals import Asked, Refused, Rules
from orchestrator.sandbox.refusals.rules import documents
from orchestrator.sandbox.service_access import entry_refusal, on_behalf, refusal

INVALID = "InvalidParameterException"
RETENTION = frozenset(
    {
        *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192),
        *(2557, 2922, 3288, 3653),
    }
)
"""Source: Amazon CloudWatch Logs API Reference, PutRetentionPolicy."""

ORGANIZATION = ("aws:principalorgid", "aws:principalorgpaths", "aws:sourceorgid")
MOST_FILTERS = 2
NEEDS_ROLE = (
    "Role ARN is required when creating subscription filter against destination with Organization "
    "access policy"
)


def retention(asked: Asked) -> Iterator[Refused]:
    if asked.params.get("retentionInDays") not in RETENTION:
        yield Refused(INVALID, f"Value at 'retentionInDays' is not one of {sorted(RETENTION)}")


def key(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon CloudWatch Logs User Guide, "Encrypt log data using AWS KMS"."""
    arn, group = asked.text("kmsKeyId"), asked.text("logGroupName")
    if not arn:
        return
    service = f"logs.{asked.region}.amazonaws.com"
    held = f"arn:aws:logs:{asked.region}:{asked.account_id}:log-group:{group}"
    keys: dict[str, Any] = {**on_behalf(service, held, asked.account_id)}
    keys["kms:encryptioncontext:aws:logs:arn"] = [held]
    why = _refused(arn, service, keys)
    if why.startswith("there is no key"):
        text = f"The specified KMS Key Id could not be found. '{arn}'"
        yield Refused(INVALID, text)
    elif why:
        text = "The specified KMS key does not exist or is not allowed to be used with Arn "
        yield Refused("AccessDeniedException", f"{text}'{held}'")


def _refused(arn: str, service: str, keys: Mapping[str, Any]) -> str:
    """The key must name the service, with its region or, as some do, without."""
    actions = ("kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey")
    return key_refusal(arn, actions, service, service, keys)


def destination(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon CloudWatch Logs API Reference, PutDestination; User Guide, cross-account."""
    name = asked.text("destinationName")
    arn = f"arn:aws:logs:{asked.region}:{asked.account_id}:destination:{name}"
    if not _assumable(asked.text("roleArn"), arn, asked):
        text = "Could not deliver test message to specified destination. Check if the destination "
        yield Refused(INVALID, text + "is valid.")


def _assumable(role_arn: str, source: str, asked: Asked) -> bool:
    names = ("logs.amazonaws.com", f"logs.{asked.region}.amazonaws.com")
    keys = [(name, on_behalf(name, source, asked.account_id)) for name in names]
    return any(not entry_refusal(role_arn, name, one) for name, one in keys)


def destination_policy(asked: Asked) -> Iterator[Refused]:
    document = documents.loaded(asked.text("accessPolicy"))
    if document is None or any(documents.malformed(document, resources=True, principals=True)):
        yield Refused(INVALID, "The provided access policy is not valid.")


def subscription(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon CloudWatch Logs User Guide, "Cross-account subscriptions".

    The sentence about the role: aws-cli issue 9474, cloud-custodian PR 8246.
    """
    arn = asked.text("destinationArn")
    yield from _target(arn, asked.text("roleArn"), asked)
    group = logs_backends[asked.account_id][asked.region].groups.get(asked.text("logGroupName"))
    names = set(group.subscription_filters) if group is not None else set()
    if len(names | {asked.text("filterName")}) > MOST_FILTERS:
        yield Refused("LimitExceededException", "Resource limit exceeded.")


def account_policy(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon CloudWatch Logs API Reference, PutAccountPolicy."""
    document = documents.loaded(asked.text("policyDocument"))
    if document is None:
        yield Refused(INVALID, "The policy document is not valid JSON.")
        return
    if asked.text("policyType") == "SUBSCRIPTION_FILTER_POLICY":
        arn, role = str(document.get("DestinationArn", "")), str(document.get("RoleArn") or "")
        if not arn:
            yield Refused(INVALID, "The policy document must contain DestinationArn.")
        yield from _target(arn, role, asked)


def _target(arn: str, role_arn: str, asked: Asked) -> Iterator[Refused]:
    parts = arn.split(":", 6)
    if len(parts) < 6:
        yield Refused(INVALID, "destinationArn is not valid")
        return
    here = f"arn:aws:logs:{asked.region}:{asked.account_id}:*"
    if parts[2] == "logs":
        yield from _cross_account(parts, role_arn, asked)
    elif parts[2] == "lambda":
        keys = on_behalf("logs.amazonaws.com", here, asked.account_id)
        if refusal("logs.amazonaws.com", "lambda:InvokeFunction", arn, keys):
            text = "Could not execute the lambda function. Make sure you have given CloudWatch "
            yield Refused(INVALID, text + "Logs permission to execute your function.")
    elif not role_arn:
        yield Refused(INVALID, "destinationArn for vendor requires a roleArn")
    if role_arn and not _assumable(role_arn, here, asked):
        text = "Could not deliver test message to specified destination. Check if the role can be "
        yield Refused(INVALID, text + "assumed by CloudWatch Logs.")


def _cross_account(parts: list[str], role_arn: str, asked: Asked) -> Iterator[Refused]:
    held = logs_backends[parts[4]][parts[3]].destinations if parts[4] else {}
    found = held.get(":".join(parts))
    if found is None:
        known = asked.operation == "PutSubscriptionFilter"
        code = "ResourceNotFoundException" if known else "InvalidParameterException"
        yield Refused(code, "The specified destination does not exist.")
        return
    policy = documents.loaded(found.access_policy or "{}") or {}
    for one in documents.statements(policy):
        keys = [key for block in (one.get("Condition") or {}).values() for key in block]
        if not role_arn and any(key.lower() in ORGANIZATION for key in keys):
            yield Refused(INVALID, NEEDS_ROLE)


RULES: Rules = {
    "PutRetentionPolicy": (retention,),
    "CreateLogGroup": (key,),
    "AssociateKmsKey": (key,),
    "PutDestination": (destination,),
    "PutDestinationPolicy": (destination_policy,),
    "PutSubscriptionFilter": (subscription,),
    "PutAccountPolicy": (account_policy,),
}
