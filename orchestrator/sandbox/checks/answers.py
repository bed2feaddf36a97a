"""AWS's answers as checks read them, each asked for once; what policies in them say."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from botocore.exceptions import ClientError

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


FIXED = frozenset(
    {
        *("aws:sourceaccount", "aws:sourcearn", "aws:sourceowner", "aws:principalorgid"),
        *("aws:principalorgpaths", "aws:principalaccount", "aws:principalarn", "aws:userid"),
        *("aws:sourceorgid", "aws:sourceorgpaths", "aws:sourcevpc", "aws:sourcevpce"),
        *(
            "kms:calleraccount",
            "s3:dataaccesspointaccount",
            "s3:dataaccesspointarn",
            "aws:sourceip",
        ),
    }
)
"""Keys that make a policy not public, when they hold fixed values.

Source: Amazon S3 User Guide, "The meaning of 'public'".
"""


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def statements(policy: str | None) -> Iterator[dict[str, Any]]:
    """The statements of a policy's text."""
    yield from listed(json.loads(policy).get("Statement")) if policy else ()


def everyone(statement: dict[str, Any]) -> bool:
    """Whether it allows whoever comes, under no condition that names somebody."""
    principal = statement.get("Principal")
    whom = listed(principal.get("AWS")) if isinstance(principal, dict) else listed(principal)
    if statement.get("Effect") != "Allow" or "*" not in whom:
        return False
    return not any(
        key.lower() in FIXED and all(_fixed(str(value)) for value in listed(values))
        for operator, keys in statement.get("Condition", {}).items()
        if not operator.lower().removeprefix("forallvalues:").startswith(("null", "stringnot"))
        for key, values in keys.items()
    )


def _fixed(value: str) -> bool:
    """Neither a wildcard nor a variable nor every address: those let anybody in.

    An ARN may have a wildcard after its account.
    """
    if value.startswith("arn:"):
        return "*" not in value.split(":", 5)[4] and bool(value.split(":", 5)[2])
    return value not in ("0.0.0.0/0", "::/0") and not set(value) & set("*?$")


def actions(statement: dict[str, Any]) -> list[str]:
    return [str(each) for each in listed(statement.get("Action"))]


class Clients(Protocol):
    """boto3 clients of the account that is looked at."""

    def __call__(self, service: str, region: str | None = None) -> Any:
        """A client of `service`, in the scope's region unless another is named."""
        ...


@dataclass(frozen=True, slots=True)
class Scope:
    """What is evaluated. `home` is where global resources are looked at."""

    account: str
    region: str
    home: str
    partition: str = "aws"


class Reader:
    """Answers of AWS, remembered for as long as the reader lives: one evaluation."""

    def __init__(self, scope: Scope, clients: Clients) -> None:
        self.scope = scope
        self.client = clients
        self._known: dict[object, Any] = {}

    def all(self, service: str, operation: str, *path: str, **given: Any) -> list[Any]:
        """Every page of a listing. `path` are the keys to the list; lists on the way are joined."""
        key = (service, operation, path, repr(sorted(given.items())))
        if key not in self._known:
            self._known[key] = self._listed(service, operation, path, given)
        found: list[Any] = self._known[key]
        return found

    def get(
        self, service: str, operation: str, *path: str, absent: tuple[str, ...] = (), **given: Any
    ) -> Any:
        """What one answer says under `path`; None where it says nothing.

        `absent` are the error codes by which AWS says that there is nothing.
        """
        key = (service, operation, "", repr(sorted(given.items())))
        if key not in self._known:
            try:
                self._known[key] = getattr(self.client(service), operation)(**given)
            except ClientError as error:
                if error.response["Error"]["Code"] not in absent:
                    raise
                self._known[key] = None
        return dig(self._known[key], *path)

    def arn(self, service: str, rest: str, *, account: bool = True, region: bool = True) -> str:
        scope = self.scope
        place = (scope.region if region else "", scope.account if account else "")
        return f"arn:{scope.partition}:{service}:{place[0]}:{place[1]}:{rest}"

    def _listed(
        self, service: str, operation: str, path: tuple[str, ...], given: Mapping[str, Any]
    ) -> list[Any]:
        client = self.client(service)
        if client.can_paginate(operation):
            pages = client.get_paginator(operation).paginate(**given)
        else:
            pages = [getattr(client, operation)(**given)]
        found = list(pages)
        for key in path:
            nested = [each.get(key) or [] for each in found]
            found = [item for items in nested for item in _items(items)]
        return found


def _items(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def dig(value: Any, *path: str) -> Any:
    """What is under `path`, None where a step is missing."""
    for key in path:
        if not isinstance(value, Mapping):
            return None
        value = value.get(key)
    return value
