"""Calls whose resources follow neither from the templates nor from the names of members.

Each is here because an identifier has parts, or says its own type. Source where none is given:
Service Authorization Reference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from moto.ec2.utils import EC2_PREFIX_TO_RESOURCE

from orchestrator.sandbox.exchange import Call
from orchestrator.sandbox.needs.inputs import Place

Members = Mapping[str, Any]
Special = Callable[[Call, Members, Place], tuple[str, ...]]
"""The ARNs; none where the call is like any other."""


def arns(call: Call, members: Members, place: Place) -> tuple[str, ...]:
    """The ARNs of a call that is special, else nothing."""
    special = CALLS.get(f"{call.service}:{call.operation}") or SERVICES.get(call.service)
    return special(call, members, place) if special else ()


def _iam(call: Call, members: Members, place: Place) -> tuple[str, ...]:
    """What is made with a path has it in its ARN."""
    path = members.get("Path")
    if not call.operation.startswith("Create") or not path:
        return ()
    for key, kind in IAM_KINDS.items():
        if name := members.get(key):
            return (f"arn:aws:iam::{place.account_id}:{kind}{path}{name}",)
    return ()


IAM_KINDS = {
    "RoleName": "role",
    "UserName": "user",
    "GroupName": "group",
    "InstanceProfileName": "instance-profile",
    "PolicyName": "policy",
}


def _linked_role(_: Call, members: Members, place: Place) -> tuple[str, ...]:
    service = members.get("AWSServiceName")
    return (f"arn:aws:iam::{place.account_id}:role/aws-service-role/{service}/*",)


def _deletion(_: Call, members: Members, place: Place) -> tuple[str, ...]:
    """A task is named after its role: 'task/aws-service-role/SERVICE/ROLE/ID'.

    Source: IAM User Guide, "Create a service-linked role", "Service-linked role permissions".
    """
    path = str(members.get("DeletionTaskId", "")).removeprefix("task/").rpartition("/")[0]
    return (f"arn:aws:iam::{place.account_id}:role/{path or '*'}",)


def _provider(_: Call, members: Members, place: Place) -> tuple[str, ...]:
    issuer = str(members.get("Url", "")).removeprefix("https://")
    return (f"arn:aws:iam::{place.account_id}:oidc-provider/{issuer}",)


def _rule(call: Call, members: Members, place: Place) -> tuple[str, ...]:
    """A rule of the default bus is named without it.

    Source: Amazon EventBridge User Guide, "Resource ARN formats".
    """
    bus = str(members.get("EventBusName") or "default").rpartition("/")[2]
    name = members.get("Rule") or members.get("Name")
    if ("Rule" not in call.operation and "Targets" not in call.operation) or not name:
        return ()
    where = f"arn:aws:events:{call.region}:{place.account_id}:rule"
    return (f"{where}/{name}" if bus == "default" else f"{where}/{bus}/{name}",)


def _bus_entries(call: Call, members: Members, place: Place) -> tuple[str, ...]:
    """Events that name no bus are for the default one."""
    names = [str(entry.get("EventBusName") or "default") for entry in members.get("Entries") or ()]
    where = f"arn:aws:events:{call.region}:{place.account_id}:event-bus/"
    return tuple(dict.fromkeys(n if n.startswith("arn:") else where + n for n in names))


EC2_KINDS = {
    **EC2_PREFIX_TO_RESOURCE,
    "eipalloc": "elastic-ip",
    "fl": "vpc-flow-log",
    "nat": "natgateway",
    "pl": "prefix-list",
    "vpce-svc": "vpc-endpoint-service",
}
"""The beginning of an id → the word of its ARN, where moto has its own words.

Source: Service Authorization Reference, Amazon EC2, "Resource types defined by Amazon EC2".
"""


def _ec2_ids(call: Call, members: Members, place: Place) -> tuple[str, ...]:
    """An id of EC2 says what it is of: 'vpc-0a1b'."""
    ids = members.get("Resources") or members.get("ResourceIds") or ()
    where = f"arn:aws:ec2:{call.region}:"
    found = []
    for one in ids:
        kind = EC2_KINDS.get(str(one).rpartition("-")[0], "*")
        owner = "" if kind in ("image", "snapshot") else place.account_id
        found.append(f"{where}{owner}:{kind}/{one}")
    return tuple(found)


def _flow_logs(call: Call, members: Members, place: Place) -> tuple[str, ...]:
    log = f"arn:aws:ec2:{call.region}:{place.account_id}:vpc-flow-log/*"
    return (*_ec2_ids(call, members, place), log)


def _tables(call: Call, members: Members, place: Place) -> tuple[str, ...]:
    """A batch or a transaction is about every table it names."""
    items = members.get("RequestItems") or {}
    writes = [w for item in members.get("TransactItems") or () for w in item.values()]
    names = [*items, *(str(write.get("TableName", "")) for write in writes)]
    where = f"arn:aws:dynamodb:{call.region}:{place.account_id}:table/"
    return tuple(dict.fromkeys(n if n.startswith("arn:") else where + n for n in names if n))


def _objects(_: Call, members: Members, __: Place) -> tuple[str, ...]:
    """DeleteObjects names many."""
    keys = [each.get("Key") for each in (members.get("Delete") or {}).get("Objects", ())]
    return tuple(f"arn:aws:s3:::{members.get('Bucket')}/{key}" for key in keys)


def _path(call: Call, members: Members, _: Place) -> tuple[str, ...]:
    """API Gateway's resources are the paths of its calls.

    Source: Amazon API Gateway Developer Guide, "Control access for invoking an API".
    """
    if arn := members.get("resourceArn") or members.get("ResourceArn"):
        return (str(arn),)
    from moto.core.utils import get_service_model  # noqa: PLC0415  only for this service

    uri = get_service_model(call.service).operation_model(call.operation).http["requestUri"]
    for name, value in call.path_parameters.items():
        uri = uri.replace(f"{{{name}}}", str(value))
    uri = uri.removeprefix("/v2")
    return (f"arn:aws:apigateway:{call.region}::{uri.partition('?')[0]}",)


def _task(call: Call, members: Members, place: Place) -> tuple[str, ...]:
    """'family:1', or a family alone, which is its newest revision."""
    given = str(members.get("taskDefinition", ""))
    if not given or given.startswith("arn:"):
        return (given,) if given else ()
    family, _, revision = given.partition(":")
    where = f"arn:aws:ecs:{call.region}:{place.account_id}:task-definition/"
    return (f"{where}{family}:{revision or '*'}",)


def _policy_and_target(_: Call, members: Members, place: Place) -> tuple[str, ...]:
    """A target is a root, an OU or an account, by the form of its id."""
    where = f"arn:aws:organizations::{place.management_id}:"
    policy, target = str(members.get("PolicyId", "")), str(members.get("TargetId", ""))
    kind = {"r": "root", "o": "ou"}.get(target[:1], "account")
    own = place.organization_id
    return (f"{where}policy/{own}/*/{policy}", f"{where}{kind}/{own}/{target}")


def _parameter_tags(call: Call, members: Members, place: Place) -> tuple[str, ...]:
    """Systems Manager's tags name a type and an id."""
    kinds = {
        "Parameter": "parameter",
        "Document": "document",
        "ManagedInstance": "managed-instance",
    }
    kind = kinds.get(str(members.get("ResourceType")), str(members.get("ResourceType", "")).lower())
    name = str(members.get("ResourceId", "")).removeprefix("/")
    return (f"arn:aws:ssm:{call.region}:{place.account_id}:{kind}/{name}",)


def _of_route53(_: Call, members: Members, __: Place) -> tuple[str, ...]:
    """Tags are of a health check or of a hosted zone, as the call says."""
    kind, id_ = members.get("ResourceType"), members.get("ResourceId")
    return (f"arn:aws:route53:::{kind}/{id_}",)


def _of_efs(call: Call, members: Members, place: Place) -> tuple[str, ...]:
    """An id says whether it is of a file system or of an access point."""
    id_ = str(members.get("ResourceId", "")).rpartition("/")[2]
    kind = "access-point" if id_.startswith("fsap-") else "file-system"
    return (f"arn:aws:elasticfilesystem:{call.region}:{place.account_id}:{kind}/{id_}",)


def _setting(call: Call, members: Members, place: Place) -> tuple[str, ...]:
    """A service setting by its ARN or its id: '/ssm/automation/…'."""
    given = str(members.get("SettingId", ""))
    where = f"arn:aws:ssm:{call.region}:{place.account_id}:servicesetting/"
    return (given if given.startswith("arn:") else where + given.removeprefix("/"),)


def _of_work_group(call: Call, members: Members, place: Place) -> tuple[str, ...]:
    """A query is asked of on its work group, which only Athena knows; `located` finds it out."""
    several = (members.get(f"{kind}Ids") or () for kind in QUERIES)
    single = (members.get(f"{kind}Id") for kind in QUERIES)
    ids = [*filter(None, single), *(one for each in several for one in each)]
    where = f"arn:aws:athena:{call.region}:{place.account_id}:query/"
    return tuple(f"{where}{one}" for one in ids)


QUERIES = ("QueryExecution", "NamedQuery")


def _hub_v2(call: Call, _: Members, place: Place) -> tuple[str, ...]:
    """The unified hub, which the data at hand does not know yet.

    Source: Service Authorization Reference, AWS Security Hub, of September 2026:
    BatchUpdateFindings and GetFindings are asked on `hub` or on `hubv2`.
    """
    return (f"arn:aws:securityhub:{call.region}:{place.account_id}:hubv2/*",)


SERVICES: Mapping[str, Special] = {
    "iam": _iam,
    "apigateway": _path,
    "apigatewayv2": _path,
    "events": _rule,
}
CALLS: Mapping[str, Special] = {
    "athena:BatchGetNamedQuery": _of_work_group,
    "athena:BatchGetQueryExecution": _of_work_group,
    "athena:DeleteNamedQuery": _of_work_group,
    "athena:GetNamedQuery": _of_work_group,
    "athena:GetQueryExecution": _of_work_group,
    "athena:GetQueryResults": _of_work_group,
    "athena:GetQueryRuntimeStatistics": _of_work_group,
    "athena:StopQueryExecution": _of_work_group,
    "iam:CreateServiceLinkedRole": _linked_role,
    "iam:GetServiceLinkedRoleDeletionStatus": _deletion,
    "iam:CreateOpenIDConnectProvider": _provider,
    "events:PutEvents": _bus_entries,
    "ec2:CreateTags": _ec2_ids,
    "ec2:DeleteTags": _ec2_ids,
    "ec2:CreateFlowLogs": _flow_logs,
    "dynamodb:BatchGetItem": _tables,
    "dynamodb:BatchWriteItem": _tables,
    "dynamodb:TransactGetItems": _tables,
    "dynamodb:TransactWriteItems": _tables,
    "s3:DeleteObjects": _objects,
    "ecs:RunTask": _task,
    "ecs:StartTask": _task,
    "organizations:AttachPolicy": _policy_and_target,
    "organizations:DetachPolicy": _policy_and_target,
    "securityhub:BatchUpdateFindingsV2": _hub_v2,
    "securityhub:GetFindingsV2": _hub_v2,
    "ssm:GetServiceSetting": _setting,
    "ssm:ResetServiceSetting": _setting,
    "ssm:UpdateServiceSetting": _setting,
    "ssm:AddTagsToResource": _parameter_tags,
    "ssm:RemoveTagsFromResource": _parameter_tags,
    "ssm:ListTagsForResource": _parameter_tags,
    "route53:ListTagsForResource": _of_route53,
    "route53:ChangeTagsForResource": _of_route53,
    "efs:ListTagsForResource": _of_efs,
    "efs:TagResource": _of_efs,
    "efs:UntagResource": _of_efs,
}
