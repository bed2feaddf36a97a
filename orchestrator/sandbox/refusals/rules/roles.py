"""Roles that a service is given: IAM looks them up, which is not yet to take one on."""

from __future__ import annotations

import re

from moto.iam.models import iam_backends

from orchestrator.sandbox.admission import ACTION as ASSUME
from orchestrator.sandbox.conditions import Context
from orchestrator.sandbox.policy import Effect, Question
from orchestrator.sandbox.service_access import says

ROLE = re.compile(r"arn:aws[\w-]*:iam::(\d{12}):role/.+")


def trusts(role_arn: str, service: str, keys: Context) -> bool:
    """Whether there is such a role, and its trust policy lets the service in.

    A role that was just made will do, though STS need not know it yet: the Terraform AWS provider
    hands roles to AWS Config and EventBridge as soon as IAM shows them, and does not try again.
    `keys` are those of the service's AssumeRole.
    """
    match = ROLE.fullmatch(role_arn)
    if match is None or match[1] not in iam_backends:
        return False
    roles = list(iam_backends[match[1]]["aws"].roles.values())
    found = next((one for one in roles if one.arn == role_arn), None)
    if found is None:
        return False
    policy = str(found.assume_role_policy_document)
    return says(policy, service, Question(ASSUME, role_arn, keys)) is Effect.ALLOW
