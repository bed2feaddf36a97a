"""GuardDuty in an organization: the designation makes a detector, members get theirs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.services.conftest import (
    HOME,
    MANAGEMENT,
    MEMBER,
    NESTED_UNIT,
    OTHER,
    OUTSIDER,
    SECURITY,
    Cloud,
    error_of,
)


@pytest.fixture
def guardduty(cloud: Cloud) -> Any:
    management = cloud.client("guardduty", MANAGEMENT)
    management.enable_organization_admin_account(AdminAccountId=SECURITY)
    return cloud.client("guardduty", SECURITY)


def detector(cloud: Cloud, account: str, region: str = HOME) -> list[str]:
    return list(cloud.client("guardduty", account, region).list_detectors()["DetectorIds"])


def test_the_designation_makes_the_administrators_detector_in_that_region(
    cloud: Cloud, guardduty: Any
) -> None:
    assert len(detector(cloud, SECURITY)) == 1
    assert detector(cloud, SECURITY, OTHER) == []
    management = cloud.client("guardduty", MANAGEMENT)
    accounts = management.list_organization_admin_accounts()["AdminAccounts"]
    assert accounts == [{"AdminAccountId": SECURITY, "AdminStatus": "ENABLED"}]
    member = cloud.client("guardduty", MEMBER)
    call = member.enable_organization_admin_account
    assert error_of(call, AdminAccountId=MEMBER) == "BadRequestException"
    assert error_of(member.list_organization_admin_accounts) == "BadRequestException"


def test_all_accounts_become_members_with_a_detector(cloud: Cloud, guardduty: Any) -> None:
    [own] = detector(cloud, SECURITY)
    guardduty.update_organization_configuration(
        DetectorId=own,
        AutoEnableOrganizationMembers="ALL",
        Features=[{"Name": "S3_DATA_EVENTS", "AutoEnable": "ALL"}],
    )

    members = guardduty.list_members(DetectorId=own)["Members"]
    assert MEMBER in {member["AccountId"] for member in members}
    assert SECURITY not in {member["AccountId"] for member in members}
    assert len(detector(cloud, MEMBER)) == 1
    described = guardduty.describe_organization_configuration(DetectorId=own)
    assert described["Features"] == [{"Name": "S3_DATA_EVENTS", "AutoEnable": "ALL"}]


def on(client: Any, detector_id: str) -> set[str]:
    """The features that can be off, and are on."""
    found = client.get_detector(DetectorId=detector_id)["Features"]
    always = {"CLOUD_TRAIL", "DNS_LOGS", "FLOW_LOGS"}
    return {each["Name"] for each in found if each["Status"] == "ENABLED"} - always


def test_a_feature_of_the_organization_reaches_every_members_detector(
    cloud: Cloud, guardduty: Any
) -> None:
    [own] = detector(cloud, SECURITY)
    wanted = [
        {"Name": "S3_DATA_EVENTS", "AutoEnable": "ALL"},
        {"Name": "RDS_LOGIN_EVENTS", "AutoEnable": "NONE"},
    ]
    guardduty.update_organization_configuration(
        DetectorId=own, AutoEnableOrganizationMembers="ALL", Features=wanted
    )

    member = cloud.client("guardduty", MEMBER)
    [theirs] = detector(cloud, MEMBER)
    assert on(member, theirs) == {"S3_DATA_EVENTS"}
    assert on(guardduty, own) == set()


def test_a_new_detector_watches_all_but_what_runs(cloud: Cloud) -> None:
    client = cloud.client("guardduty", MEMBER)
    made = client.create_detector(
        Enable=True, Features=[{"Name": "LAMBDA_NETWORK_LOGS", "Status": "DISABLED"}]
    )["DetectorId"]

    assert on(client, made) == {
        *("S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION", "RDS_LOGIN_EVENTS")
    }


def test_a_data_source_and_its_feature_are_one(cloud: Cloud) -> None:
    client = cloud.client("guardduty", MEMBER)
    made = client.create_detector(Enable=True, DataSources={"S3Logs": {"Enable": False}})
    own = made["DetectorId"]
    assert "S3_DATA_EVENTS" not in on(client, own)

    client.update_detector(
        DetectorId=own, Features=[{"Name": "S3_DATA_EVENTS", "Status": "ENABLED"}]
    )

    sources = client.get_detector(DetectorId=own)["DataSources"]
    assert sources["S3Logs"]["Status"] == sources["CloudTrail"]["Status"] == "ENABLED"
    assert "RDS_LOGIN_EVENTS" in on(client, own)


def test_the_management_account_is_a_member_only_with_a_detector_of_its_own(
    cloud: Cloud, guardduty: Any
) -> None:
    [own] = detector(cloud, SECURITY)
    everybody = {"DetectorId": own, "AutoEnableOrganizationMembers": "ALL"}
    guardduty.update_organization_configuration(**everybody)
    assert detector(cloud, MANAGEMENT) == []

    cloud.client("guardduty", MANAGEMENT).create_detector(Enable=True)
    guardduty.update_organization_configuration(**everybody)

    members = guardduty.list_members(DetectorId=own)["Members"]
    assert MANAGEMENT in {member["AccountId"] for member in members}


def test_malware_protection_of_members_wants_trusted_access_of_its_own(
    cloud: Cloud, guardduty: Any
) -> None:
    [own] = detector(cloud, SECURITY)
    call = guardduty.update_organization_configuration
    wanted = {
        "DetectorId": own,
        "AutoEnableOrganizationMembers": "ALL",
        "Features": [{"Name": "EBS_MALWARE_PROTECTION", "AutoEnable": "ALL"}],
    }
    assert error_of(call, **wanted) == "BadRequestException"

    cloud.client("organizations").enable_aws_service_access(
        ServicePrincipal="malware-protection.guardduty.amazonaws.com"
    )
    call(**wanted)


def test_an_account_that_joins_later_is_enabled_too(cloud: Cloud, guardduty: Any) -> None:
    [own] = detector(cloud, SECURITY)
    guardduty.update_organization_configuration(DetectorId=own, AutoEnableOrganizationMembers="NEW")
    assert detector(cloud, OUTSIDER) == []
    organizations = cloud.client("organizations")
    parent = organizations.list_parents(ChildId=OUTSIDER)["Parents"][0]["Id"]

    organizations.move_account(
        AccountId=OUTSIDER, SourceParentId=parent, DestinationParentId=NESTED_UNIT
    )

    assert len(detector(cloud, OUTSIDER)) == 1


def test_the_organizations_configuration_is_the_administrators(
    cloud: Cloud, guardduty: Any
) -> None:
    member = cloud.client("guardduty", MEMBER)
    own = member.create_detector(Enable=True)["DetectorId"]
    call = member.describe_organization_configuration
    assert error_of(call, DetectorId=own) == "BadRequestException"
    unknown = guardduty.describe_organization_configuration
    assert error_of(unknown, DetectorId="0" * 32) == "BadRequestException"


def test_findings_can_be_published_to_a_bucket(cloud: Cloud, guardduty: Any) -> None:
    [own] = detector(cloud, SECURITY)
    properties = {"DestinationArn": "arn:aws:s3:::findings", "KmsKeyArn": "arn:aws:kms:k"}
    made = guardduty.create_publishing_destination(
        DetectorId=own, DestinationType="S3", DestinationProperties=properties
    )["DestinationId"]

    found = guardduty.describe_publishing_destination(DetectorId=own, DestinationId=made)
    assert found["DestinationProperties"] == properties
    guardduty.delete_publishing_destination(DetectorId=own, DestinationId=made)
    call = guardduty.describe_publishing_destination
    assert error_of(call, DetectorId=own, DestinationId=made) == "BadRequestException"


def test_a_detector_without_findings_lists_none(cloud: Cloud, guardduty: Any) -> None:
    [own] = detector(cloud, SECURITY)

    assert guardduty.list_findings(DetectorId=own)["FindingIds"] == []
    assert error_of(guardduty.list_findings, DetectorId="0" * 32) == "BadRequestException"
