"""The parts of GuardDuty that can be tagged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.findings.arn import of, resource
from orchestrator.findings.causes import untagged
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import Aws, Json, Permission, Place, Target
from orchestrator.findings.resource_type import ResourceType
from orchestrator.findings.tags import tag_control

DETECTORS = ("arn:{partition}:guardduty:{region}:{account}:detector/*",)
FILTERS = ("arn:{partition}:guardduty:{region}:{account}:detector/*/filter/*",)
SETS = ("arn:{partition}:guardduty:{region}:{account}:detector/*/ipset/*",)
GONE = ("BadRequestException",)
"""What GuardDuty answers where there is no such detector, filter or set."""


def detectors(aws: Aws) -> list[str]:
    """Their ids; GuardDuty has one a region at most."""
    pages = aws("guardduty").get_paginator("list_detectors").paginate()
    return [detector for page in pages for detector in page["DetectorIds"]]


def parts(target: Target) -> tuple[str, str]:
    """The detector's id, and what follows: 'filter/x' of 'detector/1/filter/x'."""
    _, found, *rest = resource(target.arn).split("/")
    return found, "/".join(rest)


def find_detectors(place: Place, aws: Aws) -> Iterator[str]:
    for found in detectors(aws):
        yield of(place, "guardduty", f"detector/{found}")


def find_filters(place: Place, aws: Aws) -> Iterator[str]:
    for found in detectors(aws):
        pages = aws("guardduty").get_paginator("list_filters").paginate(DetectorId=found)
        for name in (name for page in pages for name in page["FilterNames"]):
            yield of(place, "guardduty", f"detector/{found}/filter/{name}")


def find_sets(place: Place, aws: Aws) -> Iterator[str]:
    for found in detectors(aws):
        pages = aws("guardduty").get_paginator("list_ip_sets").paginate(DetectorId=found)
        for key in (key for page in pages for key in page["IpSetIds"]):
            yield of(place, "guardduty", f"detector/{found}/ipset/{key}")


def read_detector(target: Target, aws: Aws) -> Json | None:
    found, _ = parts(target)
    return {"id": found} if found in detectors(aws) else None


def read_filter(target: Target, aws: Aws) -> Json | None:
    found, rest = parts(target)
    call = aws("guardduty").get_filter
    answer: Json | None = unless(
        GONE, call, DetectorId=found, FilterName=rest.removeprefix("filter/")
    )
    return answer


def read_set(target: Target, aws: Aws) -> Json | None:
    found, rest = parts(target)
    call = aws("guardduty").get_ip_set
    answer: Json | None = unless(GONE, call, DetectorId=found, IpSetId=rest.removeprefix("ipset/"))
    return answer


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    return dict(aws("guardduty").list_tags_for_resource(ResourceArn=target.arn).get("Tags", {}))


def add_tag(target: Target, aws: Aws, key: str, value: str) -> None:
    aws("guardduty").tag_resource(ResourceArn=target.arn, Tags={key: value})


def remove_tag(target: Target, aws: Aws, key: str, _: str) -> None:
    aws("guardduty").untag_resource(ResourceArn=target.arn, TagKeys=[key])


LISTING = Permission(("guardduty:ListDetectors",), why="GuardDuty lists an account's detectors")
TAGGING = ("guardduty:TagResource", "guardduty:UntagResource")
DETECTOR = ResourceType(
    resource_type="AwsGuardDutyDetector",
    find=find_detectors,
    read=read_detector,
    tags=tags,
    reads=(LISTING, Permission(("guardduty:ListTagsForResource",), DETECTORS)),
)
FILTER = ResourceType(
    resource_type="AwsGuardDutyFilter",
    find=find_filters,
    read=read_filter,
    tags=tags,
    reads=(
        LISTING,
        Permission(("guardduty:ListFilters",), why="GuardDuty lists all of an account"),
        Permission(("guardduty:GetFilter", "guardduty:ListTagsForResource"), FILTERS),
    ),
)
IP_SET = ResourceType(
    resource_type="AwsGuardDutyIPSet",
    find=find_sets,
    read=read_set,
    tags=tags,
    reads=(
        LISTING,
        Permission(("guardduty:ListIPSets",), why="GuardDuty lists all of an account"),
        Permission(("guardduty:GetIPSet", "guardduty:ListTagsForResource"), SETS),
    ),
)

REMEDIATIONS = (
    tag_control(
        "GuardDuty.2",
        FILTER,
        add_tag,
        remove_tag,
        (Permission(TAGGING, FILTERS),),
        untagged("guardduty", ("CreateFilter",), "UntagResource"),
    ),
    tag_control(
        "GuardDuty.3",
        IP_SET,
        add_tag,
        remove_tag,
        (Permission(TAGGING, SETS),),
        untagged("guardduty", ("CreateIPSet",), "UntagResource"),
    ),
    tag_control(
        "GuardDuty.4",
        DETECTOR,
        add_tag,
        remove_tag,
        (Permission(TAGGING, DETECTORS),),
        untagged("guardduty", ("CreateDetector",), "UntagResource"),
    ),
)
