"""AWS Config: the role it records with. What it delivers to, its channel asks itself."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.sandbox.refusals.refused import Asked, Refused, Rules
from orchestrator.sandbox.refusals.rules.roles import trusts
from orchestrator.sandbox.service_access import on_behalf

SERVICE = "config.amazonaws.com"


def role(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Config API Reference, PutConfigurationRecorder, InvalidRoleException."""
    arn = str((asked.params.get("ConfigurationRecorder") or {}).get("roleARN") or "")
    here = f"arn:aws:config:{asked.region}:{asked.account_id}:*"
    if not arn:
        yield Refused("InvalidRoleException", "You have provided a null or empty role ARN.")
    elif not trusts(arn, SERVICE, on_behalf(SERVICE, here, asked.account_id)):
        yield Refused("InvalidRoleException", f"AWS Config cannot assume the role {arn}")


RULES: Rules = {
    "PutConfigurationRecorder": (role,),
}
