"""The trail of an organization, as its members see it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.archives import a_bucket_for
from tests.sandbox.services.conftest import HOME, MEMBER, OTHER, Cloud, error_of

ALL = {
    "ReadWriteType": "All",
    "IncludeManagementEvents": True,
    "DataResources": [],
    "ExcludeManagementEventSources": [],
}
PLACE = {"CreateBucketConfiguration": {"LocationConstraint": HOME}}


@pytest.fixture
def trail(cloud: Cloud) -> str:
    """The ARN of a running trail of the organization and of all regions."""
    a_bucket_for(cloud.client("s3"), "the-trails", "cloudtrail", **PLACE)
    cloud.client("organizations").enable_aws_service_access(
        ServicePrincipal="cloudtrail.amazonaws.com"
    )
    management = cloud.client("cloudtrail")
    made = management.create_trail(
        Name="everybody",
        S3BucketName="the-trails",
        IsMultiRegionTrail=True,
        IsOrganizationTrail=True,
    )
    management.start_logging(Name="everybody")
    return str(made["TrailARN"])


def names(client: Any, **asked: bool) -> list[str]:
    return [each["TrailARN"] for each in client.describe_trails(**asked)["trailList"]]


@pytest.mark.parametrize("region", [HOME, OTHER])
def test_a_member_sees_the_organizations_trail_and_reads_it(
    cloud: Cloud, trail: str, region: str
) -> None:
    member = cloud.client("cloudtrail", MEMBER, region)

    assert names(member) == [trail]
    assert names(member, includeShadowTrails=False) == []
    assert [each["TrailARN"] for each in member.list_trails()["Trails"]] == [trail]
    assert member.get_trail_status(Name=trail)["IsLogging"]
    assert member.get_trail(Name=trail)["Trail"]["HomeRegion"] == HOME
    assert member.get_event_selectors(TrailName=trail)["EventSelectors"] == [ALL]


def test_a_member_changes_nothing_of_it(cloud: Cloud, trail: str) -> None:
    member, refused = cloud.client("cloudtrail", MEMBER), "NotOrganizationMasterAccountException"

    assert error_of(member.stop_logging, Name=trail) == refused
    assert error_of(member.delete_trail, Name=trail) == refused
    assert cloud.client("cloudtrail").get_trail_status(Name=trail)["IsLogging"]


def test_a_trail_that_is_not_there_cannot_be_deleted(cloud: Cloud) -> None:
    assert (
        error_of(cloud.client("cloudtrail").delete_trail, Name="none") == "TrailNotFoundException"
    )


def test_selectors_of_one_kind_replace_those_of_the_other(cloud: Cloud, trail: str) -> None:
    management = cloud.client("cloudtrail")
    assert not management.get_trail(Name=trail)["Trail"]["HasCustomEventSelectors"]
    management.put_event_selectors(
        TrailName="everybody",
        AdvancedEventSelectors=[
            {"FieldSelectors": [{"Field": "eventCategory", "Equals": ["Management"]}]}
        ],
    )
    assert "EventSelectors" not in management.get_event_selectors(TrailName="everybody")

    management.put_event_selectors(
        TrailName="everybody",
        EventSelectors=[{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True}],
    )

    found = management.get_event_selectors(TrailName="everybody")
    assert found["EventSelectors"][0]["ReadWriteType"] == "WriteOnly"
    assert "AdvancedEventSelectors" not in found
    assert management.get_trail(Name=trail)["Trail"]["HasCustomEventSelectors"]


def test_the_organizations_trail_keeps_the_role_of_each_account_that_it_records(
    cloud: Cloud, trail: str
) -> None:
    iam, role = cloud.client("iam", MEMBER), "AWSServiceRoleForCloudTrail"
    iam.create_service_linked_role(AWSServiceName="cloudtrail.amazonaws.com")

    task = iam.delete_service_linked_role(RoleName=role)["DeletionTaskId"]

    ended = iam.get_service_linked_role_deletion_status(DeletionTaskId=task)
    assert ended["Status"] == "FAILED"
    assert ended["Reason"]["RoleUsageList"] == [{"Region": HOME, "Resources": [trail]}]
