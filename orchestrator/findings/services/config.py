"""The recorder of AWS Config."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.findings.arn import account
from orchestrator.findings.causes import Cause, says
from orchestrator.findings.remediation import (
    Aws,
    Check,
    Json,
    Parameter,
    Permission,
    Place,
    Refused,
    Remediation,
    Risk,
    Status,
    Target,
    switch,
)

SERVICE_ROLE = "role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"


def find(place: Place, _: Aws) -> Iterator[str]:
    yield account(place)


def recorder(aws: Aws) -> Json | None:
    """AWS Config has at most one a region that the account itself has made."""
    found = aws("config").describe_configuration_recorders()["ConfigurationRecorders"]
    return found[0] if found else None


def recording(aws: Aws) -> bool:
    states = aws("config").describe_configuration_recorder_status()
    return any(state["recording"] for state in states["ConfigurationRecordersStatus"])


def fault(found: Json | None, target: Target) -> str:
    """What is wrong with how the recorder is made, whether it runs or not."""
    if found is None:
        return "there is no recorder"
    by_service = found["roleARN"].endswith(SERVICE_ROLE)
    if switch(target, "includeConfigServiceLinkedRoleCheck") and not by_service:
        return "the recorder does not use AWS Config's service-linked role"
    return ""


def partial(found: Json) -> bool:
    """Whether only listed types are recorded; which of them the controls need, AWS knows."""
    group = found.get("recordingGroup", {})
    strategy = group.get("recordingStrategy", {}).get("useOnly", "")
    excluding = strategy == "EXCLUSION_BY_RESOURCE_TYPES"
    return not (group.get("allSupported") or excluding)


def check(target: Target, aws: Aws) -> Check:
    found = recorder(aws)
    if note := fault(found, target):
        return Check(Status.FAILS, note)
    if not recording(aws):
        return Check(Status.FAILS, "the recorder is stopped")
    if found and partial(found):
        return Check(Status.UNCLEAR, "only listed types are recorded")
    return Check(Status.PASSES)


def before(target: Target, aws: Aws) -> Json:
    found = recorder(aws)
    return {
        "name": found["name"] if found else "",
        "recording": recording(aws),
        "fault": fault(found, target),
    }


def fix(_: Target, aws: Aws, before: Json) -> None:
    if before["fault"]:
        raise Refused(f"{before['fault']}; the stack 'account' makes the recorder: roll it out")
    aws("config").start_configuration_recorder(ConfigurationRecorderName=before["name"])


def undo(_: Target, aws: Aws, before: Json) -> None:
    aws("config").stop_configuration_recorder(ConfigurationRecorderName=before["name"])


REMEDIATIONS = (
    Remediation(
        name="start-recorder",
        controls=("Config.1",),
        causes=(
            Cause(
                "config",
                (
                    "StopConfigurationRecorder",
                    "DeleteConfigurationRecorder",
                    "DeleteDeliveryChannel",
                ),
            ),
            Cause(
                "config", ("PutConfigurationRecorder",), says("allSupported", "false"), sure=False
            ),
        ),
        resource_type="AwsAccount",
        risk=Risk.REVERSIBLE,
        effect="Starts the recorder of AWS Config that is there and stopped.",
        breaks="Nothing.",
        reads=(
            Permission(
                (
                    "config:DescribeConfigurationRecorders",
                    "config:DescribeConfigurationRecorderStatus",
                ),
                why="AWS Config describes all recorders together",
            ),
        ),
        writes=(
            Permission(
                ("config:StartConfigurationRecorder", "config:StopConfigurationRecorder"),
                why="not every region knows recorders as resources",
            ),
        ),
        find=find,
        check=check,
        before=before,
        fix=fix,
        undo=undo,
        tags=None,
        cost="AWS Config's price for each change that is recorded.",
        parameters={
            "includeConfigServiceLinkedRoleCheck": Parameter(
                True,
                "Whether the recorder must use AWS Config's service-linked role.",
                "includeConfigServiceLinkedRoleCheck",
            )
        },
    ),
)
