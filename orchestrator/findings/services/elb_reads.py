"""How application, network and gateway load balancers are found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from orchestrator.findings.remediation import Aws, Permission, Place, Target
from orchestrator.findings.tags import mapping

GONE = ("LoadBalancerNotFound",)
LISTING = Permission(
    (
        "elasticloadbalancing:DescribeLoadBalancers",
        "elasticloadbalancing:DescribeLoadBalancerAttributes",
        "elasticloadbalancing:DescribeTags",
    ),
    why="Elastic Load Balancing has no permission to describe a single one",
)


def find_of(*kinds: str) -> Callable[[Place, Aws], Iterator[str]]:
    """Finds those of some types: 'application', 'network', 'gateway'."""

    def found(_: Place, aws: Aws) -> Iterator[str]:
        for page in aws("elbv2").get_paginator("describe_load_balancers").paginate():
            for balancer in page["LoadBalancers"]:
                if balancer["Type"] in kinds:
                    yield balancer["LoadBalancerArn"]

    return found


find = find_of("application", "network", "gateway")


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    answer = aws("elbv2").describe_tags(ResourceArns=[target.arn])
    return mapping(tag for found in answer["TagDescriptions"] for tag in found["Tags"])
