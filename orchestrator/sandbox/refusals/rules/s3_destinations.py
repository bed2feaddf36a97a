"""Whom a bucket may notify: S3 asks each target's policy when the configuration is put."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.sandbox.handover import refused
from orchestrator.sandbox.refusals.refused import Asked, Refused
from orchestrator.sandbox.service_access import on_behalf

KINDS = {
    "QueueConfigurations": "QueueArn",
    "TopicConfigurations": "TopicArn",
    "LambdaFunctionConfigurations": "LambdaFunctionArn",
}
SERVICE = "s3.amazonaws.com"


def notified_targets(asked: Asked) -> Iterator[Refused]:
    """Source: Amazon S3 User Guide, "Granting permissions to publish event notifications"."""
    if asked.params.get("SkipDestinationValidation"):
        return
    configuration = asked.params.get("NotificationConfiguration") or {}
    keys = on_behalf(SERVICE, f"arn:aws:s3:::{asked.text('Bucket')}", asked.account_id)
    for kind, name in KINDS.items():
        for one in configuration.get(kind) or []:
            if refused(SERVICE, one[name], keys):
                text = "Unable to validate the following destination configurations"
                yield Refused("InvalidArgument", text)
