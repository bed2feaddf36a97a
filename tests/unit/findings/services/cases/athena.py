from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.athena.models import athena_backends

from orchestrator.findings.remediation import Aws, Value
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import Overlay

TAGGING: dict[str, Value] = {
    "requiredTagKeys": ("owner",),
    "TagKey": "owner",
    "TagValue": "payments",
}


def a_workgroup(aws: Aws, *, measured: bool = False) -> str:
    name = "measured" if measured else "quiet"
    aws("athena").create_work_group(
        Name=name,
        Configuration={"PublishCloudWatchMetricsEnabled": measured},
        Tags=cycle.TAG_LIST,
    )
    return f"arn:aws:athena:eu-west-1:123456789012:workgroup/{name}"


def updating() -> Overlay:
    """UpdateWorkGroup, as moto would have to do it."""

    def update(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        group = athena_backends["123456789012"]["eu-west-1"].work_groups[asked["WorkGroup"]]
        group.configuration.update(asked["ConfigurationUpdates"])
        return {}

    return {("athena", "UpdateWorkGroup"): update}


def an_owned_workgroup(aws: Aws) -> str:
    arn = a_workgroup(aws, measured=True)
    aws("athena").tag_resource(ResourceARN=arn, Tags=[{"Key": "owner", "Value": "x"}])
    return arn


CASES = (
    Case(
        "Athena.4",
        a_workgroup,
        lambda aws: a_workgroup(aws, measured=True),
        "arn:aws:athena:eu-west-1:123456789012:workgroup/none",
        overlay=updating,
    ),
    Case(
        "Athena.3",
        a_workgroup,
        an_owned_workgroup,
        "arn:aws:athena:eu-west-1:123456789012:workgroup/none",
        TAGGING,
    ),
)
