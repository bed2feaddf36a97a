"""Health checks of Route 53."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from orchestrator.findings.arn import name
from orchestrator.findings.remediation import Place
from orchestrator.findings.tag_calls import Style, Tagged

CHECK = {"ResourceType": "healthcheck"}


def arn(place: Place, row: Any) -> str:
    """Source: Service Authorization Reference, Amazon Route 53, resource types."""
    return f"arn:{place.partition}:route53:::healthcheck/{row['Id']}"


TAGGED = Tagged(
    control="Route53.1",
    kind="AwsRoute53HealthCheck",
    client="route53",
    iam="route53",
    listing="ListHealthChecks",
    rows="HealthChecks",
    arn=arn,
    resources="arn:{partition}:route53:::healthcheck/*",
    style=Style(
        "ListTagsForResource",
        lambda given, *_: {"ResourceId": name(given), **CHECK},
        "ChangeTagsForResource",
        lambda given, key, value: {
            "ResourceId": name(given),
            "AddTags": [{"Key": key, "Value": value}],
            **CHECK,
        },
        "ChangeTagsForResource",
        lambda given, key, _: {"ResourceId": name(given), "RemoveTagKeys": [key], **CHECK},
    ),
    made_by=("CreateHealthCheck",),
)

REMEDIATIONS = (replace(TAGGED.remediation, everywhere=True),)
