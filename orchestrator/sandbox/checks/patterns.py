"""The metric filters that the text of CloudWatch.1 to CloudWatch.14 asks for.

Source: AWS Security Hub User Guide, "Security Hub controls for CloudWatch", the remediation steps
of each, which are those of the CIS AWS Foundations Benchmark. No field or term may be added.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

IAM = (
    "DeleteGroupPolicy DeleteRolePolicy DeleteUserPolicy PutGroupPolicy PutRolePolicy "
    "PutUserPolicy CreatePolicy DeletePolicy CreatePolicyVersion DeletePolicyVersion "
    "AttachRolePolicy DetachRolePolicy AttachUserPolicy DetachUserPolicy AttachGroupPolicy "
    "DetachGroupPolicy"
)
TRAILS = "CreateTrail UpdateTrail DeleteTrail StartLogging StopLogging"
BUCKETS = (
    "PutBucketAcl PutBucketPolicy PutBucketCors PutBucketLifecycle PutBucketReplication "
    "DeleteBucketPolicy DeleteBucketCors DeleteBucketLifecycle DeleteBucketReplication"
)
RECORDERS = (
    "StopConfigurationRecorder DeleteDeliveryChannel PutDeliveryChannel PutConfigurationRecorder"
)
GROUPS = (
    "AuthorizeSecurityGroupIngress AuthorizeSecurityGroupEgress RevokeSecurityGroupIngress "
    "RevokeSecurityGroupEgress CreateSecurityGroup DeleteSecurityGroup"
)
LISTS = (
    "CreateNetworkAcl CreateNetworkAclEntry DeleteNetworkAcl DeleteNetworkAclEntry "
    "ReplaceNetworkAclEntry ReplaceNetworkAclAssociation"
)
GATEWAYS = (
    "CreateCustomerGateway DeleteCustomerGateway AttachInternetGateway CreateInternetGateway "
    "DeleteInternetGateway DetachInternetGateway"
)
ROUTES = (
    "CreateRoute CreateRouteTable ReplaceRoute ReplaceRouteTableAssociation DeleteRouteTable "
    "DeleteRoute DisassociateRouteTable"
)
VPCS = (
    "CreateVpc DeleteVpc ModifyVpcAttribute AcceptVpcPeeringConnection "
    "CreateVpcPeeringConnection DeleteVpcPeeringConnection RejectVpcPeeringConnection "
    "AttachClassicLinkVpc DetachClassicLinkVpc DisableVpcClassicLink EnableVpcClassicLink"
)


def _any(names: str, source: str = "") -> str:
    events = " || ".join(f"($.eventName={name})" for name in names.split())
    return (
        f"{{($.eventSource={source}.amazonaws.com) && ({events})}}" if source else f"{{{events}}}"
    )


PATTERNS: Mapping[str, str] = {
    "CloudWatch.1": (
        '{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS '
        '&& $.eventType !="AwsServiceEvent"}'
    ),
    "CloudWatch.2": '{($.errorCode="*UnauthorizedOperation") || ($.errorCode="AccessDenied*")}',
    "CloudWatch.3": (
        '{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") '
        '&& ($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }'
    ),
    "CloudWatch.4": _any(IAM, "iam"),
    "CloudWatch.5": _any(TRAILS),
    "CloudWatch.6": ('{($.eventName=ConsoleLogin) && ($.errorMessage="Failed authentication")}'),
    "CloudWatch.7": _any("DisableKey ScheduleKeyDeletion", "kms"),
    "CloudWatch.8": _any(BUCKETS, "s3"),
    "CloudWatch.9": _any(RECORDERS, "config"),
    "CloudWatch.10": _any(GROUPS),
    "CloudWatch.11": _any(LISTS),
    "CloudWatch.12": _any(GATEWAYS),
    "CloudWatch.13": _any(ROUTES, "ec2"),
    "CloudWatch.14": _any(VPCS),
}


def plain(pattern: str) -> str:
    """Without what makes no difference: blanks, and quotes around a word."""
    return re.sub(r'[\s"]', "", pattern)
