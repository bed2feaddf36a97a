"""Where logs go, what is switched on to make them, and what they are searched in: OpenSearch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestrator.adapters.aws.conformance.checks import Aws
from orchestrator.adapters.aws.imports.wanted import (
    MISSING,
    Asked,
    Finder,
    Seen,
    Wanted,
    asked,
    first,
    in_the_way,
    listed,
    named,
    nothing,
    same,
    there,
)

NONE = "ResourceNotFoundException"


def account_policy(aws: Aws, wanted: Wanted) -> Seen:
    """Of subscriptions an account has one a region. Source: CloudWatch Logs API Reference,
    PutAccountPolicy.
    """
    kind, name = wanted["policy_type"], wanted["policy_name"]
    answer = aws.call("logs", "DescribeAccountPolicies", wanted.region, policyType=kind)
    names = [each["policyName"] for each in answer["accountPolicies"]]
    if name in names:
        return there(f"{name}:{kind}")
    if names:
        fix = "there can be one a region: delete it, or collect no log groups here"
        return in_the_way(f"there is a subscription for all log groups, '{names[0]}'", fix)
    return MISSING


def destination(wanted: Wanted, items: Any) -> str | None:
    return first(items, "destinationName", destinationName=wanted["name"])


def destination_policy(wanted: Wanted, items: Any) -> str | None:
    name = wanted["destination_name"]
    return name if first(items, "accessPolicy", destinationName=name) else None


def _filter(name: str, value: str) -> Mapping[str, object]:
    return {"Name": name, "Values": [value]}


FINDERS: Mapping[str, Finder] = {
    "aws_cloudwatch_log_account_policy": account_policy,
    "aws_cloudwatch_log_destination": listed(
        "logs",
        "DescribeDestinations",
        "destinations",
        named("DestinationNamePrefix"),
        destination,
    ),
    "aws_cloudwatch_log_destination_policy": listed(
        "logs",
        "DescribeDestinations",
        "destinations",
        named("DestinationNamePrefix", "destination_name"),
        destination_policy,
    ),
    "aws_cloudwatch_log_group": listed(
        "logs",
        "DescribeLogGroups",
        "logGroups",
        named("logGroupNamePrefix"),
        lambda wanted, items: first(items, "logGroupName", logGroupName=wanted["name"]),
    ),
    "aws_cloudwatch_log_resource_policy": listed(
        "logs",
        "DescribeResourcePolicies",
        "resourcePolicies",
        nothing,
        lambda wanted, items: first(items, "policyName", policyName=wanted["policy_name"]),
    ),
    "aws_cloudwatch_log_stream": listed(
        "logs",
        "DescribeLogStreams",
        "logStreams",
        lambda wanted: {
            "logGroupName": wanted["log_group_name"],
            "logStreamNamePrefix": wanted["name"],
        },
        lambda wanted, items: (
            f"{wanted['log_group_name']}:{wanted['name']}"
            if first(items, "logStreamName", logStreamName=wanted["name"])
            else None
        ),
        NONE,
    ),
    "aws_flow_log": listed(
        "ec2",
        "DescribeFlowLogs",
        "FlowLogs",
        lambda wanted: {"Filter": [_filter("resource-id", wanted["vpc_id"])]},
        lambda wanted, items: first(items, "FlowLogId", LogDestination=wanted["log_destination"]),
    ),
    "aws_kinesis_firehose_delivery_stream": asked(
        *("firehose", "DescribeDeliveryStream", named("DeliveryStreamName")),
        lambda _wanted, answer: str(answer["DeliveryStreamDescription"]["DeliveryStreamARN"]),
        NONE,
    ),
    "aws_route53_resolver_query_log_config": listed(
        "route53resolver",
        "ListResolverQueryLogConfigs",
        "ResolverQueryLogConfigs",
        lambda wanted: {"Filters": [_filter("Name", wanted["name"])]},
        lambda wanted, items: first(items, "Id", DestinationArn=wanted["destination_arn"]),
    ),
    "aws_route53_resolver_query_log_config_association": listed(
        "route53resolver",
        "ListResolverQueryLogConfigAssociations",
        "ResolverQueryLogConfigAssociations",
        lambda wanted: {"Filters": [_filter("ResourceId", wanted["resource_id"])]},
        lambda wanted, items: first(
            items, "Id", ResolverQueryLogConfigId=wanted["resolver_query_log_config_id"]
        ),
    ),
}


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


SEARCH_FINDERS: Mapping[str, Finder] = {
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
