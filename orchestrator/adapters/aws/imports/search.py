"""What logs are searched in: OpenSearch, its pipeline, and what guards them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestrator.adapters.aws.imports.wanted import (
    Asked,
    Finder,
    Wanted,
    asked,
    first,
    listed,
    named,
    nothing,
    same,
)

NONE = "ResourceNotFoundException"
RULE: Mapping[str, str] = {
    "IpProtocol": "ip_protocol",
    "FromPort": "from_port",
    "ToPort": "to_port",
    "CidrIpv4": "cidr_ipv4",
}


def rule(*, egress: bool) -> Finder:
    """A rule of a group by what it lets through."""

    def read(wanted: Wanted, items: Any) -> str | None:
        same_rule = {theirs: wanted[ours] for theirs, ours in RULE.items()}
        return first(items, "SecurityGroupRuleId", IsEgress=egress, **same_rule)

    return listed("ec2", "DescribeSecurityGroupRules", "SecurityGroupRules", _of_group, read)


def _of_group(wanted: Wanted) -> Mapping[str, object]:
    return {"Filters": [{"Name": "group-id", "Values": [wanted["security_group_id"]]}]}


def _group(wanted: Wanted) -> Mapping[str, object]:
    filters = {"group-name": wanted["name"], "vpc-id": wanted["vpc_id"]}
    return {"Filters": [{"Name": name, "Values": [value]} for name, value in filters.items()]}


def policy(operation: str) -> Finder:
    """A policy of a kind, by both."""

    def parameters(wanted: Wanted) -> Mapping[str, object]:
        return {"name": wanted["name"], "type": wanted["type"]}

    return asked("opensearchserverless", operation, parameters, _both, NONE)


def _both(wanted: Wanted, _answer: Any) -> str:
    return f"{wanted['name']}/{wanted['type']}"


def _one(key: str) -> Asked:
    return lambda wanted: {key: [wanted["name"]]}


FINDERS: Mapping[str, Finder] = {
    "aws_opensearch_domain": asked(
        *("opensearch", "DescribeDomain", named("DomainName", "domain_name")),
        *(same("domain_name"), NONE),
    ),
    "aws_opensearchserverless_access_policy": policy("GetAccessPolicy"),
    "aws_opensearchserverless_collection": asked(
        *("opensearchserverless", "BatchGetCollection", _one("names")),
        lambda _wanted, answer: first(answer["collectionDetails"], "id"),
    ),
    "aws_opensearchserverless_lifecycle_policy": asked(
        "opensearchserverless",
        "BatchGetLifecyclePolicy",
        lambda wanted: {"identifiers": [{"name": wanted["name"], "type": wanted["type"]}]},
        lambda wanted, answer: _both(wanted, answer) if answer["lifecyclePolicyDetails"] else None,
    ),
    "aws_opensearchserverless_security_policy": policy("GetSecurityPolicy"),
    "aws_opensearchserverless_vpc_endpoint": asked(
        *("opensearchserverless", "ListVpcEndpoints", nothing),
        lambda wanted, answer: first(answer["vpcEndpointSummaries"], "id", name=wanted["name"]),
    ),
    "aws_osis_pipeline": asked(
        *("osis", "GetPipeline", named("PipelineName", "pipeline_name")),
        *(same("pipeline_name"), NONE),
    ),
    "aws_security_group": listed(
        *("ec2", "DescribeSecurityGroups", "SecurityGroups", _group),
        lambda _wanted, items: first(items, "GroupId"),
    ),
    "aws_vpc_security_group_egress_rule": rule(egress=True),
    "aws_vpc_security_group_ingress_rule": rule(egress=False),
}
