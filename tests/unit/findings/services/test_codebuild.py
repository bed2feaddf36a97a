from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from moto import mock_aws

from orchestrator.findings.remediation import Aws, Refused, Remediation, Target
from orchestrator.findings.services.codebuild import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import Overlay, RecordingAws

GONE = "arn:aws:codebuild:eu-west-1:123456789012:project/none"
SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
OFF = {"cloudWatchLogs": {"status": "DISABLED"}, "s3Logs": {"status": "DISABLED"}}


def a_project(aws: Aws, name: str = "build", **given: Any) -> str:
    environment = {
        "type": "LINUX_CONTAINER",
        "image": "aws/codebuild/standard:7.0",
        "computeType": "BUILD_GENERAL1_SMALL",
        **given.pop("environment", {}),
    }
    aws("codebuild").create_project(
        name=name,
        source={"type": "NO_SOURCE", "buildspec": "version: 0.2"},
        artifacts={"type": "NO_ARTIFACTS"},
        environment=environment,
        serviceRole="arn:aws:iam::123456789012:role/build",
        tags=[{"key": "team", "value": "payments"}],
        **given,
    )
    return f"arn:aws:codebuild:eu-west-1:123456789012:project/{name}"


def with_credentials(aws: Aws) -> str:
    variables = [
        {"name": "STAGE", "value": "prod", "type": "PLAINTEXT"},
        {"name": "AWS_ACCESS_KEY_ID", "value": "AKIAIOSFODNN7EXAMPLE", "type": "PLAINTEXT"},
        {"name": "AWS_SECRET_ACCESS_KEY", "value": SECRET, "type": "PLAINTEXT"},
    ]
    return a_project(aws, environment={"environmentVariables": variables})


def with_parameters(aws: Aws) -> str:
    variable = {"name": "AWS_ACCESS_KEY_ID", "value": "/key", "type": "PARAMETER_STORE"}
    return a_project(aws, "hidden", environment={"environmentVariables": [variable]})


def privileged(aws: Aws) -> str:
    return a_project(aws, environment={"privilegedMode": True})


def with_clear_logs(aws: Aws) -> str:
    s3 = {"status": "ENABLED", "location": "logs/build", "encryptionDisabled": True}
    return a_project(aws, logsConfig={"cloudWatchLogs": {"status": "ENABLED"}, "s3Logs": s3})


def updating() -> Overlay:
    """BatchGetProjects and UpdateProject; moto forgets logsConfig, and cannot update."""
    laid: dict[str, Any] = {}

    def create(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        laid[asked["name"]] = {
            "created": datetime(2026, 1, 1, tzinfo=UTC),
            "arn": f"arn:aws:codebuild:eu-west-1:123456789012:project/{asked['name']}",
            **asked,
        }
        return {"project": laid[asked["name"]]}

    def update(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        laid[asked["name"]] = {**laid[asked["name"]], **asked}
        return {"project": laid[asked["name"]]}

    def read(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"projects": [laid[name] for name in asked["names"] if name in laid]}

    return {
        ("codebuild", "CreateProject"): create,
        ("codebuild", "UpdateProject"): update,
        ("codebuild", "BatchGetProjects"): read,
        ("codebuild", "ListProjects"): lambda _: {"projects": sorted(laid)},
    }


CASES = (
    Case(
        "CodeBuild.2",
        with_credentials,
        with_parameters,
        GONE,
        {"ParameterFolder": "/builds"},
        overlay=updating,
    ),
    Case(
        "CodeBuild.3",
        with_clear_logs,
        lambda aws: a_project(aws, "quiet", logsConfig=OFF),
        GONE,
        overlay=updating,
    ),
    Case(
        "CodeBuild.4",
        lambda aws: a_project(aws, logsConfig=OFF),
        lambda aws: a_project(aws, "loud", logsConfig={"cloudWatchLogs": {"status": "ENABLED"}}),
        GONE,
        overlay=updating,
    ),
    Case(
        "CodeBuild.5",
        privileged,
        lambda aws: a_project(aws, "plain"),
        GONE,
        overlay=updating,
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_violation_is_found_fixed_and_taken_back(case: Case) -> None:
    cycle.hold_cycles(CASES, case, REMEDIATIONS)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_denied_look_is_never_a_pass(case: Case) -> None:
    cycle.hold_denials(case, REMEDIATIONS)


@pytest.mark.parametrize("remediation", REMEDIATIONS, ids=lambda r: r.name)
def test_permissions_are_the_calls_that_are_made(remediation: Remediation) -> None:
    cycle.hold_permissions(CASES, remediation)


def test_every_control_has_a_case() -> None:
    assert cycle.uncovered(CASES, REMEDIATIONS) == set()


def hidden_credentials(aws: RecordingAws) -> tuple[Remediation, Target]:
    hide = cycle.remediation_of("CodeBuild.2", REMEDIATIONS)
    folder = {"ParameterFolder": "/builds"}
    return hide, cycle.target_of(hide, "CodeBuild.2", with_credentials(aws), folder)


def test_no_credential_is_kept_outside_of_aws() -> None:
    with mock_aws():
        aws = RecordingAws(updating())
        hide, target = hidden_credentials(aws)
        kept = hide.before(target, aws)
        hide.fix(target, aws, kept)
        stored = aws("ssm").get_parameter(Name="/builds/build/AWS_SECRET_ACCESS_KEY")["Parameter"]

    assert SECRET not in json.dumps(kept)
    assert "AKIA" not in json.dumps(kept)
    assert stored["Type"] == "SecureString"


def test_a_parameter_of_somebody_else_is_not_overwritten() -> None:
    with mock_aws():
        aws = RecordingAws(updating())
        hide, target = hidden_credentials(aws)
        name = "/builds/build/AWS_ACCESS_KEY_ID"
        aws("ssm").put_parameter(Name=name, Value="something else", Type="SecureString")

        with pytest.raises(Refused, match="holds something else"):
            hide.fix(target, aws, hide.before(target, aws))


def test_without_a_folder_nothing_is_moved() -> None:
    with mock_aws():
        aws = RecordingAws(updating())
        hide = cycle.remediation_of("CodeBuild.2", REMEDIATIONS)
        target = cycle.target_of(hide, "CodeBuild.2", with_credentials(aws), {})

        with pytest.raises(Refused, match="ParameterFolder"):
            hide.before(target, aws)
