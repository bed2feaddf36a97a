from __future__ import annotations

import json
from typing import Any

from orchestrator.findings.remediation import Aws, Value
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case

GONE = "arn:aws:cloudtrail:eu-west-1:123456789012:trail/none"
NO_BUCKET = "arn:aws:s3:::gone"
KEY = "alias/trail"
GROUP = "arn:aws:logs:eu-west-1:123456789012:log-group:trail:*"
ROLE = "arn:aws:iam::123456789012:role/trail"
TAGGING: dict[str, Value] = {
    "requiredTagKeys": ("owner",),
    "TagKey": "owner",
    "TagValue": "payments",
}
LOGGING = {"LogGroupArn": GROUP, "RoleArn": ROLE}


def a_bucket(aws: Aws, name: str) -> str:
    aws("s3").create_bucket(
        Bucket=name,
        CreateBucketConfiguration={"LocationConstraint": "eu-west-1"},
        ObjectOwnership="BucketOwnerPreferred",
    )
    aws("s3").put_bucket_tagging(Bucket=name, Tagging={"TagSet": cycle.TAG_LIST})
    return f"arn:aws:s3:::{name}"


def letting(service: str, actions: str, *resources: str) -> dict[str, Any]:
    """A statement that lets a service of AWS in."""
    return {
        "Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"},
        "Action": actions,
        "Resource": list(resources),
    }


def let_write(aws: Aws, bucket: str, service: str) -> None:
    """As CloudTrail and AWS Config ask for before they take a bucket."""
    arn = f"arn:aws:s3:::{bucket}"
    policy = {"Version": "2012-10-17", "Statement": [letting(service, "s3:*", arn, f"{arn}/*")]}
    aws("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))


def a_key(aws: Aws) -> None:
    """One that CloudTrail may encrypt with, by the name KEY."""
    known = {alias["AliasName"] for alias in aws("kms").list_aliases()["Aliases"]}
    if KEY in known:
        return
    owner = {"Effect": "Allow", "Principal": {"AWS": "123456789012"}, "Action": "kms:*"}
    statements = [{**owner, "Resource": "*"}, letting("cloudtrail", "kms:*", "*")]
    policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
    made = aws("kms").create_key(Policy=policy)["KeyMetadata"]["KeyId"]
    aws("kms").create_alias(AliasName=KEY, TargetKeyId=made)


def a_trail(aws: Aws, name: str = "main", *, logging: bool = True, **given: Any) -> str:
    a_bucket(aws, f"trail-{name}")
    let_write(aws, f"trail-{name}", "cloudtrail")
    a_key(aws)
    arn = aws("cloudtrail").create_trail(
        Name=name, S3BucketName=f"trail-{name}", TagsList=cycle.TAG_LIST, **given
    )["TrailARN"]
    if logging:
        aws("cloudtrail").start_logging(Name=arn)
    return str(arn)


def a_trail_to_a_group(aws: Aws) -> str:
    aws("logs").create_log_group(logGroupName="trail")
    return a_trail(aws, "logged", CloudWatchLogsLogGroupArn=GROUP, CloudWatchLogsRoleArn=ROLE)


def the_account(aws: Aws) -> str:
    return "AWS::::Account:123456789012"


def a_stopped_trail(aws: Aws) -> str:
    arn = a_trail(aws, logging=False, IsMultiRegionTrail=True)
    selector = {"ReadWriteType": "All", "IncludeManagementEvents": True}
    aws("cloudtrail").put_event_selectors(TrailName=arn, EventSelectors=[selector])
    aws("cloudtrail").stop_logging(Name=arn)
    return the_account(aws)


def a_trail_of_one_region(aws: Aws) -> str:
    a_trail(aws)
    return the_account(aws)


def an_open_bucket(aws: Aws) -> str:
    a_trail(aws, "open")
    aws("s3").delete_public_access_block(Bucket="trail-open")
    aws("s3").put_bucket_acl(Bucket="trail-open", ACL="public-read")
    return "arn:aws:s3:::trail-open"


def a_half_open_bucket(aws: Aws) -> str:
    arn = an_open_bucket(aws)
    half = {"BlockPublicAcls": True, "IgnorePublicAcls": False}
    aws("s3").put_public_access_block(
        Bucket="trail-open",
        PublicAccessBlockConfiguration={
            **half,
            "BlockPublicPolicy": False,
            "RestrictPublicBuckets": False,
        },
    )
    return arn


def a_bucket_with_an_open_policy(aws: Aws) -> str:
    arn = a_trail_bucket(aws)
    aws("s3").delete_public_access_block(Bucket="trail-main")
    statement = {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": f"{arn}/*"}
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    aws("s3").put_bucket_policy(Bucket="trail-main", Policy=json.dumps(policy))
    return arn


def a_trail_bucket(aws: Aws) -> str:
    a_trail(aws)
    return "arn:aws:s3:::trail-main"


def a_logged_bucket(aws: Aws) -> str:
    a_trail(aws, "logged")
    to_archive = {"TargetBucket": "archive", "TargetPrefix": ""}
    aws("s3").put_bucket_logging(
        Bucket="trail-logged", BucketLoggingStatus={"LoggingEnabled": to_archive}
    )
    return "arn:aws:s3:::trail-logged"


def an_unlogged_bucket(aws: Aws) -> str:
    a_bucket(aws, "archive")
    delivery = {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/s3/LogDelivery"}
    owner = aws("s3").get_bucket_acl(Bucket="archive")["Owner"]
    aws("s3").put_bucket_acl(
        Bucket="archive",
        AccessControlPolicy={
            "Owner": owner,
            "Grants": [
                {"Grantee": delivery, "Permission": "WRITE"},
                {"Grantee": delivery, "Permission": "READ_ACP"},
            ],
        },
    )
    return a_trail_bucket(aws)


def an_owned_trail(aws: Aws) -> str:
    arn = a_trail(aws, "owned")
    aws("cloudtrail").add_tags(ResourceId=arn, TagsList=[{"Key": "owner", "Value": "x"}])
    return arn


CASES = (
    Case("CloudTrail.1", a_stopped_trail),
    Case(
        "CloudTrail.2",
        a_trail,
        lambda aws: a_trail(aws, "encrypted", KmsKeyId=KEY),
        GONE,
        {"KmsKeyId": KEY},
    ),
    Case("CloudTrail.3", a_stopped_trail),
    Case(
        "CloudTrail.4",
        a_trail,
        lambda aws: a_trail(aws, "valid", EnableLogFileValidation=True),
        GONE,
    ),
    Case("CloudTrail.5", a_trail, a_trail_to_a_group, GONE, LOGGING),
    Case("CloudTrail.6", an_open_bucket, a_trail_bucket, NO_BUCKET),
    Case("CloudTrail.6", a_half_open_bucket, name="with half a block"),
    Case("CloudTrail.6", a_bucket_with_an_open_policy, name="opened by its policy"),
    Case("CloudTrail.7", an_unlogged_bucket, a_logged_bucket, NO_BUCKET, {"LogBucket": "archive"}),
    Case("CloudTrail.9", a_trail, an_owned_trail, GONE, TAGGING),
)
