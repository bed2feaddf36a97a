from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from orchestrator.findings.remediation import Aws, Value
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import Overlay

ARN = "arn:aws:ecr-public::123456789012:repository/"
TAGGING: dict[str, Value] = {
    "requiredTagKeys": ("owner",),
    "TagKey": "owner",
    "TagValue": "payments",
}


class Registry:
    """A public registry, which moto has not, with one repository that fails and one that passes."""

    def __init__(self) -> None:
        self.tags = {"team/app": dict(cycle.TAGS), "owned": {"owner": "x"}}

    def describe(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        names = asked.get("repositoryNames", list(self.tags))
        if missing := set(names) - set(self.tags):
            error: Any = {"Code": "RepositoryNotFoundException", "Message": str(missing)}
            raise ClientError({"Error": error}, "DescribeRepositories")
        made = datetime(2026, 1, 1, tzinfo=UTC)
        found = [{"repositoryArn": f"{ARN}{each}", "createdAt": made} for each in names]
        return {"repositories": found}

    def of(self, asked: Mapping[str, Any]) -> dict[str, str]:
        return self.tags[asked["resourceArn"].removeprefix(ARN)]

    def listed(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"tags": [{"Key": key, "Value": value} for key, value in self.of(asked).items()]}

    def tag(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        self.of(asked).update({each["Key"]: each["Value"] for each in asked["tags"]})
        return {}

    def untag(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        for key in asked["tagKeys"]:
            self.of(asked).pop(key, None)
        return {}

    def overlay(self) -> Overlay:
        return {
            ("ecr-public", "DescribeRepositories"): self.describe,
            ("ecr-public", "ListTagsForResource"): self.listed,
            ("ecr-public", "TagResource"): self.tag,
            ("ecr-public", "UntagResource"): self.untag,
        }


def a_repository(_: Aws) -> str:
    return f"{ARN}team/app"


CASES = (
    Case(
        "ECR.4",
        a_repository,
        lambda _: f"{ARN}owned",
        f"{ARN}none",
        TAGGING,
        overlay=lambda: Registry().overlay(),
    ),
)
