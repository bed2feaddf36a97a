"""Listeners of application and network load balancers that serve TLS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.findings.causes import Cause, both, missing, negated, omits
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Parameter,
    Permission,
    Place,
    Refused,
    Remediation,
    Risk,
    Target,
    text,
)
from orchestrator.findings.resource_type import ResourceType, existing, looking, seeing
from orchestrator.findings.services.elbv2 import find_of
from orchestrator.findings.tags import mapping

LISTENERS = (
    "arn:{partition}:elasticloadbalancing:{region}:{account}:listener/app/*",
    "arn:{partition}:elasticloadbalancing:{region}:{account}:listener/net/*",
)
ENCRYPTED = ("HTTPS", "TLS")
RECOMMENDED = (
    *("ELBSecurityPolicy-TLS13-1-2-Res-2021-06", "ELBSecurityPolicy-TLS13-1-3-2021-06"),
    *("ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04", "ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04"),
    *("ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09", "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09"),
    "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-3-FIPS-PQ-2025-09",
)
"""Source: AWS Security Hub User Guide, ELB.17, parameter sslPolicies, "not customizable"."""


def find(place: Place, aws: Aws) -> Iterator[str]:
    for balancer in find_of("application", "network")(place, aws):
        pages = aws("elbv2").get_paginator("describe_listeners").paginate(LoadBalancerArn=balancer)
        for page in pages:
            yield from (each["ListenerArn"] for each in page["Listeners"])


def read(target: Target, aws: Aws) -> Json | None:
    call = aws("elbv2").describe_listeners
    answer = unless(("ListenerNotFound",), call, ListenerArns=[target.arn])
    return answer["Listeners"][0] if answer else None


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    found = aws("elbv2").describe_tags(ResourceArns=[target.arn])["TagDescriptions"]
    return mapping(found[0]["Tags"]) if found else {}


LISTENER = ResourceType(
    resource_type="AwsElbv2Listener",
    find=find,
    read=read,
    tags=tags,
    reads=(
        Permission(
            (
                *("elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeTags"),
                "elasticloadbalancing:DescribeLoadBalancers",
            ),
            why="Elastic Load Balancing has no permission to describe a single one",
        ),
    ),
)


def outdated(listener: Json, _: Target) -> str:
    policy = listener.get("SslPolicy", "")
    if listener["Protocol"] not in ENCRYPTED or policy in RECOMMENDED:
        return ""
    return f"it negotiates TLS by {policy}, which AWS does not recommend"


def negotiate(target: Target, aws: Aws, policy: str) -> None:
    aws("elbv2").modify_listener(ListenerArn=target.arn, SslPolicy=policy)


def renew(target: Target, aws: Aws, _: Json) -> None:
    policy = text(target, "SslPolicy")
    if policy not in RECOMMENDED:
        raise Refused(f"'{policy}' is not a policy that AWS recommends")
    if outdated(existing(LISTENER, target, aws), target):
        negotiate(target, aws, policy)


REMEDIATIONS = (
    Remediation(
        name="negotiate-recommended-tls",
        controls=("ELB.17",),
        causes=(
            Cause(
                "elasticloadbalancing",
                ("CreateListener", "ModifyListener"),
                both(negated(missing("sslPolicy")), omits("sslPolicy", *RECOMMENDED)),
            ),
        ),
        resource_type=LISTENER.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Negotiates TLS by the policy you name, of those that AWS recommends.",
        breaks="Clients that know neither TLS 1.2 with forward secrecy nor TLS 1.3.",
        reads=LISTENER.reads,
        writes=(Permission(("elasticloadbalancing:ModifyListener",), LISTENERS),),
        find=LISTENER.find,
        check=looking(LISTENER, outdated),
        before=seeing(LISTENER, lambda listener: {"SslPolicy": listener.get("SslPolicy")}),
        fix=renew,
        undo=lambda target, aws, before: negotiate(target, aws, before["SslPolicy"]),
        tags=LISTENER.tags,
        parameters={
            "SslPolicy": Parameter(RECOMMENDED[0], "The policy; one that the control names.")
        },
    ),
)
