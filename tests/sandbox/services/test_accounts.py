"""What an account is set up with: EC2's settings, roles, buckets, AWS Config, CloudTrail."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.archives import let_write
from tests.sandbox.fleets import LOG_ARCHIVE
from tests.sandbox.services.conftest import (
    HOME,
    MANAGEMENT,
    MEMBER,
    OTHER,
    SECURITY,
    Cloud,
    error_of,
)


def shared_images(ec2: Any) -> str:
    """What becomes of an image that is made public."""
    return str(ec2.get_image_block_public_access_state()["ImageBlockPublicAccessState"])


def test_settings_of_ec2_are_kept_for_each_account_and_region(cloud: Cloud) -> None:
    ec2 = cloud.client("ec2", MEMBER)
    ec2.enable_ebs_encryption_by_default()
    ec2.modify_instance_metadata_defaults(HttpTokens="required", HttpPutResponseHopLimit=2)
    ec2.enable_snapshot_block_public_access(State="block-all-sharing")
    ec2.disable_image_block_public_access()

    assert ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is True
    defaults = ec2.get_instance_metadata_defaults()["AccountLevel"]
    assert defaults == {"HttpTokens": "required", "HttpPutResponseHopLimit": 2}
    assert ec2.get_snapshot_block_public_access_state()["State"] == "block-all-sharing"
    assert shared_images(ec2) == "unblocked"
    abroad = cloud.client("ec2", MEMBER, OTHER)
    assert shared_images(abroad) == "block-new-sharing"
    assert abroad.get_snapshot_block_public_access_state()["State"] == "unblocked"
    assert abroad.get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is False
    assert abroad.get_instance_metadata_defaults()["AccountLevel"] == {}


def test_a_metadata_default_is_taken_away_by_no_preference(cloud: Cloud) -> None:
    ec2 = cloud.client("ec2", MEMBER)
    ec2.modify_instance_metadata_defaults(HttpTokens="required", HttpEndpoint="enabled")

    ec2.modify_instance_metadata_defaults(HttpTokens="no-preference")

    assert ec2.get_instance_metadata_defaults()["AccountLevel"] == {"HttpEndpoint": "enabled"}
    call = ec2.modify_instance_metadata_defaults
    assert error_of(call, HttpTokens="sometimes") == "InvalidParameterValue"


def test_other_calls_of_ec2_still_reach_moto(cloud: Cloud) -> None:
    assert cloud.client("ec2", MEMBER).describe_regions()["Regions"]


def test_a_service_linked_role_is_made_once_under_its_own_name(cloud: Cloud) -> None:
    iam = cloud.client("iam", MEMBER)
    role = iam.create_service_linked_role(AWSServiceName="config.amazonaws.com")["Role"]

    assert role["RoleName"] == "AWSServiceRoleForConfig"
    call = iam.create_service_linked_role
    assert error_of(call, AWSServiceName="config.amazonaws.com") == "InvalidInput"
    iam.create_service_linked_role(AWSServiceName="guardduty.amazonaws.com")


def test_a_versioned_bucket_with_delete_markers_can_be_emptied(cloud: Cloud) -> None:
    s3 = cloud.client("s3", MEMBER)
    s3.create_bucket(Bucket="versioned", CreateBucketConfiguration={"LocationConstraint": HOME})
    s3.put_bucket_versioning(Bucket="versioned", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="versioned", Key="k", Body=b"x")
    s3.delete_object(Bucket="versioned", Key="k")

    found = s3.list_object_versions(Bucket="versioned")
    for version in (*found["Versions"], *found["DeleteMarkers"]):
        s3.delete_object(Bucket="versioned", Key="k", VersionId=version["VersionId"])
    s3.delete_bucket(Bucket="versioned")


def test_an_unknown_sub_resource_makes_no_bucket(cloud: Cloud) -> None:
    s3 = cloud.client("s3", MEMBER, "us-east-1")
    call = s3.put_bucket_metrics_configuration

    answer = error_of(call, Bucket="none", Id="all", MetricsConfiguration={"Id": "all"})

    assert answer == "SandboxNotImplemented"
    assert s3.list_buckets()["Buckets"] == []


def config_role(cloud: Cloud) -> str:
    iam = cloud.client("iam", MEMBER)
    role = iam.create_service_linked_role(AWSServiceName="config.amazonaws.com")["Role"]
    return str(role["Arn"])


def test_a_recorder_keeps_its_frequency_and_exceptions(cloud: Cloud) -> None:
    config = cloud.client("config", MEMBER)
    recorder = {
        "name": "default",
        "roleARN": config_role(cloud),
        "recordingGroup": {
            "exclusionByResourceTypes": {"resourceTypes": ["AWS::EC2::NetworkInterface"]},
            "recordingStrategy": {"useOnly": "EXCLUSION_BY_RESOURCE_TYPES"},
        },
        "recordingMode": {"recordingFrequency": "DAILY"},
    }
    config.put_configuration_recorder(ConfigurationRecorder=recorder)

    [found] = config.describe_configuration_recorders()["ConfigurationRecorders"]
    assert found["recordingMode"] == {"recordingFrequency": "DAILY"}
    group = found["recordingGroup"]
    assert group["exclusionByResourceTypes"] == {"resourceTypes": ["AWS::EC2::NetworkInterface"]}


@pytest.mark.parametrize("nothing", [{}, {"resourceTypes": []}])
def test_a_recorder_of_everything_is_put_again_without_exceptions(
    cloud: Cloud, nothing: dict[str, list[str]]
) -> None:
    config = cloud.client("config", MEMBER)
    recorder = {
        "name": "default",
        "roleARN": config_role(cloud),
        "recordingGroup": {"allSupported": True, "exclusionByResourceTypes": nothing},
        "recordingMode": {"recordingFrequency": "CONTINUOUS"},
    }

    config.put_configuration_recorder(ConfigurationRecorder=recorder)

    [found] = config.describe_configuration_recorders()["ConfigurationRecorders"]
    assert found["recordingGroup"]["allSupported"]


def test_a_delivery_channel_needs_a_bucket_that_lets_config_write(
    cloud: Cloud,
) -> None:
    config = cloud.client("config", MEMBER)
    config.put_configuration_recorder(
        ConfigurationRecorder={"name": "default", "roleARN": config_role(cloud)}
    )
    channel = {"name": "default", "s3BucketName": "example-logs"}
    call = config.put_delivery_channel
    assert error_of(call, DeliveryChannel=channel) == "NoSuchBucketException"

    s3 = cloud.client("s3", LOG_ARCHIVE)
    s3.create_bucket(Bucket="example-logs", CreateBucketConfiguration={"LocationConstraint": HOME})
    assert error_of(call, DeliveryChannel=channel) == "InsufficientDeliveryPolicyException"
    let_write(s3, "example-logs", "config")
    call(DeliveryChannel=channel)


@pytest.mark.parametrize("account", [MEMBER, SECURITY, MANAGEMENT])
def test_only_the_organizations_administrators_look_at_all_of_it(
    cloud: Cloud, account: str
) -> None:
    organizations = cloud.client("organizations")
    for service in ("access-analyzer", "config"):
        organizations.enable_aws_service_access(ServicePrincipal=f"{service}.amazonaws.com")
        organizations.register_delegated_administrator(
            AccountId=SECURITY, ServicePrincipal=f"{service}.amazonaws.com"
        )
    aggregator = {
        "ConfigurationAggregatorName": "all",
        "OrganizationAggregationSource": {
            "RoleArn": f"arn:aws:iam::{account}:role/aggregator",
            "AllAwsRegions": True,
        },
    }
    analyzer = {"analyzerName": "all", "type": "ORGANIZATION"}
    put = cloud.client("config", account).put_configuration_aggregator
    create = cloud.client("accessanalyzer", account).create_analyzer

    if account == MEMBER:
        assert error_of(put, **aggregator) == "OrganizationAccessDeniedException"
        assert error_of(create, **analyzer) == "ValidationException"
    else:
        put(**aggregator)
        assert error_of(create, **analyzer) == "ConflictException"
        cloud.client("iam").create_service_linked_role(
            AWSServiceName="access-analyzer.amazonaws.com"
        )
        create(**analyzer)


def test_an_organization_trail_needs_trust_the_right_account_and_a_bucket(cloud: Cloud) -> None:
    trail = {"Name": "all", "S3BucketName": "trail", "IsOrganizationTrail": True}
    create = cloud.client("cloudtrail").create_trail
    assert error_of(create, **trail) == "CloudTrailAccessNotEnabledException"
    cloud.client("organizations").enable_aws_service_access(
        ServicePrincipal="cloudtrail.amazonaws.com"
    )
    assert error_of(create, **trail) == "S3BucketDoesNotExistException"
    s3 = cloud.client("s3", LOG_ARCHIVE)
    s3.create_bucket(Bucket="trail", CreateBucketConfiguration={"LocationConstraint": HOME})
    assert error_of(create, **trail) == "InsufficientS3BucketPolicyException"
    let_write(s3, "trail", "cloudtrail")
    member = cloud.client("cloudtrail", MEMBER).create_trail
    assert error_of(member, **trail) == "NotOrganizationMasterAccountException"

    create(**trail)
    create(Name="other", S3BucketName="trail")

    described = cloud.client("cloudtrail").describe_trails(trailNameList=["all"])["trailList"]
    assert [found["Name"] for found in described] == ["all"]


def test_an_analyzer_has_archive_rules_and_tags(cloud: Cloud) -> None:
    analyzer = cloud.client("accessanalyzer", MEMBER)
    arn = analyzer.create_analyzer(analyzerName="a", type="ACCOUNT", tags={"team": "x"})["arn"]
    again = error_of(analyzer.create_analyzer, analyzerName="b", type="ACCOUNT")
    assert again == "ServiceQuotaExceededException"
    analyzer.create_archive_rule(
        analyzerName="a", ruleName="r", filter={"isPublic": {"eq": ["false"]}}
    )
    analyzer.tag_resource(resourceArn=arn, tags={"owner": "y"})

    found = analyzer.get_analyzer(analyzerName="a")["analyzer"]
    assert found["tags"] == {"team": "x", "owner": "y"}
    rules = analyzer.list_archive_rules(analyzerName="a")["archiveRules"]
    assert [rule["filter"] for rule in rules] == [{"isPublic": {"eq": ["false"]}}]
    analyzer.delete_analyzer(analyzerName="a")
    assert error_of(analyzer.get_analyzer, analyzerName="a") == "ResourceNotFoundException"


def test_a_redrive_policy_comes_back_as_it_was_sent(cloud: Cloud) -> None:
    sqs = cloud.client("sqs", MEMBER)
    sqs.create_queue(QueueName="dead")
    arn = f"arn:aws:sqs:{HOME}:{MEMBER}:dead"
    policy = f'{{"deadLetterTargetArn":"{arn}","maxReceiveCount":5}}'
    url = sqs.create_queue(QueueName="q", Attributes={"RedrivePolicy": policy})["QueueUrl"]

    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert found["RedrivePolicy"] == policy
