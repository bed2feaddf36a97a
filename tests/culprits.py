"""For each of many control ids: the call that makes it fail, and calls that look like it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.cloudtrail import ACCOUNT, REGION, Record, open_port

EVERYONE = json.dumps({"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:*"}]})
TLS_ONLY = json.dumps(
    {
        "Statement": {
            "Effect": "Deny",
            "Principal": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    }
)
ADMIN = json.dumps({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
MODEST = json.dumps({"Statement": [{"Effect": "Allow", "Action": "s3:Get*", "Resource": "*"}]})
ROOT = {
    "type": "Root",
    "principalId": ACCOUNT,
    "arn": f"arn:aws:iam::{ACCOUNT}:root",
    "accountId": ACCOUNT,
}
WHOLE = f"AWS::::Account:{ACCOUNT}"
BLOCK = dict.fromkeys(
    ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), True
)


@dataclass(frozen=True, slots=True)
class Case:
    """A control that fails on `resource` by one call, and others of the same service about it."""

    control: str
    resource: str
    service: str
    name: str
    parameters: Mapping[str, object]
    decoy: tuple[str, Mapping[str, object]]
    """A later call that touches the resource and does not make the control fail."""
    changed: Record = field(default_factory=dict)


def arn(service: str, rest: str, region: str = REGION, account: str = ACCOUNT) -> str:
    return f"arn:aws:{service}:{region}:{account}:{rest}"


def group(number: int) -> tuple[str, str]:
    name = f"sg-0c0ffee{number:010x}"
    return name, arn("ec2", f"security-group/{name}")


def ingress(control: str, number: int, port: int) -> Case:
    name, uid = group(number)
    return Case(
        control,
        uid,
        "ec2",
        "AuthorizeSecurityGroupIngress",
        open_port(name, port),
        ("AuthorizeSecurityGroupIngress", open_port(name, port, "10.0.0.0/8")),
    )


def bucket(control: str, name: str, parameters: Record, decoy: Record | None = None) -> Case:
    own = f"bucket-{control.lower().replace('.', '-')}"
    other = decoy if decoy is not None else {"Tagging": ""}
    return Case(
        control,
        f"arn:aws:s3:::{own}",
        "s3",
        name,
        {"bucketName": own, **parameters},
        (name if decoy is not None else "PutBucketTagging", {"bucketName": own, **other}),
    )


def database(control: str, bad: Record, good: Record) -> Case:
    own = f"db-{control.lower().replace('.', '-')}"
    return Case(
        control,
        arn("rds", f"db:{own}"),
        "rds",
        "ModifyDBInstance",
        {"dBInstanceIdentifier": own, "applyImmediately": True, **bad},
        ("ModifyDBInstance", {"dBInstanceIdentifier": own, "applyImmediately": True, **good}),
    )


def password(control: str, bad: Record) -> Case:
    good = {
        "minimumPasswordLength": 16,
        "passwordReusePrevention": 24,
        **{
            f"require{w}": True
            for w in ("UppercaseCharacters", "LowercaseCharacters", "Numbers", "Symbols")
        },
    }
    return Case(
        control,
        WHOLE,
        "iam",
        "UpdateAccountPasswordPolicy",
        {**good, **bad},
        ("UpdateAccountPasswordPolicy", good),
    )


TRAIL = arn("cloudtrail", "trail/organization")
KEY = "1234abcd-12ab-34cd-56ef-0123456789ab"
TABLE, QUEUE = "orders-c0ffee", "queue-c0ffee"

CASES = (
    ingress("EC2.13", 1, 22),
    ingress("EC2.14", 2, 3389),
    ingress("EC2.18", 3, 8443),
    ingress("EC2.19", 4, 5432),
    ingress("EC2.53", 5, 22),
    Case(
        "EC2.2",
        group(6)[1],
        "ec2",
        "AuthorizeSecurityGroupEgress",
        {"groupId": group(6)[0]},
        ("CreateTags", {"resourcesSet": {"items": [{"resourceId": group(6)[0]}]}}),
    ),
    Case(
        "EC2.1",
        arn("ec2", "snapshot/snap-0c0ffee1"),
        "ec2",
        "ModifySnapshotAttribute",
        {
            "snapshotId": "snap-0c0ffee1",
            "createVolumePermission": {"add": {"items": [{"group": "all"}]}},
        },
        (
            "ModifySnapshotAttribute",
            {
                "snapshotId": "snap-0c0ffee1",
                "createVolumePermission": {"add": {"items": [{"userId": "444455556666"}]}},
            },
        ),
    ),
    Case(
        "EC2.7",
        WHOLE,
        "ec2",
        "DisableEbsEncryptionByDefault",
        {"DisableEbsEncryptionByDefaultRequest": {}},
        ("EnableEbsEncryptionByDefault", {"EnableEbsEncryptionByDefaultRequest": {}}),
    ),
    Case(
        "EC2.8",
        arn("ec2", "instance/i-0c0ffee0c0ffee001"),
        "ec2",
        "ModifyInstanceMetadataOptions",
        {
            "ModifyInstanceMetadataOptionsRequest": {
                "InstanceId": "i-0c0ffee0c0ffee001",
                "HttpTokens": "optional",
            }
        },
        (
            "ModifyInstanceMetadataOptions",
            {
                "ModifyInstanceMetadataOptionsRequest": {
                    "InstanceId": "i-0c0ffee0c0ffee001",
                    "HttpTokens": "required",
                }
            },
        ),
    ),
    Case(
        "EC2.15",
        arn("ec2", "subnet/subnet-0c0ffee1"),
        "ec2",
        "ModifySubnetAttribute",
        {"subnetId": "subnet-0c0ffee1", "mapPublicIpOnLaunch": {"value": True}},
        (
            "ModifySubnetAttribute",
            {"subnetId": "subnet-0c0ffee1", "assignIpv6AddressOnCreation": {"value": False}},
        ),
    ),
    Case(
        "EC2.21",
        arn("ec2", "network-acl/acl-0c0ffee1"),
        "ec2",
        "CreateNetworkAclEntry",
        {
            "networkAclId": "acl-0c0ffee1",
            "ruleNumber": 90,
            "egress": False,
            "ruleAction": "allow",
            "cidrBlock": "0.0.0.0/0",
            "aclProtocol": "6",
            "portRange": {"from": 22, "to": 22},
        },
        (
            "CreateNetworkAclEntry",
            {
                "networkAclId": "acl-0c0ffee1",
                "ruleNumber": 80,
                "egress": False,
                "ruleAction": "deny",
                "cidrBlock": "0.0.0.0/0",
            },
        ),
    ),
    bucket(
        "S3.2",
        "PutBucketPolicy",
        {"bucketPolicy": json.loads(EVERYONE)},
        {"bucketPolicy": json.loads(MODEST)},
    ),
    bucket("S3.3", "PutBucketAcl", {"x-amz-acl": "public-read-write"}, {"x-amz-acl": "private"}),
    bucket(
        "S3.5",
        "PutBucketPolicy",
        {"bucketPolicy": json.loads(MODEST)},
        {"bucketPolicy": json.loads(TLS_ONLY)},
    ),
    bucket(
        "S3.8",
        "PutBucketPublicAccessBlock",
        {"PublicAccessBlockConfiguration": {**BLOCK, "RestrictPublicBuckets": False}},
        {"PublicAccessBlockConfiguration": BLOCK},
    ),
    bucket(
        "S3.9",
        "PutBucketLogging",
        {"BucketLoggingStatus": {}},
        {"BucketLoggingStatus": {"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": ""}}},
    ),
    bucket(
        "S3.14",
        "PutBucketVersioning",
        {"VersioningConfiguration": {"Status": "Suspended"}},
        {"VersioningConfiguration": {"Status": "Enabled"}},
    ),
    bucket("S3.17", "DeleteBucketEncryption", {}),
    Case(
        "S3.1",
        WHOLE,
        "s3",
        "PutAccountPublicAccessBlock",
        {"PublicAccessBlockConfiguration": {**BLOCK, "BlockPublicAcls": False}},
        ("PutAccountPublicAccessBlock", {"PublicAccessBlockConfiguration": BLOCK}),
    ),
    Case(
        "IAM.1",
        f"arn:aws:iam::{ACCOUNT}:policy/too-much",
        "iam",
        "CreatePolicyVersion",
        {
            "policyArn": f"arn:aws:iam::{ACCOUNT}:policy/too-much",
            "policyDocument": ADMIN,
            "setAsDefault": True,
        },
        (
            "CreatePolicyVersion",
            {"policyArn": f"arn:aws:iam::{ACCOUNT}:policy/too-much", "policyDocument": MODEST},
        ),
    ),
    Case(
        "IAM.2",
        f"arn:aws:iam::{ACCOUNT}:user/carol",
        "iam",
        "AttachUserPolicy",
        {"userName": "carol", "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess"},
        ("TagUser", {"userName": "carol", "tags": [{"key": "team", "value": "x"}]}),
    ),
    Case(
        "IAM.4",
        WHOLE,
        "iam",
        "CreateAccessKey",
        {},
        ("CreateAccessKey", {"userName": "ci"}),
        {"userIdentity": ROOT},
    ),
    Case(
        "IAM.5",
        f"arn:aws:iam::{ACCOUNT}:user/dave",
        "iam",
        "DeactivateMFADevice",
        {"userName": "dave", "serialNumber": f"arn:aws:iam::{ACCOUNT}:mfa/dave"},
        ("UpdateUser", {"userName": "dave"}),
    ),
    password("IAM.7", {"requireSymbols": False}),
    password("IAM.15", {"minimumPasswordLength": 8}),
    password("IAM.16", {"passwordReusePrevention": 3}),
    Case(
        "CloudTrail.1",
        TRAIL,
        "cloudtrail",
        "StopLogging",
        {"name": TRAIL},
        ("StartLogging", {"name": TRAIL}),
    ),
    Case(
        "CloudTrail.4",
        TRAIL,
        "cloudtrail",
        "UpdateTrail",
        {"name": TRAIL, "enableLogFileValidation": False},
        ("UpdateTrail", {"name": TRAIL, "enableLogFileValidation": True}),
    ),
    Case(
        "Config.1",
        WHOLE,
        "config",
        "StopConfigurationRecorder",
        {"configurationRecorderName": "default"},
        ("StartConfigurationRecorder", {"configurationRecorderName": "default"}),
    ),
    Case(
        "GuardDuty.1",
        WHOLE,
        "guardduty",
        "UpdateDetector",
        {"detectorId": "d0c0ffee", "enable": False},
        ("UpdateDetector", {"detectorId": "d0c0ffee", "enable": True}),
    ),
    Case(
        "KMS.3",
        arn("kms", f"key/{KEY}"),
        "kms",
        "ScheduleKeyDeletion",
        {"keyId": KEY, "pendingWindowInDays": 7},
        ("TagResource", {"keyId": KEY, "tags": [{"tagKey": "a", "tagValue": "b"}]}),
    ),
    Case(
        "KMS.4",
        arn("kms", f"key/{KEY[:-1]}c"),
        "kms",
        "DisableKeyRotation",
        {"keyId": f"{KEY[:-1]}c"},
        ("UpdateKeyDescription", {"keyId": f"{KEY[:-1]}c", "description": "x"}),
    ),
    database("RDS.2", {"publiclyAccessible": True}, {"publiclyAccessible": False}),
    database("RDS.5", {"multiAZ": False}, {"multiAZ": True}),
    database("RDS.8", {"deletionProtection": False}, {"deletionProtection": True}),
    database("RDS.11", {"backupRetentionPeriod": 1}, {"backupRetentionPeriod": 14}),
    database("RDS.13", {"autoMinorVersionUpgrade": False}, {"autoMinorVersionUpgrade": True}),
    Case(
        "Lambda.1",
        arn("lambda", "function:orders"),
        "lambda",
        "AddPermission20150331v2",
        {
            "functionName": "orders",
            "statementId": "1",
            "action": "lambda:InvokeFunction",
            "principal": "*",
        },
        (
            "AddPermission20150331v2",
            {"functionName": "orders", "statementId": "2", "principal": "events.amazonaws.com"},
        ),
    ),
    Case(
        "DynamoDB.2",
        arn("dynamodb", f"table/{TABLE}"),
        "dynamodb",
        "UpdateContinuousBackups",
        {
            "tableName": TABLE,
            "pointInTimeRecoverySpecification": {"pointInTimeRecoveryEnabled": False},
        },
        ("UpdateTable", {"tableName": TABLE, "billingMode": "PAY_PER_REQUEST"}),
    ),
    Case(
        "SNS.4",
        arn("sns", "alerts-c0ffee"),
        "sns",
        "SetTopicAttributes",
        {
            "topicArn": arn("sns", "alerts-c0ffee"),
            "attributeName": "Policy",
            "attributeValue": EVERYONE,
        },
        (
            "SetTopicAttributes",
            {
                "topicArn": arn("sns", "alerts-c0ffee"),
                "attributeName": "DisplayName",
                "attributeValue": "x",
            },
        ),
    ),
    Case(
        "SQS.3",
        arn("sqs", QUEUE),
        "sqs",
        "SetQueueAttributes",
        {
            "queueUrl": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{QUEUE}",
            "attributes": {"Policy": EVERYONE},
        },
        (
            "SetQueueAttributes",
            {
                "queueUrl": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/{QUEUE}",
                "attributes": {"VisibilityTimeout": "30"},
            },
        ),
    ),
    Case(
        "SecretsManager.1",
        arn("secretsmanager", "secret:db/orders-AbCdEf"),
        "secretsmanager",
        "CancelRotateSecret",
        {"secretId": "db/orders"},
        ("UpdateSecret", {"secretId": "db/orders", "description": "x"}),
    ),
    Case(
        "SSM.4",
        arn("ssm", "document/run-it"),
        "ssm",
        "ModifyDocumentPermission",
        {"name": "run-it", "permissionType": "Share", "accountIdsToAdd": ["All"]},
        (
            "ModifyDocumentPermission",
            {"name": "run-it", "permissionType": "Share", "accountIdsToAdd": ["444455556666"]},
        ),
    ),
    Case(
        "EKS.1",
        arn("eks", "cluster/prod"),
        "eks",
        "UpdateClusterConfig",
        {"name": "prod", "resourcesVpcConfig": {"endpointPublicAccess": True}},
        ("UpdateClusterConfig", {"name": "prod", "logging": {"clusterLogging": []}}),
    ),
    Case(
        "ECR.1",
        arn("ecr", "repository/team/app"),
        "ecr",
        "PutImageScanningConfiguration",
        {"repositoryName": "team/app", "imageScanningConfiguration": {"scanOnPush": False}},
        (
            "PutImageScanningConfiguration",
            {"repositoryName": "team/app", "imageScanningConfiguration": {"scanOnPush": True}},
        ),
    ),
)
