from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from orchestrator.findings.remediation import Aws
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import Overlay

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
