"""What a call needs besides its own action, a handed role and its tags.

The reference lists dependent actions without saying when they are asked: what depends on the
input is here. Source: as said at each; else the service's own guide.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from orchestrator.sandbox.exchange import Call
from orchestrator.sandbox.needs.inputs import Place

Members = Mapping[str, Any]
Pair = tuple[str, str]
"""An action and the ARN it is asked on."""
Dependents = Callable[[Call, Members, Place], Iterator[Pair]]


def dependents(call: Call, members: Members, place: Place) -> tuple[Pair, ...]:
    """In the order in which AWS's documents name them."""
    found = CALLS.get(f"{call.service}:{call.operation}")
    return tuple(found(call, members, place)) if found else ()


def _copy(_: Call, members: Members, __: Place) -> Iterator[Pair]:
    """Source: Amazon S3 API Reference, CopyObject, "Permissions"."""
    source = unquote(str(members.get("CopySource") or "")).removeprefix("/")
    key, *version = source.split("?versionId=")
    if key:
        yield f"s3:GetObject{'Version' if version else ''}", f"arn:aws:s3:::{key}"


def _notifications(_: Call, members: Members, __: Place) -> Iterator[Pair]:
    """Source: AWS CloudFormation API Reference, UpdateStack, NotificationARNs."""
    yield from (("sns:Publish", str(topic)) for topic in members.get("NotificationARNs") or ())


def _zones(call: Call, _: Members, place: Place) -> Iterator[Pair]:
    """Source: CloudFormation's registry, handlers of AWS::OpenSearchServerless::VpcEndpoint."""
    where = f"arn:aws:ec2:{call.region}:{place.account_id}:"
    yield "route53:CreateHostedZone", "*"
    yield "route53:AssociateVPCWithHostedZone", "arn:aws:route53:::hostedzone/*"
    yield "route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/*"
    yield "route53:GetChange", "arn:aws:route53:::change/*"
    yield "route53:GetHostedZone", "arn:aws:route53:::hostedzone/*"
    yield "route53:ListHostedZonesByName", "*"
    yield "route53:ListHostedZonesByVPC", "*"
    yield "route53:ListResourceRecordSets", "arn:aws:route53:::hostedzone/*"
    yield "ec2:CreateVpcEndpoint", f"{where}vpc-endpoint/*"
    yield "ec2:ModifyVpcEndpoint", f"{where}vpc-endpoint/*"


def _endpoint(call: Call, _: Members, place: Place) -> Iterator[Pair]:
    """Source: as of `_zones`, the handler of updates."""
    yield "ec2:ModifyVpcEndpoint", f"arn:aws:ec2:{call.region}:{place.account_id}:vpc-endpoint/*"


def _zone_gone(_: Call, __: Members, ___: Place) -> Iterator[Pair]:
    """Source: as of `_zones`, the handler of deletions."""
    yield "route53:DeleteHostedZone", "arn:aws:route53:::hostedzone/*"


LAKE = "arn:aws:s3:::aws-security-data-lake-"
LAKE_BUCKET = (
    *("CreateBucket", "PutBucketPolicy", "PutBucketVersioning", "PutBucketPublicAccessBlock"),
    *("PutEncryptionConfiguration", "PutLifecycleConfiguration", "PutBucketNotification"),
    "ListBucket",
)


def _lake(_: Call, members: Members, place: Place) -> Iterator[Pair]:
    """Source: the managed policy AmazonSecurityLakeAdministrator, version 2."""
    for configuration in members.get("configurations") or ():
        bucket = f"{LAKE}{configuration.get('region')}-*"
        yield from ((f"s3:{name}", bucket) for name in LAKE_BUCKET)
    linked = (
        "role/aws-service-role/lakeformation.amazonaws.com/AWSServiceRoleForLakeFormationDataAccess"
    )
    yield LINKING, f"arn:aws:iam::{place.account_id}:{linked}"


def _analyzer(_: Call, members: Members, __: Place) -> Iterator[Pair]:
    """Source: CloudFormation's registry, handlers of AWS::AccessAnalyzer::Analyzer."""
    if str(members.get("type", "")).startswith("ORGANIZATION"):
        yield "organizations:ListAWSServiceAccessForOrganization", "*"


def _flow_logs(_: Call, members: Members, __: Place) -> Iterator[Pair]:
    """Source: Amazon VPC User Guide, "Publish flow logs to Amazon S3"."""
    if members.get("LogDestinationType") in ("s3", "kinesis-data-firehose"):
        yield "logs:CreateLogDelivery", "*"


def _profile(_: Call, members: Members, place: Place) -> Iterator[Pair]:
    yield "iam:PassRole", f"arn:aws:iam::{place.account_id}:role/{members.get('RoleName')}"


def _linked(service: str, role: str, asked: Dependents | None = None) -> Dependents:
    """What makes its service's role with the caller's rights, in an account that has none yet.

    Source: "Using service-linked roles" in each service's guide.
    """

    def dependents_of(call: Call, members: Members, place: Place) -> Iterator[Pair]:
        yield from asked(call, members, place) if asked else ()
        path = f"role/aws-service-role/{service}.amazonaws.com/AWSServiceRoleFor{role}"
        yield LINKING, f"arn:aws:iam::{place.account_id}:{path}"

    return dependents_of


LINKING = "iam:CreateServiceLinkedRole"
CALLS: Mapping[str, Dependents] = {
    "accessanalyzer:CreateAnalyzer": _linked("access-analyzer", "AccessAnalyzer", _analyzer),
    "cloudformation:CreateStack": _notifications,
    "cloudformation:UpdateStack": _notifications,
    "ec2:CreateFlowLogs": _flow_logs,
    "ec2:DeleteFlowLogs": lambda _, __, ___: iter([("logs:DeleteLogDelivery", "*")]),
    "guardduty:CreateDetector": _linked("guardduty", "AmazonGuardDuty"),
    "iam:AddRoleToInstanceProfile": _profile,
    "inspector2:Enable": _linked("inspector2", "AmazonInspector2"),
    "macie2:EnableMacie": _linked("macie", "AmazonMacie"),
    "opensearchserverless:CreateVpcEndpoint": _zones,
    "opensearchserverless:DeleteVpcEndpoint": _zone_gone,
    "opensearchserverless:UpdateVpcEndpoint": _endpoint,
    "s3:CopyObject": _copy,
    "s3:UploadPartCopy": _copy,
    "securityhub:EnableSecurityHub": _linked("securityhub", "SecurityHub"),
    "securitylake:CreateDataLake": _lake,
}
