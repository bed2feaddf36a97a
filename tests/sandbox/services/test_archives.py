"""Files on their way into buckets: each bucket, key and role is asked, and a refusal is seen."""

from __future__ import annotations

import json
import time
from typing import Any

from tests.sandbox.archives import a_bucket_for, let_write
from tests.sandbox.services.conftest import HOME, MANAGEMENT, MEMBER, Cloud, error_of
from tests.sandbox.services.test_deliveries import Drops, drops
from tests.sandbox.services.test_events import Listener, letting_in

__all__ = ["drops"]

PLACE = {"CreateBucketConfiguration": {"LocationConstraint": HOME}}


def trusting(*services: str) -> str:
    entries = {"Service": [f"{service}.amazonaws.com" for service in services]}
    statement = {"Effect": "Allow", "Principal": entries, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def a_role(cloud: Cloud, name: str, *services: str) -> str:
    made = cloud.client("iam", MEMBER).create_role(
        RoleName=name, AssumeRolePolicyDocument=trusting(*services)
    )
    return str(made["Role"]["Arn"])


def allow(cloud: Cloud, name: str, action: str) -> None:
    statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    cloud.client("iam", MEMBER).put_role_policy(
        RoleName=name, PolicyName="own", PolicyDocument=document
    )


def test_a_bucket_tells_only_a_queue_that_lets_it_in(cloud: Cloud, drops: Drops) -> None:
    s3, queue = cloud.client("s3", MEMBER), Listener(cloud, MEMBER, "q", "s3.amazonaws.com")
    s3.create_bucket(Bucket="told", **PLACE)
    told = {"QueueArn": queue.arn, "Events": ["s3:ObjectCreated:*"]}
    s3.put_bucket_notification_configuration(
        Bucket="told", NotificationConfiguration={"QueueConfigurations": [told]}
    )
    s3.put_object(Bucket="told", Key="a", Body=b"1")
    assert [json.loads(body).get("Event", "") for body in queue.bodies()] == ["s3:TestEvent", ""]

    queue.let(letting_in("sns.amazonaws.com", queue.arn, "sqs:SendMessage"))
    s3.put_object(Bucket="told", Key="b", Body=b"2")

    assert queue.bodies() == []
    (why,) = drops.why()
    assert why == f"the policy of {queue.arn} does not let s3.amazonaws.com sqs:SendMessage"


def test_cloudtrail_says_when_it_can_write_no_more(cloud: Cloud) -> None:
    s3, trail = cloud.client("s3"), cloud.client("cloudtrail")
    a_bucket_for(s3, "trail", "cloudtrail", **PLACE)
    trail.create_trail(Name="all", S3BucketName="trail")
    trail.start_logging(Name="all")
    assert "LatestDeliveryError" not in trail.get_trail_status(Name="all")

    let_write(s3, "trail", "config")

    assert trail.get_trail_status(Name="all")["LatestDeliveryError"] == "AccessDenied"
    cloud.sandbox.deliver()
    assert "Contents" not in s3.list_objects_v2(Bucket="trail")


def test_a_trail_needs_a_key_that_is_enabled_and_lets_cloudtrail_in(cloud: Cloud) -> None:
    kms, trail = cloud.client("kms"), cloud.client("cloudtrail")
    a_bucket_for(cloud.client("s3"), "trail", "cloudtrail", **PLACE)
    key = kms.create_key()["KeyMetadata"]["Arn"]
    wanted = {"Name": "all", "S3BucketName": "trail", "KmsKeyId": key}
    refused = "InsufficientEncryptionPolicyException"
    assert error_of(trail.create_trail, **wanted) == refused

    owner = {"Effect": "Allow", "Principal": {"AWS": MANAGEMENT}, "Action": "*", "Resource": "*"}
    sends = json.loads(letting_in("cloudtrail.amazonaws.com", "*", "kms:*"))["Statement"]
    policy = json.dumps({"Version": "2012-10-17", "Statement": [owner, *sends]})
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy)
    trail.create_trail(**wanted)
    trail.start_logging(Name="all")
    kms.disable_key(KeyId=key.rpartition("/")[2])
    assert trail.get_trail_status(Name="all")["LatestDeliveryError"] == "AccessDenied"


def test_config_says_when_it_can_deliver_no_more(cloud: Cloud) -> None:
    s3, config = cloud.client("s3", MEMBER), cloud.client("config", MEMBER)
    a_bucket_for(s3, "recorded", "config", **PLACE)
    role = a_role(cloud, "recorder", "config")
    recorder = {"name": "default", "roleARN": role}
    config.put_configuration_recorder(ConfigurationRecorder=recorder)
    config.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": "recorded"})
    config.start_configuration_recorder(ConfigurationRecorderName="default")
    assert _status(config)["lastStatus"] == "SUCCESS"

    let_write(s3, "recorded", "cloudtrail")
    assert "s3:GetBucketAcl" in _status(config)["lastErrorMessage"]

    let_write(s3, "recorded", "config")
    cloud.client("iam", MEMBER).delete_role(RoleName="recorder")
    assert _status(config)["lastErrorMessage"] == f"there is no role {role}"


def _status(config: Any) -> dict[str, Any]:
    (found,) = config.describe_configuration_recorder_status()["ConfigurationRecordersStatus"]
    return dict(found)


def test_logs_reach_a_bucket_by_two_roles_that_may(cloud: Cloud, drops: Drops) -> None:
    s3, logs = cloud.client("s3", MEMBER), cloud.client("logs", MEMBER)
    s3.create_bucket(Bucket="logs-of-all", **PLACE)
    firehose = cloud.client("firehose", MEMBER)
    stream = firehose.create_delivery_stream(
        DeliveryStreamName="logs",
        ExtendedS3DestinationConfiguration={
            "BucketARN": "arn:aws:s3:::logs-of-all",
            "Prefix": "a/",
            "RoleARN": a_role(cloud, "writer", "firehose"),
        },
    )["DeliveryStreamARN"]
    sender = a_role(cloud, "sender", "logs")
    logs.create_log_group(logGroupName="/app")
    logs.create_log_stream(logGroupName="/app", logStreamName="s")
    logs.put_subscription_filter(
        logGroupName="/app",
        filterName="all",
        filterPattern="",
        destinationArn=stream,
        roleArn=sender,
    )

    _log(logs)
    assert f"{sender} is not authorized to perform: firehose:PutRecord" in drops.why()[0]
    allow(cloud, "sender", "firehose:PutRecord")
    _log(logs)
    assert "is not authorized to perform: s3:PutObject" in drops.why()[1]
    allow(cloud, "writer", "s3:PutObject")
    _log(logs)

    assert len(drops.why()) == 2
    assert len(s3.list_objects_v2(Bucket="logs-of-all")["Contents"]) == 1
    assert drops.counted("AWS/Logs", "DeliveryErrors")
    assert drops.counted("AWS/Firehose", "DeliveryToS3.Success")


def _log(logs: Any) -> None:
    event = {"timestamp": int(time.time() * 1000), "message": "hello"}
    logs.put_log_events(logGroupName="/app", logStreamName="s", logEvents=[event])


def test_a_flow_log_says_when_another_accounts_bucket_takes_no_files(cloud: Cloud) -> None:
    archive, ec2 = cloud.client("s3"), cloud.client("ec2", MEMBER)
    a_bucket_for(archive, "traffic", "delivery.logs", **PLACE)
    (vpc, *_) = ec2.describe_vpcs()["Vpcs"]
    ec2.create_flow_logs(
        ResourceIds=[vpc["VpcId"]],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination="arn:aws:s3:::traffic",
    )
    (before,) = ec2.describe_flow_logs()["FlowLogs"]

    archive.delete_bucket_policy(Bucket="traffic")

    (after,) = ec2.describe_flow_logs()["FlowLogs"]
    assert (before["DeliverLogsStatus"], after["DeliverLogsStatus"]) == ("SUCCESS", "FAILED")
    assert after["DeliverLogsErrorMessage"] == "Access error"
