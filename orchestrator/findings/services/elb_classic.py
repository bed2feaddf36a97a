"""Classic Load Balancers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.findings.arn import name, of, resource
from orchestrator.findings.causes import Cause, attribute, given
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Permission,
    Place,
    Remediation,
    Risk,
    Target,
)
from orchestrator.findings.resource_type import ResourceType, looking, seeing
from orchestrator.findings.services.elbv2 import GONE, LISTING
from orchestrator.findings.tags import mapping

BALANCERS = ("arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/*",)
DESYNC = "elb.http.desyncmitigationmode"


def is_classic(target: Target) -> bool:
    """'loadbalancer/name', where others are 'loadbalancer/app/name/id'."""
    return resource(target.arn).count("/") == 1


def find(place: Place, aws: Aws) -> Iterator[str]:
    for page in aws("elb").get_paginator("describe_load_balancers").paginate():
        for balancer in page["LoadBalancerDescriptions"]:
            yield of(place, "elasticloadbalancing", f"loadbalancer/{balancer['LoadBalancerName']}")


def read(target: Target, aws: Aws) -> Json | None:
    """The attributes, and when it was made: a name can be used again."""
    client, own = aws("elb"), name(target.arn)
    answer = unless(GONE, client.describe_load_balancers, LoadBalancerNames=[own])
    if answer is None:
        return None
    attributes = client.describe_load_balancer_attributes(LoadBalancerName=own)
    made = answer["LoadBalancerDescriptions"][0]["CreatedTime"]
    return {**attributes["LoadBalancerAttributes"], "CreatedTime": made}


def write(target: Target, aws: Aws, **attributes: Any) -> None:
    aws("elb").modify_load_balancer_attributes(
        LoadBalancerName=name(target.arn), LoadBalancerAttributes=attributes
    )


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    answer = aws("elb").describe_tags(LoadBalancerNames=[name(target.arn)])
    return mapping(tag for found in answer["TagDescriptions"] for tag in found["Tags"])


BALANCER = ResourceType(
    resource_type="AwsElbLoadBalancer",
    find=find,
    read=read,
    tags=tags,
    reads=(LISTING,),
    created="CreatedTime",
)
CHANGES = (Permission(("elasticloadbalancing:ModifyLoadBalancerAttributes",), BALANCERS),)


def read_logging(target: Target, aws: Aws) -> Json | None:
    """In the words of the other kinds."""
    found = read(target, aws)
    if found is None:
        return None
    log = found.get("AccessLog", {})
    return {
        "access_logs.s3.enabled": "true" if log.get("Enabled") else "false",
        "access_logs.s3.bucket": log.get("S3BucketName", ""),
        "access_logs.s3.prefix": log.get("S3BucketPrefix", ""),
    }


def write_logging(target: Target, aws: Aws, wanted: Json) -> None:
    log: dict[str, Any] = {"Enabled": wanted["access_logs.s3.enabled"] == "true"}
    if log["Enabled"]:
        log["S3BucketName"] = wanted["access_logs.s3.bucket"]
        log["S3BucketPrefix"] = wanted["access_logs.s3.prefix"]
    write(target, aws, AccessLog=log)


def enabled(balancer: Json, attribute: str) -> bool:
    return bool(balancer.get(attribute, {}).get("Enabled"))


def undrained(balancer: Json, _: Target) -> str:
    on = enabled(balancer, "ConnectionDraining")
    return "" if on else "connections are cut when an instance is taken out"


def drain(target: Target, aws: Aws, on: bool) -> None:
    write(target, aws, ConnectionDraining={"Enabled": on})


def zonal(balancer: Json, _: Target) -> str:
    on = enabled(balancer, "CrossZoneLoadBalancing")
    return "" if on else "each zone's requests stay in the zone"


def cross(target: Target, aws: Aws, on: bool) -> None:
    write(target, aws, CrossZoneLoadBalancing={"Enabled": on})


def desync(balancer: Json) -> str:
    found = {item["Key"]: item["Value"] for item in balancer.get("AdditionalAttributes", [])}
    return str(found.get(DESYNC, ""))


def ambiguous(balancer: Json, _: Target) -> str:
    guarded = desync(balancer) in {"defensive", "strictest"}
    return "" if guarded else "ambiguous requests are passed on"


def set_desync(target: Target, aws: Aws, mode: str) -> None:
    write(target, aws, AdditionalAttributes=[{"Key": DESYNC, "Value": mode}])


REMEDIATIONS = (
    Remediation(
        name="drain-connections",
        controls=("ELB.7",),
        causes=(
            Cause("elasticloadbalancing", ("CreateLoadBalancer",)),
            Cause(
                "elasticloadbalancing",
                ("ModifyLoadBalancerAttributes",),
                given("loadBalancerAttributes.connectionDraining.enabled", "false"),
            ),
        ),
        resource_type=BALANCER.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Lets requests under way end before an instance is taken out.",
        breaks="Nothing; instances leave a little later.",
        reads=BALANCER.reads,
        writes=CHANGES,
        find=BALANCER.find,
        check=looking(BALANCER, undrained),
        before=seeing(BALANCER, lambda found: {"on": enabled(found, "ConnectionDraining")}),
        fix=lambda target, aws, _: drain(target, aws, True),
        undo=lambda target, aws, _: drain(target, aws, False),
        tags=BALANCER.tags,
    ),
    Remediation(
        name="balance-across-zones",
        controls=("ELB.9",),
        causes=(
            Cause("elasticloadbalancing", ("CreateLoadBalancer",)),
            Cause(
                "elasticloadbalancing",
                ("ModifyLoadBalancerAttributes",),
                given("loadBalancerAttributes.crossZoneLoadBalancing.enabled", "false"),
            ),
        ),
        resource_type=BALANCER.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Spreads requests over the instances of all zones.",
        breaks="Nothing.",
        reads=BALANCER.reads,
        writes=CHANGES,
        find=BALANCER.find,
        check=looking(BALANCER, zonal),
        before=seeing(
            BALANCER, lambda balancer: {"on": enabled(balancer, "CrossZoneLoadBalancing")}
        ),
        fix=lambda target, aws, _: cross(target, aws, True),
        undo=lambda target, aws, _: cross(target, aws, False),
        tags=BALANCER.tags,
    ),
    Remediation(
        name="mitigate-desync-classic",
        controls=("ELB.14",),
        causes=(
            Cause(
                "elasticloadbalancing",
                ("ModifyLoadBalancerAttributes",),
                attribute("elb.http.desyncmitigationmode", "monitor"),
            ),
        ),
        resource_type=BALANCER.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Sets the mode against HTTP desync attacks to defensive.",
        breaks="Clients whose requests are ambiguous and dangerous.",
        reads=BALANCER.reads,
        writes=CHANGES,
        find=BALANCER.find,
        check=looking(BALANCER, ambiguous),
        before=seeing(BALANCER, lambda balancer: {"mode": desync(balancer) or "monitor"}),
        fix=lambda target, aws, _: set_desync(target, aws, "defensive"),
        undo=lambda target, aws, before: set_desync(target, aws, before["mode"]),
        tags=BALANCER.tags,
    ),
)
