"""Public repositories of ECR, of which an account has one registry for all regions.

Source: Amazon ECR Public User Guide, "Amazon ECR Public registries": its API answers in us-east-1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from orchestrator.findings.arn import resource
from orchestrator.findings.causes import untagged
from orchestrator.findings.errors import unless
from orchestrator.findings.kind import Kind
from orchestrator.findings.remediation import Aws, Json, Permission, Place, Target
from orchestrator.findings.tags import mapping, tag_control

REPOSITORIES = ("arn:{partition}:ecr-public::{account}:repository/*",)
GONE = ("RepositoryNotFoundException",)


def registry(aws: Aws) -> Any:
    return aws("ecr-public", "us-east-1")


def find(_: Place, aws: Aws) -> Iterator[str]:
    for page in registry(aws).get_paginator("describe_repositories").paginate():
        for repository in page["repositories"]:
            yield repository["repositoryArn"]


def read(target: Target, aws: Aws) -> Json | None:
    name = resource(target.arn).removeprefix("repository/")
    answer = unless(GONE, registry(aws).describe_repositories, repositoryNames=[name])
    return answer["repositories"][0] if answer else None


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    return mapping(registry(aws).list_tags_for_resource(resourceArn=target.arn)["tags"])


def add_tag(target: Target, aws: Aws, key: str, value: str) -> None:
    registry(aws).tag_resource(resourceArn=target.arn, tags=[{"Key": key, "Value": value}])


def remove_tag(target: Target, aws: Aws, key: str, _: str) -> None:
    registry(aws).untag_resource(resourceArn=target.arn, tagKeys=[key])


REPOSITORY = Kind(
    resource_type="AwsEcrPublicRepository",
    find=find,
    read=read,
    tags=tags,
    reads=(
        Permission(("ecr-public:DescribeRepositories",), why="it lists those of the registry"),
        Permission(("ecr-public:ListTagsForResource",), REPOSITORIES),
    ),
    created="createdAt",
)
WRITES = (Permission(("ecr-public:TagResource", "ecr-public:UntagResource"), REPOSITORIES),)

REMEDIATIONS = (
    replace(
        tag_control(
            "ECR.4",
            REPOSITORY,
            add_tag,
            remove_tag,
            WRITES,
            untagged("ecr-public", ("CreateRepository",), "UntagResource"),
        ),
        everywhere=True,
    ),
)
"""Source: AWS Security Hub User Guide, "[ECR.4] ECR public repositories should be tagged":
resource type AWS::ECR::PublicRepository."""
