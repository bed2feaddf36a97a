"""Application, network and gateway load balancers: how they are found, and redirects of HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from orchestrator.findings.causes import Cause, both, omits, says
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Permission,
    Place,
    Refused,
    Remediation,
    Risk,
    Target,
)
from orchestrator.findings.resource_type import ResourceType, existing, looking
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


HERE = "arn:{partition}:elasticloadbalancing:{region}:{account}"


def read(target: Target, aws: Aws) -> Json | None:
    """The actions of all HTTP listeners and their rules by ARN, and the port HTTPS is served on."""
    call = aws("elbv2").describe_listeners
    answer = unless(GONE, call, LoadBalancerArn=target.arn)
    if answer is None:
        return None
    listeners = answer["Listeners"]
    secure = [listener["Port"] for listener in listeners if listener["Protocol"] == "HTTPS"]
    plain = [listener for listener in listeners if listener["Protocol"] == "HTTP"]
    actions: dict[str, Any] = {}
    for listener in plain:
        actions[listener["ListenerArn"]] = listener["DefaultActions"]
        for rule in rules(aws, listener["ListenerArn"]):
            actions[rule["RuleArn"]] = rule["Actions"]
    return {"actions": actions, "port": min(secure, default=0)}


def rules(aws: Aws, listener: str) -> list[Any]:
    """The rules besides the default one, which the listener itself shows."""
    found = aws("elbv2").describe_rules(ListenerArn=listener)["Rules"]
    return [rule for rule in found if not rule["IsDefault"]]


LISTENERS = ResourceType(
    resource_type="AwsElbv2LoadBalancer",
    find=find_of("application"),
    read=read,
    tags=tags,
    reads=(
        Permission(
            (
                "elasticloadbalancing:DescribeLoadBalancers",
                "elasticloadbalancing:DescribeListeners",
                "elasticloadbalancing:DescribeRules",
                "elasticloadbalancing:DescribeTags",
            ),
            why="Elastic Load Balancing has no permission to describe a single one",
        ),
    ),
)


def redirects(actions: list[Any]) -> bool:
    return any(
        action["Type"] == "redirect" and action["RedirectConfig"].get("Protocol") == "HTTPS"
        for action in actions
    )


def over_http(balancer: Json) -> dict[str, Any]:
    return {arn: was for arn, was in balancer["actions"].items() if not redirects(was)}


def unencrypted(balancer: Json, _: Target) -> str:
    found = over_http(balancer)
    return f"{len(found)} HTTP listeners or rules do not redirect to HTTPS" if found else ""


def keep(target: Target, aws: Aws) -> Json:
    return over_http(existing(LISTENERS, target, aws))


def redirect(target: Target, aws: Aws, before: Json) -> None:
    port = existing(LISTENERS, target, aws)["port"]
    if not port:
        raise Refused("there is no HTTPS listener to redirect to: add one with a certificate first")
    to = {"Protocol": "HTTPS", "Port": str(port), "StatusCode": "HTTP_301"}
    for arn in before:
        set_actions(aws, arn, [{"Type": "redirect", "Order": 1, "RedirectConfig": to}])


def set_actions(aws: Aws, arn: str, actions: list[Any]) -> None:
    if ":listener-rule/" in arn:
        aws("elbv2").modify_rule(RuleArn=arn, Actions=actions)
    else:
        aws("elbv2").modify_listener(ListenerArn=arn, DefaultActions=actions)


def undo(_: Target, aws: Aws, before: Json) -> None:
    for arn, actions in before.items():
        set_actions(aws, arn, [whole(action) for action in actions])


def whole(action: Json) -> Json:
    """ELB answers a single target group in two ways and takes only one of them."""
    simple = action["Type"] == "forward" and "TargetGroupArn" in action
    return {key: value for key, value in action.items() if not (simple and key == "ForwardConfig")}


REMEDIATIONS = (
    Remediation(
        name="redirect-http-to-https",
        controls=("ELB.1",),
        causes=(
            Cause(
                "elasticloadbalancing",
                ("CreateListener",),
                both(says("protocol", "HTTP"), omits("type", "redirect")),
            ),
            Cause(
                "elasticloadbalancing",
                ("ModifyListener",),
                both(says("protocol", "HTTP"), says("type", "forward", "fixed-response")),
            ),
            Cause(
                "elasticloadbalancing",
                ("ModifyListener", "CreateRule", "ModifyRule"),
                both(omits("protocol", "HTTPS"), says("type", "forward", "fixed-response")),
                sure=False,
            ),
        ),
        resource_type=LISTENERS.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Redirects HTTP requests to the HTTPS listener of the same load balancer.",
        breaks="Clients that cannot follow a redirect, or do not trust the certificate.",
        reads=LISTENERS.reads,
        writes=(
            Permission(("elasticloadbalancing:ModifyListener",), (f"{HERE}:listener/app/*",)),
            Permission(("elasticloadbalancing:ModifyRule",), (f"{HERE}:listener-rule/app/*",)),
        ),
        find=LISTENERS.find,
        check=looking(LISTENERS, unencrypted),
        before=keep,
        fix=redirect,
        undo=undo,
        tags=LISTENERS.tags,
    ),
)
