"""Which call makes a control fail: names of events, and what must be true of the parameters.

Control ids and what they check: AWS Security Hub User Guide, controls reference. Event names are
CloudTrail's: Lambda's have the API's date behind them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.logs.event import Event
from orchestrator.logs.investigate.predicates import (
    EVERYONE,
    Predicate,
    always,
    below,
    both,
    by_root,
    denies_plain_http,
    either,
    for_a_whole_service,
    for_all_actions,
    for_everyone,
    given,
    lacks,
    mentions,
    named,
    not_given,
    opened,
    opened_unlike,
    policy,
)


@dataclass(frozen=True, slots=True)
class Cause:
    """Calls that make a control fail when `when` is true of them."""

    names: tuple[str, ...]
    when: Predicate = always

    def fits(self, event: Event) -> bool:
        return event.name in self.names and not event.error and self.when(event)


INGRESS = ("AuthorizeSecurityGroupIngress", "ModifySecurityGroupRules")
HIGH_RISK = (
    *(20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 3389, 4333, 5000),
    *(5432, 5500, 5601, 8080, 8088, 8888, 9200, 9300),
)
S3_BLOCK = "PublicAccessBlockConfiguration"
UNBLOCKED = either(
    *(
        given(f"{S3_BLOCK}.{name}", "false")
        for name in ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls")
    ),
    given(f"{S3_BLOCK}.RestrictPublicBuckets", "false"),
)
PUBLIC_BUCKET = either(
    both(named("PutBucketPolicy"), policy("bucketPolicy", for_everyone)),
    both(
        named("PutBucketAcl", "CreateBucket"),
        mentions(*EVERYONE, "public-read", "public-read-write"),
    ),
    named("DeleteBucketPublicAccessBlock"),
    both(named("PutBucketPublicAccessBlock"), UNBLOCKED),
)
PUBLIC_CALLS = (
    *("PutBucketPolicy", "PutBucketAcl", "CreateBucket"),
    *("DeleteBucketPublicAccessBlock", "PutBucketPublicAccessBlock"),
)
PASSWORD = ("UpdateAccountPasswordPolicy", "DeleteAccountPasswordPolicy")
GONE = named("DeleteAccountPasswordPolicy")
DB = ("CreateDBInstance", "ModifyDBInstance", "RestoreDBInstanceFromDBSnapshot")
CLUSTER = ("CreateDBCluster", "ModifyDBCluster", "RestoreDBClusterFromSnapshot")

CAUSES: Mapping[str, Cause] = {
    "Account.1": Cause(("DeleteAlternateContact",)),
    "AutoScaling.1": Cause(
        ("CreateAutoScalingGroup", "UpdateAutoScalingGroup"), given("healthCheckType", "EC2")
    ),
    "CloudTrail.1": Cause(
        ("DeleteTrail", "StopLogging", "UpdateTrail"),
        either(named("DeleteTrail", "StopLogging"), given("isMultiRegionTrail", "false")),
    ),
    "CloudTrail.2": Cause(("CreateTrail", "UpdateTrail"), given("kmsKeyId", "")),
    "CloudTrail.4": Cause(
        ("CreateTrail", "UpdateTrail"), given("enableLogFileValidation", "false")
    ),
    "CloudTrail.5": Cause(("CreateTrail", "UpdateTrail"), given("cloudWatchLogsLogGroupArn", "")),
    "Config.1": Cause(
        (
            "StopConfigurationRecorder",
            "DeleteConfigurationRecorder",
            "DeleteDeliveryChannel",
            "PutConfigurationRecorder",
        )
    ),
    "DynamoDB.2": Cause(
        ("UpdateContinuousBackups",),
        given("pointInTimeRecoverySpecification.pointInTimeRecoveryEnabled", "false"),
    ),
    "DynamoDB.6": Cause(
        ("CreateTable", "UpdateTable"), given("deletionProtectionEnabled", "false")
    ),
    "EC2.1": Cause(("ModifySnapshotAttribute",), mentions("all")),
    "EC2.2": Cause((*INGRESS, "AuthorizeSecurityGroupEgress")),
    "EC2.3": Cause(
        ("CreateVolume", "AttachVolume", "RunInstances"), not_given("encrypted", "true")
    ),
    "EC2.6": Cause(("DeleteFlowLogs", "CreateVpc")),
    "EC2.7": Cause(("DisableEbsEncryptionByDefault",)),
    "EC2.8": Cause(
        ("RunInstances", "ModifyInstanceMetadataOptions"),
        either(mentions("optional"), named("RunInstances")),
    ),
    "EC2.9": Cause(("RunInstances", "AssociateAddress")),
    "EC2.13": Cause(INGRESS, opened(22)),
    "EC2.14": Cause(INGRESS, opened(3389)),
    "EC2.15": Cause(("ModifySubnetAttribute",), given("mapPublicIpOnLaunch.value", "true")),
    "EC2.18": Cause(INGRESS, opened_unlike(80, 443)),
    "EC2.19": Cause(INGRESS, opened(*HIGH_RISK)),
    "EC2.21": Cause(
        ("CreateNetworkAclEntry", "ReplaceNetworkAclEntry"),
        both(mentions("0.0.0.0/0", "::/0"), given("ruleAction", "allow")),
    ),
    "EC2.23": Cause(("CreateTransitGateway", "ModifyTransitGateway"), mentions("enable")),
    "EC2.53": Cause(INGRESS, opened(22, 3389)),
    "EC2.182": Cause(("DisableSnapshotBlockPublicAccess",)),
    "ECR.1": Cause(
        ("CreateRepository", "PutImageScanningConfiguration"),
        not_given("imageScanningConfiguration.scanOnPush", "true"),
    ),
    "ECR.2": Cause(
        ("CreateRepository", "PutImageTagMutability"), not_given("imageTagMutability", "IMMUTABLE")
    ),
    "EFS.1": Cause(("CreateFileSystem",), not_given("encrypted", "true")),
    "EKS.1": Cause(
        ("CreateCluster", "UpdateClusterConfig"),
        given("resourcesVpcConfig.endpointPublicAccess", "true"),
    ),
    "ELB.6": Cause(("ModifyLoadBalancerAttributes", "CreateLoadBalancer")),
    "GuardDuty.1": Cause(
        ("DeleteDetector", "UpdateDetector"),
        either(named("DeleteDetector"), given("enable", "false")),
    ),
    "IAM.1": Cause(
        ("CreatePolicy", "CreatePolicyVersion"), policy("policyDocument", for_all_actions)
    ),
    "IAM.2": Cause(("AttachUserPolicy", "PutUserPolicy")),
    "IAM.3": Cause(("CreateAccessKey",)),
    "IAM.4": Cause(("CreateAccessKey",), by_root),
    "IAM.5": Cause(("CreateLoginProfile", "DeactivateMFADevice")),
    "IAM.6": Cause(("DeactivateMFADevice",), by_root),
    "IAM.7": Cause(
        PASSWORD,
        either(
            GONE,
            below("minimumPasswordLength", 8),
            *(
                given(f"require{what}", "false")
                for what in ("UppercaseCharacters", "LowercaseCharacters", "Numbers", "Symbols")
            ),
        ),
    ),
    "IAM.9": Cause(("DeactivateMFADevice",), by_root),
    "IAM.11": Cause(PASSWORD, either(GONE, given("requireUppercaseCharacters", "false"))),
    "IAM.12": Cause(PASSWORD, either(GONE, given("requireLowercaseCharacters", "false"))),
    "IAM.13": Cause(PASSWORD, either(GONE, given("requireSymbols", "false"))),
    "IAM.14": Cause(PASSWORD, either(GONE, given("requireNumbers", "false"))),
    "IAM.15": Cause(PASSWORD, either(GONE, below("minimumPasswordLength", 14))),
    "IAM.16": Cause(PASSWORD, either(GONE, below("passwordReusePrevention", 24))),
    "IAM.19": Cause(("DeactivateMFADevice", "CreateUser")),
    "IAM.21": Cause(
        ("CreatePolicy", "CreatePolicyVersion"), policy("policyDocument", for_a_whole_service)
    ),
    "KMS.3": Cause(("ScheduleKeyDeletion",)),
    "KMS.4": Cause(("DisableKeyRotation", "CreateKey")),
    "Lambda.1": Cause(
        ("AddPermission20150331v2", "AddPermission20150331"), given("principal", "*")
    ),
    "Lambda.2": Cause(
        ("CreateFunction20150331", "UpdateFunctionConfiguration20150331v2"),
        not_given("runtime", ""),
    ),
    "OpenSearch.1": Cause(
        ("CreateDomain", "UpdateDomainConfig"), not_given("encryptionAtRestOptions.enabled", "true")
    ),
    "RDS.1": Cause(
        ("ModifyDBSnapshotAttribute", "ModifyDBClusterSnapshotAttribute"), mentions("all")
    ),
    "RDS.2": Cause(DB, given("publiclyAccessible", "true")),
    "RDS.3": Cause(DB, not_given("storageEncrypted", "true")),
    "RDS.5": Cause(DB, given("multiAZ", "false")),
    "RDS.7": Cause(CLUSTER, given("deletionProtection", "false")),
    "RDS.8": Cause(DB, given("deletionProtection", "false")),
    "RDS.11": Cause(DB, below("backupRetentionPeriod", 7)),
    "RDS.13": Cause(DB, given("autoMinorVersionUpgrade", "false")),
    "Redshift.1": Cause(("CreateCluster", "ModifyCluster"), given("publiclyAccessible", "true")),
    "S3.1": Cause(
        ("PutAccountPublicAccessBlock", "DeleteAccountPublicAccessBlock"),
        either(named("DeleteAccountPublicAccessBlock"), UNBLOCKED),
    ),
    "S3.2": Cause(PUBLIC_CALLS, PUBLIC_BUCKET),
    "S3.3": Cause(PUBLIC_CALLS, PUBLIC_BUCKET),
    "S3.5": Cause(
        ("PutBucketPolicy", "DeleteBucketPolicy", "CreateBucket"),
        either(
            named("DeleteBucketPolicy", "CreateBucket"), lacks("bucketPolicy", denies_plain_http)
        ),
    ),
    "S3.8": Cause(
        ("PutBucketPublicAccessBlock", "DeleteBucketPublicAccessBlock"),
        either(named("DeleteBucketPublicAccessBlock"), UNBLOCKED),
    ),
    "S3.9": Cause(
        ("PutBucketLogging", "CreateBucket"),
        given("BucketLoggingStatus.LoggingEnabled.TargetBucket", ""),
    ),
    "S3.12": Cause(("PutBucketAcl",)),
    "S3.14": Cause(("PutBucketVersioning",), given("VersioningConfiguration.Status", "Suspended")),
    "S3.17": Cause(
        ("PutBucketEncryption", "DeleteBucketEncryption"),
        either(named("DeleteBucketEncryption"), mentions("AES256")),
    ),
    "SecretsManager.1": Cause(("CancelRotateSecret", "CreateSecret")),
    "SNS.4": Cause(
        ("SetTopicAttributes", "AddPermission"),
        either(named("AddPermission"), policy("attributeValue", for_everyone)),
    ),
    "SQS.3": Cause(
        ("SetQueueAttributes", "AddPermission"),
        either(named("AddPermission"), policy("attributes.Policy", for_everyone)),
    ),
    "SSM.4": Cause(("ModifyDocumentPermission",), mentions("all", "All")),
}
"""Control id → the calls that make it fail. Ids are compared without case."""

_BY_LOWER = {control.lower(): cause for control, cause in CAUSES.items()}


def cause_of(control: str) -> Cause | None:
    """The calls that make the control fail, or None where nobody has written them down."""
    return _BY_LOWER.get(control.lower())
