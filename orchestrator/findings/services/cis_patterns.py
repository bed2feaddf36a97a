"""The metric filters that the CIS AWS Foundations Benchmark prescribes, word for word.

The controls ask for exactly these; nothing may be added or left out.
Source: AWS Security Hub User Guide, "CloudWatch controls"; CIS AWS Foundations Benchmark v1.4.0.
"""

from __future__ import annotations

from collections.abc import Mapping


def any_of(*names: str) -> str:
    return " || ".join(f"($.eventName={name})" for name in names)


def events(*names: str) -> str:
    return "{" + any_of(*names) + "}"


def events_of(source: str, *names: str) -> str:
    return "{($.eventSource=" + source + ") && (" + any_of(*names) + ")}"


ROOT = (
    '{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS && '
    '$.eventType !="AwsServiceEvent"}'
)
UNAUTHORIZED = '{($.errorCode="*UnauthorizedOperation") || ($.errorCode="AccessDenied*")}'
NO_MFA = (
    '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && '
    '($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }'
)
FAILED_SIGN_IN = '{($.eventName=ConsoleLogin) && ($.errorMessage="Failed authentication")}'

POLICIES = events_of(
    "iam.amazonaws.com",
    *("DeleteGroupPolicy", "DeleteRolePolicy", "DeleteUserPolicy", "PutGroupPolicy"),
    *("PutRolePolicy", "PutUserPolicy", "CreatePolicy", "DeletePolicy", "CreatePolicyVersion"),
    *("DeletePolicyVersion", "AttachRolePolicy", "DetachRolePolicy", "AttachUserPolicy"),
    *("DetachUserPolicy", "AttachGroupPolicy", "DetachGroupPolicy"),
)
TRAILS = events("CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging")
KEYS = events_of("kms.amazonaws.com", "DisableKey", "ScheduleKeyDeletion")
BUCKETS = events_of(
    "s3.amazonaws.com",
    *("PutBucketAcl", "PutBucketPolicy", "PutBucketCors", "PutBucketLifecycle"),
    *("PutBucketReplication", "DeleteBucketPolicy", "DeleteBucketCors", "DeleteBucketLifecycle"),
    "DeleteBucketReplication",
)
CONFIG = events_of(
    "config.amazonaws.com",
    *("StopConfigurationRecorder", "DeleteDeliveryChannel", "PutDeliveryChannel"),
    "PutConfigurationRecorder",
)
SECURITY_GROUPS = events(
    *("AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress"),
    *("RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress", "CreateSecurityGroup"),
    "DeleteSecurityGroup",
)
NETWORK_ACLS = events(
    *("CreateNetworkAcl", "CreateNetworkAclEntry", "DeleteNetworkAcl", "DeleteNetworkAclEntry"),
    *("ReplaceNetworkAclEntry", "ReplaceNetworkAclAssociation"),
)
GATEWAYS = events(
    *("CreateCustomerGateway", "DeleteCustomerGateway", "AttachInternetGateway"),
    *("CreateInternetGateway", "DeleteInternetGateway", "DetachInternetGateway"),
)
ROUTES = events_of(
    "ec2.amazonaws.com",
    *("CreateRoute", "CreateRouteTable", "ReplaceRoute", "ReplaceRouteTableAssociation"),
    *("DeleteRouteTable", "DeleteRoute", "DisassociateRouteTable"),
)
NETWORKS = events(
    *("CreateVpc", "DeleteVpc", "ModifyVpcAttribute", "AcceptVpcPeeringConnection"),
    *("CreateVpcPeeringConnection", "DeleteVpcPeeringConnection", "RejectVpcPeeringConnection"),
    *("AttachClassicLinkVpc", "DetachClassicLinkVpc", "DisableVpcClassicLink"),
    "EnableVpcClassicLink",
)

PATTERNS: Mapping[str, str] = {
    "CloudWatch.1": ROOT,
    "CloudWatch.2": UNAUTHORIZED,
    "CloudWatch.3": NO_MFA,
    "CloudWatch.4": POLICIES,
    "CloudWatch.5": TRAILS,
    "CloudWatch.6": FAILED_SIGN_IN,
    "CloudWatch.7": KEYS,
    "CloudWatch.8": BUCKETS,
    "CloudWatch.9": CONFIG,
    "CloudWatch.10": SECURITY_GROUPS,
    "CloudWatch.11": NETWORK_ACLS,
    "CloudWatch.12": GATEWAYS,
    "CloudWatch.13": ROUTES,
    "CloudWatch.14": NETWORKS,
}


def same(one: str, other: str) -> bool:
    """Whether two patterns differ in blanks alone."""
    return "".join(one.split()) == "".join(other.split())
