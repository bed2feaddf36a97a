"""What a control asks, in Cloud Custodian's words: a resource that a policy finds violates it.

Of the controls for which it has a filter of its own, or whose text names one field and its value
(AWS Security Hub User Guide, the page of the service). Custodian reads AWS and decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

Filter = Mapping[str, Any]

ACCOUNT = "account"
KEYS: Mapping[str, str] = {
    "app-elb": "LoadBalancerArn",
    "asg": "AutoScalingGroupName",
    "cloudtrail": "TrailARN",
    "distribution": "ARN",
    "dms-instance": "ReplicationInstanceArn",
    "dynamodb-table": "TableArn",
    "ebs-snapshot": "SnapshotId",
    "ec2": "InstanceId",
    "ecr": "repositoryArn",
    "eks": "arn",
    "elb": "LoadBalancerName",
    "eni": "NetworkInterfaceId",
    "kinesis": "StreamARN",
    "kms-key": "KeyId",
    "message-broker": "BrokerArn",
    "rds": "DBInstanceArn",
    "rds-cluster": "DBClusterArn",
    "rds-snapshot": "DBSnapshotArn",
    "redshift": "ClusterIdentifier",
    "rest-stage": "stageName",
    "s3": "Name",
    "security-group": "GroupId",
    "sns": "TopicArn",
    "sqs": "QueueArn",
    "ssm-document": "Name",
    "subnet": "SubnetId",
    "transit-gateway": "TransitGatewayId",
    "vpc": "VpcId",
}
"""Kind of resource → where its ARN, or the last part of it, is."""


@dataclass(frozen=True, slots=True)
class Policy:
    resource: str
    filters: tuple[Filter, ...]


def of(resource: str, *filters: Filter) -> Policy:
    return Policy(resource, filters)


def off(resource: str, key: str) -> Policy:
    return of(resource, {"type": "value", "key": key, "value": True, "op": "ne"})


def absent(resource: str, key: str) -> Policy:
    return of(resource, {"type": "value", "key": key, "value": "empty"})


def no(found: Filter) -> Filter:
    return {"not": [found]}


def watched(feature: str) -> Policy:
    """By data source, which is what Custodian's filter reads of a detector."""
    found = {"type": "guard-duty", f"Detector.DataSources.{feature}.Status": "ENABLED"}
    return of(ACCOUNT, no(found))


def password(key: str, value: bool | int) -> Filter:
    """Fails where there is no policy, or it asks for less."""
    op = "ne" if value is True else "lt"
    return {
        "or": [
            {"type": "password-policy", "key": key, "value": "absent"},
            {"type": "password-policy", "key": key, "value": value, "op": op},
        ]
    }


def open_to(families: Mapping[str, str], *ports: int) -> Policy:
    """Any of the ports to everybody, by any of the families of addresses."""
    rules = [
        {"type": "ingress", "Ports": [port], key: {"value": everybody}}
        for port in ports
        for key, everybody in families.items()
    ]
    return of("security-group", {"or": rules})


def attribute(resource: str, key: str, *wanted: str | bool) -> Policy:
    found = {"type": "attributes", "key": key, "value": list(wanted), "op": "not-in"}
    return of(resource, found)


def passwords(*asked: Filter) -> Policy:
    return of(ACCOUNT, {"or": list(asked)})


UPPER, LOWER = "RequireUppercaseCharacters", "RequireLowercaseCharacters"
SYMBOLS, NUMBERS = "RequireSymbols", "RequireNumbers"
LENGTH, REUSE, AGE = "MinimumPasswordLength", "PasswordReusePrevention", "MaxPasswordAge"
IPV4, IPV6 = {"Cidr": "0.0.0.0/0"}, {"CidrV6": "::/0"}
EVERYBODY = {**IPV4, **IPV6}
BLOCK = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
RISKY = (
    *(20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 3389, 4333, 5000, 5432),
    *(5500, 5601, 8080, 8088, 8888, 9200, 9300),
)
"""Source: AWS Config Developer Guide, restricted-common-ports, as EC2.19 has it."""

POLICIES: Mapping[str, Policy] = {
    "APIGateway.3": off("rest-stage", "tracingEnabled"),
    "CloudFront.3": of("distribution", {"DefaultCacheBehavior.ViewerProtocolPolicy": "allow-all"}),
    "CloudTrail.1": of(
        ACCOUNT,
        {
            "type": "check-cloudtrail",
            "multi-region": True,
            "running": True,
            "include-management-events": True,
        },
    ),
    "CloudTrail.2": absent("cloudtrail", "KmsKeyId"),
    "CloudTrail.3": of(ACCOUNT, {"type": "check-cloudtrail", "running": True}),
    "CloudTrail.4": off("cloudtrail", "LogFileValidationEnabled"),
    "CloudTrail.5": absent("cloudtrail", "CloudWatchLogsLogGroupArn"),
    "Config.1": of(ACCOUNT, {"type": "check-config", "all-resources": True, "running": True}),
    "DMS.6": off("dms-instance", "AutoMinorVersionUpgrade"),
    "DynamoDB.2": of(
        "dynamodb-table",
        {
            "type": "continuous-backup",
            "key": "PointInTimeRecoveryDescription.PointInTimeRecoveryStatus",
            "op": "ne",
            "value": "ENABLED",
        },
    ),
    "DynamoDB.6": off("dynamodb-table", "DeletionProtectionEnabled"),
    "EC2.1": of("ebs-snapshot", {"type": "cross-account", "everyone_only": True}),
    "EC2.6": of("vpc", {"type": "flow-logs"}),
    "EC2.7": of(ACCOUNT, {"type": "default-ebs-encryption", "state": False}),
    "EC2.8": of("ec2", {"MetadataOptions.HttpTokens": "optional"}),
    "EC2.10": of(
        "vpc",
        no(
            {
                "type": "vpc-endpoint",
                "key": "ServiceName",
                "value": "com.amazonaws.eu-west-1.ec2",
            }
        ),
    ),
    "EC2.13": open_to(EVERYBODY, 22),
    "EC2.14": open_to(EVERYBODY, 3389),
    "EC2.15": of("subnet", {"MapPublicIpOnLaunch": True}),
    "EC2.19": open_to(EVERYBODY, *RISKY),
    "EC2.23": of("transit-gateway", {"Options.AutoAcceptSharedAttachments": "enable"}),
    "EC2.53": open_to(IPV4, 22, 3389),
    "EC2.54": open_to(IPV6, 22, 3389),
    "EC2.180": off("eni", "SourceDestCheck"),
    "ECR.1": off("ecr", "imageScanningConfiguration.scanOnPush"),
    "ECR.2": of("ecr", {"imageTagMutability": "MUTABLE"}),
    "ECR.3": of("ecr", {"type": "lifecycle-rule", "state": False}),
    "EKS.1": of("eks", {"resourcesVpcConfig.endpointPublicAccess": True}),
    "EKS.8": of(
        "eks",
        no(
            {
                "type": "value",
                "key": "logging.clusterLogging[?enabled].types[]",
                "op": "contains",
                "value": "audit",
            }
        ),
    ),
    "ELB.4": attribute("app-elb", "routing.http.drop_invalid_header_fields.enabled", True),
    "ELB.5": of("app-elb", {"type": "is-not-logging"}),
    "ELB.6": attribute("app-elb", "deletion_protection.enabled", True),
    "ELB.7": attribute("elb", "ConnectionDraining.Enabled", True),
    "ELB.9": attribute("elb", "CrossZoneLoadBalancing.Enabled", True),
    "ELB.12": attribute("app-elb", "routing.http.desync_mitigation_mode", "defensive", "strictest"),
    "GuardDuty.1": of(ACCOUNT, no({"type": "guard-duty", "Detector.Status": "ENABLED"})),
    "GuardDuty.5": watched("Kubernetes.AuditLogs"),
    "GuardDuty.8": watched("MalwareProtection.ScanEc2InstanceWithFindings.EbsVolumes"),
    "GuardDuty.10": watched("S3Logs"),
    "IAM.7": passwords(
        *(password(key, True) for key in (UPPER, LOWER, SYMBOLS, NUMBERS)), password(LENGTH, 8)
    ),
    "IAM.10": passwords(
        *(password(key, True) for key in (UPPER, LOWER, NUMBERS)),
        *(password(LENGTH, 7), password(REUSE, 4)),
    ),
    "IAM.11": passwords(password(UPPER, True)),
    "IAM.12": passwords(password(LOWER, True)),
    "IAM.13": passwords(password(SYMBOLS, True)),
    "IAM.14": passwords(password(NUMBERS, True)),
    "IAM.15": passwords(password(LENGTH, 14)),
    "IAM.16": passwords(password(REUSE, 24)),
    "IAM.17": passwords({"type": "password-policy", "key": AGE, "value": "absent"}),
    "IAM.28": of(ACCOUNT, no({"type": "access-analyzer", "key": "status", "value": "ACTIVE"})),
    "Kinesis.1": of("kinesis", {"EncryptionType": "NONE"}),
    "Kinesis.3": of(
        "kinesis", {"type": "value", "key": "RetentionPeriodHours", "value": 168, "op": "lt"}
    ),
    "KMS.4": of(
        "kms-key", {"type": "key-rotation-status", "key": "KeyRotationEnabled", "value": False}
    ),
    "MQ.3": off("message-broker", "AutoMinorVersionUpgrade"),
    "RDS.1": of("rds-snapshot", {"type": "cross-account", "everyone_only": True}),
    "RDS.2": of("rds", {"PubliclyAccessible": True}),
    "RDS.5": off("rds", "MultiAZ"),
    "RDS.6": of("rds", {"type": "value", "key": "MonitoringInterval", "value": 0, "op": "le"}),
    "RDS.7": off("rds-cluster", "DeletionProtection"),
    "RDS.8": off("rds", "DeletionProtection"),
    "RDS.10": off("rds", "IAMDatabaseAuthenticationEnabled"),
    "RDS.11": of("rds", {"type": "value", "key": "BackupRetentionPeriod", "value": 7, "op": "lt"}),
    "RDS.13": off("rds", "AutoMinorVersionUpgrade"),
    "RDS.16": off("rds-cluster", "CopyTagsToSnapshot"),
    "RDS.17": off("rds", "CopyTagsToSnapshot"),
    "RDS.35": off("rds-cluster", "AutoMinorVersionUpgrade"),
    "Redshift.1": of("redshift", {"PubliclyAccessible": True}),
    "Redshift.3": of(
        "redshift",
        {"type": "value", "key": "AutomatedSnapshotRetentionPeriod", "value": 7, "op": "lt"},
    ),
    "Redshift.4": of("redshift", {"type": "logging", "key": "LoggingEnabled", "value": False}),
    "Redshift.6": off("redshift", "AllowVersionUpgrade"),
    "Redshift.7": off("redshift", "EnhancedVpcRouting"),
    "S3.1": of(
        ACCOUNT,
        {"or": [{"type": "s3-public-block", "key": k, "value": True, "op": "ne"} for k in BLOCK]},
    ),
    "S3.5": of(
        "s3",
        no(
            {
                "type": "has-statement",
                "statements": [
                    {
                        "Effect": "Deny",
                        "Action": "s3:*",
                        "Principal": "*",
                        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
                    }
                ],
            }
        ),
    ),
    "S3.8": of("s3", {"type": "check-public-block"}),
    "S3.9": absent("s3", "Logging"),
    "S3.13": absent("s3", "Lifecycle"),
    "S3.17": of("s3", no({"type": "bucket-encryption", "crypto": "aws:kms"})),
    "SNS.1": absent("sns", "KmsMasterKeyId"),
    "SSM.4": of("ssm-document", {"type": "cross-account"}),
}
