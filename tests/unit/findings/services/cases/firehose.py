from __future__ import annotations

from orchestrator.findings.remediation import Aws
from tests.unit.findings.services.cycle import TAG_LIST, Case, trusting

HERE = "arn:aws:firehose:eu-west-1:123456789012:deliverystream"


def a_stream(aws: Aws, name: str = "clear") -> str:
    role = aws("iam").create_role(RoleName=name, AssumeRolePolicyDocument=trusting("firehose"))
    aws("s3").create_bucket(
        Bucket=f"{name}-stream", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    aws("firehose").create_delivery_stream(
        DeliveryStreamName=name,
        DeliveryStreamType="DirectPut",
        ExtendedS3DestinationConfiguration={
            "RoleARN": role["Role"]["Arn"],
            "BucketARN": f"arn:aws:s3:::{name}-stream",
        },
        Tags=TAG_LIST,
    )
    return f"{HERE}/{name}"


def an_encrypted_stream(aws: Aws) -> str:
    arn = a_stream(aws, "fine")
    aws("firehose").start_delivery_stream_encryption(
        DeliveryStreamName="fine",
        DeliveryStreamEncryptionConfigurationInput={"KeyType": "AWS_OWNED_CMK"},
    )
    return arn


CASES = (Case("DataFirehose.1", a_stream, an_encrypted_stream, f"{HERE}/none"),)
