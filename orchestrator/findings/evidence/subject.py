"""A resource as logs call it: its network interfaces, its open ports, its names.

Source: API references of EC2, RDS, Redshift, DMS and CloudFront; Amazon VPC User Guide, "Requester-
managed network interfaces", for how services describe theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from orchestrator.findings.evidence.question import Kind, Ports, Question, Subject, ranges
from orchestrator.findings.remediation import Permission, Place

WHOLE: Ports = (0, 65535)
OPEN = frozenset({"0.0.0.0/0", "::/0"})


class Call(Protocol):
    """One request, by AWS's own names, in the resource's account and region."""

    def __call__(self, service: str, operation: str, **parameters: Any) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Unresolved(Exception):
    """Why it cannot be told what logs call the resource, in a sentence."""

    why: str


Find = Callable[[Question, Subject, Call], Subject]


def _why(service: str) -> str:
    return f"{service} takes no resource for these, or has no name for it before it is found"


READS: Mapping[Kind, tuple[Permission, ...]] = {
    Kind.SECURITY_GROUP: (
        Permission(
            ("ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroupRules"), why=_why("EC2")
        ),
    ),
    Kind.NETWORK_ACL: (
        Permission(("ec2:DescribeNetworkAcls", "ec2:DescribeNetworkInterfaces"), why=_why("EC2")),
    ),
    Kind.DATABASE: (
        Permission(("rds:DescribeDBInstances",), ("arn:{partition}:rds:*:{account}:db:*",)),
        Permission(("ec2:DescribeNetworkInterfaces",), why=_why("EC2")),
    ),
    Kind.WAREHOUSE: (
        Permission(
            ("redshift:DescribeClusters",), ("arn:{partition}:redshift:*:{account}:cluster:*",)
        ),
        Permission(("ec2:DescribeNetworkInterfaces",), why=_why("EC2")),
    ),
    Kind.REPLICATION: (
        Permission(("dms:DescribeReplicationInstances",), why=_why("DMS")),
        Permission(("ec2:DescribeNetworkInterfaces",), why=_why("EC2")),
    ),
    Kind.SERVERLESS: (
        Permission(
            ("redshift-serverless:ListWorkgroups",), why="Redshift Serverless lists all of them"
        ),
    ),
    Kind.BROKERS: (
        Permission(("kafka:ListNodes",), ("arn:{partition}:kafka:*:{account}:cluster/*",)),
    ),
    Kind.USER: (
        Permission(
            ("iam:GetAccessKeyLastUsed", "iam:GetUser", "iam:ListAccessKeys"),
            ("arn:{partition}:iam::{account}:user/*",),
        ),
    ),
    Kind.DISTRIBUTION: (
        Permission(
            ("cloudfront:GetDistribution",),
            ("arn:{partition}:cloudfront::{account}:distribution/*",),
        ),
    ),
}
"""What finding a resource takes; a kind that is not here takes nothing."""


def subject(
    question: Question,
    place: Place,
    control: str,
    arn: str,
    days: int,
    now: datetime,
    organization: frozenset[str],
    call: Call,
) -> Subject:
    """Raises Unresolved, and what `call` raises."""
    known = Subject(
        control=control,
        account=place.account,
        region=place.region,
        arn=arn,
        since=_millis(now - timedelta(days=days)),
        until=_millis(now),
        ports=question.ports,
        organization=organization,
    )
    if question.kind in FIND:
        return FIND[question.kind](question, known, call)
    balancer = question.kind is Kind.LOAD_BALANCER
    return replace(known, name=arn.partition("loadbalancer/")[2] if balancer else _tail(known))


def _millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _security_group(question: Question, subject: Subject, call: Call) -> Subject:
    group = _tail(subject)
    if subject.control.lower() != "ec2.2":
        rules = _all(
            *(call, "DescribeSecurityGroupRules", "SecurityGroupRules"),
            Filters=[{"Name": "group-id", "Values": [group]}],
        )
        ports = ranges([each for rule in rules for each in _open(rule)], question.ports)
        if not ports:
            raise Unresolved("no rule of it is open to the world now")
        subject = replace(subject, ports=() if ports == (WHOLE,) else ports)
    return replace(subject, interfaces=_interfaces(call, ("group-id", (group,))))


def _open(rule: Mapping[str, Any]) -> Iterator[Ports]:
    """The ports that a rule opens to the world. Protocol -1 and port -1 are all of them.

    Source: Amazon EC2 API Reference, SecurityGroupRule.
    """
    source = rule.get("CidrIpv4") or rule.get("CidrIpv6")
    if rule.get("IsEgress") or source not in OPEN or "icmp" in str(rule.get("IpProtocol")):
        return
    first, last = int(rule.get("FromPort", -1)), int(rule.get("ToPort", -1))
    yield WHOLE if rule.get("IpProtocol") == "-1" or first < 0 else (first, last)


def _network_acl(_: Question, subject: Subject, call: Call) -> Subject:
    found = call("ec2", "DescribeNetworkAcls", NetworkAclIds=[_tail(subject)])["NetworkAcls"]
    subnets = tuple(each["SubnetId"] for acl in found for each in acl.get("Associations", []))
    interfaces = _interfaces(call, ("subnet-id", subnets)) if subnets else ()
    return replace(subject, interfaces=_some(interfaces, "no network interface is behind it"))


def _database(_: Question, subject: Subject, call: Call) -> Subject:
    """An interface of RDS does not say whose it is: all of the same security groups are taken."""
    name = subject.arn.rpartition(":")[2]
    (found,) = call("rds", "DescribeDBInstances", DBInstanceIdentifier=name)["DBInstances"]
    groups = tuple(each["VpcSecurityGroupId"] for each in found["VpcSecurityGroups"])
    return _behind(subject, call, groups, "RDSNetworkInterface", found["Endpoint"]["Port"])


def _warehouse(_: Question, subject: Subject, call: Call) -> Subject:
    name = subject.arn.rpartition(":")[2]
    (found,) = call("redshift", "DescribeClusters", ClusterIdentifier=name)["Clusters"]
    groups = tuple(each["VpcSecurityGroupId"] for each in found["VpcSecurityGroups"])
    return _behind(subject, call, groups, "RedshiftNetworkInterface", found["Endpoint"]["Port"])


def _behind(
    subject: Subject, call: Call, groups: tuple[str, ...], description: str, port: int
) -> Subject:
    found = _interfaces(call, ("group-id", groups), ("description", (description,)))
    return replace(
        subject,
        interfaces=_some(found, "no network interface of it is in its security groups"),
        ports=((port, port),),
        shared="databases that share its security groups are among them" if len(found) > 1 else "",
    )


def _replication(_: Question, subject: Subject, call: Call) -> Subject:
    filters = [{"Name": "replication-instance-arn", "Values": [subject.arn]}]
    (found,) = call("dms", "DescribeReplicationInstances", Filters=filters)["ReplicationInstances"]
    addresses = tuple(found["ReplicationInstancePrivateIpAddresses"])
    vpc = found["ReplicationSubnetGroup"]["VpcId"]
    interfaces = _interfaces(call, ("addresses.private-ip-address", addresses), ("vpc-id", (vpc,)))
    return replace(subject, interfaces=_some(interfaces, "no network interface has its addresses"))


def _serverless(_: Question, subject: Subject, call: Call) -> Subject:
    """A finding names a workgroup by the id in its ARN; only its name could be asked for."""
    pages = _pages(call, "redshift-serverless", "ListWorkgroups", "nextToken")
    groups = (group for page in pages for group in page["workgroups"])
    found = next((each for each in groups if each["workgroupArn"] == subject.arn), None)
    if found is None:
        raise Unresolved("there is no such workgroup")
    endpoint = found["endpoint"]
    interfaces = tuple(
        each["networkInterfaceId"]
        for vpc in endpoint.get("vpcEndpoints", [])
        for each in vpc.get("networkInterfaces", [])
    )
    port = int(endpoint["port"])
    return replace(
        subject,
        interfaces=_some(interfaces, "Redshift names no network interface of it"),
        ports=((port, port),),
    )


def _brokers(_: Question, subject: Subject, call: Call) -> Subject:
    pages = _pages(call, "kafka", "ListNodes", "NextToken", ClusterArn=subject.arn)
    nodes = (node for page in pages for node in page["NodeInfoList"])
    brokers = (node["BrokerNodeInfo"] for node in nodes if "BrokerNodeInfo" in node)
    interfaces = tuple(each["AttachedENIId"] for each in brokers if each.get("AttachedENIId"))
    return replace(subject, interfaces=_some(interfaces, "MSK names no network interface of it"))


def _user(_: Question, subject: Subject, call: Call) -> Subject:
    """With what IAM has seen itself; a date that is missing means that it was never used."""
    name = _tail(subject)
    keys = [
        key["AccessKeyId"]
        for page in _pages(call, "iam", "ListAccessKeys", "Marker", UserName=name)
        for key in page["AccessKeyMetadata"]
    ]
    used = [
        call("iam", "GetAccessKeyLastUsed", AccessKeyId=key)["AccessKeyLastUsed"].get(
            "LastUsedDate"
        )
        for key in keys
    ]
    used.append(call("iam", "GetUser", UserName=name)["User"].get("PasswordLastUsed"))
    moments = (_millis(each) for each in used if each)
    return replace(subject, name=name, last_used=max(moments, default=0))


def _distribution(_: Question, subject: Subject, call: Call) -> Subject:
    found = call("cloudfront", "GetDistribution", Id=_tail(subject))["Distribution"]
    return replace(subject, name=found["DomainName"])


FIND: Mapping[Kind, Find] = {
    Kind.SECURITY_GROUP: _security_group,
    Kind.NETWORK_ACL: _network_acl,
    Kind.DATABASE: _database,
    Kind.WAREHOUSE: _warehouse,
    Kind.REPLICATION: _replication,
    Kind.SERVERLESS: _serverless,
    Kind.BROKERS: _brokers,
    Kind.USER: _user,
    Kind.DISTRIBUTION: _distribution,
}
"""Others are called by their ARN, or by a part of it."""


def _tail(subject: Subject) -> str:
    """A finding may name a user by its unique id: `user/AIDA…`."""
    return subject.arn.rpartition("/")[2]


def _some(interfaces: tuple[str, ...], why: str) -> tuple[str, ...]:
    if not interfaces:
        raise Unresolved(why)
    return interfaces


def _interfaces(call: Call, *filters: tuple[str, tuple[str, ...]]) -> tuple[str, ...]:
    found = _all(
        *(call, "DescribeNetworkInterfaces", "NetworkInterfaces"),
        Filters=[{"Name": name, "Values": list(values)} for name, values in filters],
    )
    return tuple(sorted(each["NetworkInterfaceId"] for each in found))


def _all(call: Call, operation: str, key: str, **parameters: Any) -> Iterator[Mapping[str, Any]]:
    for page in _pages(call, "ec2", operation, "NextToken", **parameters):
        yield from page[key]


def _pages(
    call: Call, service: str, operation: str, token: str, **parameters: Any
) -> Iterator[Mapping[str, Any]]:
    """Every page of an answer; `token` is what the next one is asked for by."""
    more: dict[str, str] = {}
    while True:
        page = call(service, operation, **parameters, **more)
        yield page
        if not page.get(token):
            return
        more = {token: page[token]}
