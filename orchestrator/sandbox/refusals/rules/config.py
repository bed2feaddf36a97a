"""AWS Config: the role it records with. What it delivers to, its channel asks itself."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.sandbox.refusals.refused import Asked, Refused, Rules
from orchestrator.sandbox.service_access import entry_refusal, on_behalf

SERVICE = "config.amazonaws.com"


def role(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Config API Reference, PutConfigurationRecorder, InvalidRoleException."""
    arn = str((asked.params.get("ConfigurationRecorder") or {}).get("roleARN") or "")
    keys = on_behalf(SERVICE, _here(asked), asked.account_id)
    if not arn:
        yield Refused("InvalidRoleException", "You have provided a null or empty role ARN.")
    elif entry_refusal(arn, SERVICE, keys):
        yield Refused("InvalidRoleException", f"AWS Config cannot assume the role {arn}")


def _here(asked: Asked) -> str:
    return f"arn:aws:config:{asked.region}:{asked.account_id}:*"


RULES: Rules = {
    "PutConfigurationRecorder": (role,),
}
