"""AWS Config: the role it records with. What it delivers to, its channel asks itself."""

from __future__ import annotations

from collections.abc import Iterator

from moto.iam.models import iam_backends

from orchestrator.sandbox.policy import Effect, Question
from orchestrator.sandbox.refusals.refused import Asked, Refused, Rules
from orchestrator.sandbox.service_access import ASSUME, on_behalf, says

SERVICE = "config.amazonaws.com"


def role(asked: Asked) -> Iterator[Refused]:
    """The role is looked up, not yet taken on: a new one need not be seen everywhere.

    Source: AWS Config API Reference, PutConfigurationRecorder, InvalidRoleException; the Terraform
    AWS provider puts a recorder right after its role and does not try again.
    """
    arn = str((asked.params.get("ConfigurationRecorder") or {}).get("roleARN") or "")
    if not arn:
        yield Refused("InvalidRoleException", "You have provided a null or empty role ARN.")
    elif not _trusts(arn, asked):
        yield Refused("InvalidRoleException", f"AWS Config cannot assume the role {arn}")


def _trusts(arn: str, asked: Asked) -> bool:
    roles = list(iam_backends[asked.account_id]["aws"].roles.values())
    found = next((one for one in roles if one.arn == arn), None)
    if found is None:
        return False
    here = f"arn:aws:config:{asked.region}:{asked.account_id}:*"
    question = Question(ASSUME, arn, on_behalf(SERVICE, here, asked.account_id))
    return says(str(found.assume_role_policy_document), SERVICE, question) is Effect.ALLOW


RULES: Rules = {
    "PutConfigurationRecorder": (role,),
}
