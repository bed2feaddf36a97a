"""Private and public repositories of ECR.

An account has one public registry for all regions, and its API answers in us-east-1.
Source: Amazon ECR Public User Guide, "Amazon ECR Public registries".
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from orchestrator.findings.arn import resource
from orchestrator.findings.causes import Cause, omits, untagged
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Parameter,
    Permission,
    Place,
    Refused,
    Remediation,
    Risk,
    Target,
    required,
)
from orchestrator.findings.resource_type import ResourceType, keeping, looking
from orchestrator.findings.tags import mapping, tag_control

PUBLIC_REPOSITORIES = ("arn:{partition}:ecr-public::{account}:repository/*",)
GONE = ("RepositoryNotFoundException",)


def public_registry(aws: Aws) -> Any:
    return aws("ecr-public", "us-east-1")


def find_public(_: Place, aws: Aws) -> Iterator[str]:
    for page in public_registry(aws).get_paginator("describe_repositories").paginate():
        for repository in page["repositories"]:
            yield repository["repositoryArn"]


def read_public(target: Target, aws: Aws) -> Json | None:
    name = resource(target.arn).removeprefix("repository/")
    answer = unless(GONE, public_registry(aws).describe_repositories, repositoryNames=[name])
    return answer["repositories"][0] if answer else None


def public_tags(target: Target, aws: Aws) -> Mapping[str, str]:
    return mapping(public_registry(aws).list_tags_for_resource(resourceArn=target.arn)["tags"])


def add_public_tag(target: Target, aws: Aws, key: str, value: str) -> None:
    public_registry(aws).tag_resource(resourceArn=target.arn, tags=[{"Key": key, "Value": value}])


def remove_public_tag(target: Target, aws: Aws, key: str, _: str) -> None:
    public_registry(aws).untag_resource(resourceArn=target.arn, tagKeys=[key])


PUBLIC_REPOSITORY = ResourceType(
    resource_type="AwsEcrPublicRepository",
    find=find_public,
    read=read_public,
    tags=public_tags,
    reads=(
        Permission(("ecr-public:DescribeRepositories",), why="it lists those of the registry"),
        Permission(("ecr-public:ListTagsForResource",), PUBLIC_REPOSITORIES),
    ),
    created="createdAt",
)
PUBLIC_WRITES = (
    Permission(("ecr-public:TagResource", "ecr-public:UntagResource"), PUBLIC_REPOSITORIES),
)

PUBLIC_REMEDIATIONS = (
    replace(
        tag_control(
            "ECR.4",
            PUBLIC_REPOSITORY,
            add_public_tag,
            remove_public_tag,
            PUBLIC_WRITES,
            untagged("ecr-public", ("CreateRepository",), "UntagResource"),
        ),
        everywhere=True,
    ),
)
"""Source: AWS Security Hub User Guide, "[ECR.4] ECR public repositories should be tagged":
resource type AWS::ECR::PublicRepository."""


REPOSITORIES = ("arn:{partition}:ecr:{region}:{account}:repository/*",)


def find(_: Place, aws: Aws) -> Iterator[str]:
    for page in aws("ecr").get_paginator("describe_repositories").paginate():
        for repository in page["repositories"]:
            yield repository["repositoryArn"]


def own_name(target: Target) -> str:
    """The name, which may hold '/'."""
    return resource(target.arn).removeprefix("repository/")


def read(target: Target, aws: Aws) -> Json | None:
    call = aws("ecr").describe_repositories
    answer = unless(GONE, call, repositoryNames=[own_name(target)])
    return answer["repositories"][0] if answer else None


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    return mapping(aws("ecr").list_tags_for_resource(resourceArn=target.arn)["tags"])


READS = Permission(("ecr:DescribeRepositories", "ecr:ListTagsForResource"), REPOSITORIES)
REPOSITORY = ResourceType(
    resource_type="AwsEcrRepository",
    find=find,
    read=read,
    tags=tags,
    reads=(READS,),
    created="createdAt",
)


def unscanned(repository: Json, _: Target) -> str:
    on_push = repository.get("imageScanningConfiguration", {}).get("scanOnPush")
    return "" if on_push else "images are not scanned when they are pushed"


def scan(target: Target, aws: Aws, on_push: bool) -> None:
    aws("ecr").put_image_scanning_configuration(
        repositoryName=own_name(target), imageScanningConfiguration={"scanOnPush": on_push}
    )


def mutable(repository: Json, _: Target) -> str:
    return "" if repository["imageTagMutability"] == "IMMUTABLE" else "tags can be moved"


def set_mutability(target: Target, aws: Aws, value: str) -> None:
    aws("ecr").put_image_tag_mutability(repositoryName=own_name(target), imageTagMutability=value)


def read_policy(target: Target, aws: Aws) -> Json | None:
    call = aws("ecr").get_lifecycle_policy
    codes = (*GONE, "LifecyclePolicyNotFoundException")
    answer = unless(codes, call, repositoryName=own_name(target))
    if answer is None and read(target, aws) is None:
        return None
    return {"policy": json.loads(answer["lifecyclePolicyText"]) if answer else None}


AGING = ResourceType(
    resource_type=REPOSITORY.resource_type,
    find=find,
    read=read_policy,
    tags=tags,
    reads=(READS, Permission(("ecr:GetLifecyclePolicy",), REPOSITORIES)),
)


def everlasting(repository: Json, _: Target) -> str:
    return "" if repository["policy"] else "images are kept for ever"


def expire(target: Target, aws: Aws, _: Json) -> None:
    policy = required(target, "LifecyclePolicy")
    if not json.loads(policy).get("rules"):
        raise Refused("the lifecycle policy has no rules, and would pass without doing anything")
    aws("ecr").put_lifecycle_policy(repositoryName=own_name(target), lifecyclePolicyText=policy)


def keep(target: Target, aws: Aws, _: Json) -> None:
    unless(
        ("LifecyclePolicyNotFoundException",),
        aws("ecr").delete_lifecycle_policy,
        repositoryName=own_name(target),
    )


REMEDIATIONS = (
    *PUBLIC_REMEDIATIONS,
    Remediation(
        name="scan-images",
        controls=("ECR.1",),
        causes=(
            Cause(
                "ecr",
                ("CreateRepository", "PutImageScanningConfiguration"),
                omits("scanOnPush", "true"),
            ),
        ),
        resource_type=REPOSITORY.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Scans images of the repository for vulnerabilities when they are pushed.",
        breaks="Nothing.",
        reads=REPOSITORY.reads,
        writes=(Permission(("ecr:PutImageScanningConfiguration",), REPOSITORIES),),
        find=REPOSITORY.find,
        check=looking(REPOSITORY, unscanned),
        before=keeping(REPOSITORY, "imageScanningConfiguration"),
        fix=lambda target, aws, _: scan(target, aws, True),
        undo=lambda target, aws, _: scan(target, aws, False),
        tags=REPOSITORY.tags,
    ),
    Remediation(
        name="fix-image-tags",
        controls=("ECR.2",),
        causes=(
            Cause(
                "ecr",
                ("CreateRepository", "PutImageTagMutability"),
                omits("imageTagMutability", "IMMUTABLE"),
            ),
        ),
        resource_type=REPOSITORY.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Lets no tag of the repository be moved to another image.",
        breaks="Pipelines that push a tag again, such as 'latest'.",
        reads=REPOSITORY.reads,
        writes=(Permission(("ecr:PutImageTagMutability",), REPOSITORIES),),
        find=REPOSITORY.find,
        check=looking(REPOSITORY, mutable),
        before=keeping(REPOSITORY, "imageTagMutability"),
        fix=lambda target, aws, _: set_mutability(target, aws, "IMMUTABLE"),
        undo=lambda target, aws, was: set_mutability(target, aws, was["imageTagMutability"]),
        tags=REPOSITORY.tags,
    ),
    Remediation(
        name="expire-images",
        controls=("ECR.3",),
        causes=(Cause("ecr", ("CreateRepository", "DeleteLifecyclePolicy")),),
        resource_type=AGING.resource_type,
        risk=Risk.DESTRUCTIVE,
        effect="Gives the repository the lifecycle policy of your decision.",
        breaks="Images that the policy covers are deleted within a day, and do not come back.",
        reads=AGING.reads,
        writes=(Permission(("ecr:PutLifecyclePolicy", "ecr:DeleteLifecyclePolicy"), REPOSITORIES),),
        find=AGING.find,
        check=looking(AGING, everlasting),
        before=keeping(AGING, "policy"),
        fix=expire,
        undo=keep,
        tags=AGING.tags,
        by_hand="A lifecycle policy deletes images; which are still needed only a person knows.",
        parameters={"LifecyclePolicy": Parameter("", "The policy, as JSON in one text.")},
    ),
)
