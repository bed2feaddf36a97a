"""Load balancers: attributes of all kinds. Redirects are in `elbv2.py`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.findings.causes import (
    Cause,
    Predicate,
    as_text,
    attribute,
    either,
    given,
    mappings,
)
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Parameter,
    Permission,
    Place,
    Remediation,
    Risk,
    Target,
    required,
    text,
)
from orchestrator.findings.resource_type import ResourceType, existing, keeping, looking
from orchestrator.findings.services import elb_classic, elbv2
from orchestrator.findings.services.elb_classic import is_classic
from orchestrator.findings.services.elbv2 import GONE, LISTING, find, find_of, tags

BALANCERS = (
    "arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/app/*",
    "arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/net/*",
    "arn:{partition}:elasticloadbalancing:{region}:{account}:loadbalancer/gwy/*",
)
DEFENSIVE = ("defensive", "strictest")
HEADERS = "routing.http.drop_invalid_header_fields.enabled"
DESYNC = "routing.http.desync_mitigation_mode"
PROTECTION = "deletion_protection.enabled"
LOGS = ("access_logs.s3.enabled", "access_logs.s3.bucket", "access_logs.s3.prefix")


def read(target: Target, aws: Aws) -> Json | None:
    """The attributes of an application, network or gateway load balancer."""
    call = aws("elbv2").describe_load_balancer_attributes
    answer = unless(GONE, call, LoadBalancerArn=target.arn)
    return None if answer is None else mapping_of(answer)


def mapping_of(answer: Json) -> dict[str, str]:
    return {item["Key"]: item["Value"] for item in answer["Attributes"]}


def write(target: Target, aws: Aws, wanted: Mapping[str, str]) -> None:
    aws("elbv2").modify_load_balancer_attributes(
        LoadBalancerArn=target.arn,
        Attributes=[{"Key": key, "Value": value} for key, value in wanted.items()],
    )


READS = (LISTING,)
CHANGES = (Permission(("elasticloadbalancing:ModifyLoadBalancerAttributes",), BALANCERS),)
ANY = ResourceType(
    resource_type="AwsElbv2LoadBalancer",
    find=find,
    read=read,
    tags=tags,
    reads=READS,
)
APPLICATION = ResourceType(
    resource_type="AwsElbv2LoadBalancer",
    find=find_of("application"),
    read=read,
    tags=tags,
    reads=READS,
)


def setting(
    control: str,
    name: str,
    kind: ResourceType,
    key: str,
    accepted: tuple[str, ...],
    default: str,
    words: Mapping[str, str],
    risk: Risk = Risk.DISRUPTIVE,
) -> Remediation:
    """One attribute, set to the first of the values that pass; `default` is AWS's own."""

    def fault(found: Json, _: Target) -> str:
        return "" if found.get(key, default) in accepted else words["fault"]

    def before(target: Target, aws: Aws) -> Json:
        return {key: existing(kind, target, aws).get(key, default)}

    return Remediation(
        name=name,
        controls=(control,),
        causes=causes_of(key, accepted, default),
        resource_type=kind.resource_type,
        risk=risk,
        effect=words["effect"],
        breaks=words["breaks"],
        reads=kind.reads,
        writes=CHANGES,
        find=kind.find,
        check=looking(kind, fault),
        before=before,
        fix=lambda target, aws, _: write(target, aws, {key: accepted[0]}),
        undo=lambda target, aws, before: write(target, aws, {key: before[key]}),
        tags=kind.tags,
    )


def causes_of(key: str, accepted: tuple[str, ...], default: str) -> tuple[Cause, ...]:
    """Made with a default that fails, or given another value than those that pass."""
    named = attribute_among(key, accepted)
    made = () if default in accepted else (Cause(SOURCE, ("CreateLoadBalancer",)),)
    return (*made, Cause(SOURCE, ("ModifyLoadBalancerAttributes",), named))


SOURCE = "elasticloadbalancing"


def attribute_among(key: str, accepted: tuple[str, ...]) -> Predicate:
    return lambda call: any(
        each.get("key") == key and as_text(each.get("value")) not in accepted
        for each in mappings(call.parameters)
    )


def read_logging(target: Target, aws: Aws) -> Json | None:
    """How access is logged, in the same words for every kind of load balancer.

    Where nothing is logged, a bucket that was named before means nothing.
    """
    if is_classic(target):
        return elb_classic.read_logging(target, aws)
    found = read(target, aws)
    if found is None:
        return None
    if found.get(LOGS[0], "false") == "false":
        return {**dict.fromkeys(LOGS, ""), LOGS[0]: "false"}
    return {key: found.get(key, "") for key in LOGS}


def write_logging(target: Target, aws: Aws, wanted: Json) -> None:
    if is_classic(target):
        elb_classic.write_logging(target, aws, wanted)
        return
    off = wanted[LOGS[0]] == "false"
    write(target, aws, {LOGS[0]: "false"} if off else {key: wanted[key] for key in LOGS})


def find_logging(place: Place, aws: Aws) -> Iterator[str]:
    yield from find_of("application")(place, aws)
    yield from elb_classic.find(place, aws)


def tags_logging(target: Target, aws: Aws) -> Mapping[str, str]:
    return elb_classic.tags(target, aws) if is_classic(target) else tags(target, aws)


LOGGED = ResourceType(
    resource_type="AwsElbv2LoadBalancer",
    find=find_logging,
    read=read_logging,
    tags=tags_logging,
    reads=READS,
)


def unlogged(found: Json, _: Target) -> str:
    return "" if found[LOGS[0]] == "true" else "access is not logged"


def log(target: Target, aws: Aws, _: Json) -> None:
    values = ("true", required(target, "LogBucket"), text(target, "LogPrefix"))
    write_logging(target, aws, dict(zip(LOGS, values, strict=True)))


REMEDIATIONS = (
    *elbv2.REMEDIATIONS,
    setting(
        "ELB.4",
        "drop-invalid-headers",
        APPLICATION,
        HEADERS,
        ("true",),
        "false",
        {
            "fault": "headers with invalid names are passed on",
            "effect": "Drops HTTP headers whose names are not valid.",
            "breaks": "Applications that rely on headers with names such as 'my_header'.",
        },
    ),
    Remediation(
        name="log-balancer-access",
        controls=("ELB.5",),
        causes=(
            Cause("elasticloadbalancing", ("CreateLoadBalancer",)),
            Cause(
                "elasticloadbalancing",
                ("ModifyLoadBalancerAttributes",),
                either(
                    attribute(LOGS[0], "false"),
                    given("loadBalancerAttributes.accessLog.enabled", "false"),
                ),
            ),
        ),
        also=("AwsElbLoadBalancer",),
        resource_type=LOGGED.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Logs access to the load balancer in the bucket you name.",
        breaks="Nothing.",
        reads=LOGGED.reads,
        writes=(
            Permission(
                ("elasticloadbalancing:ModifyLoadBalancerAttributes",),
                (*BALANCERS, *elb_classic.BALANCERS),
            ),
        ),
        find=LOGGED.find,
        check=looking(LOGGED, unlogged),
        before=keeping(LOGGED, *LOGS),
        fix=log,
        undo=write_logging,
        tags=LOGGED.tags,
        cost="S3's price for the access log.",
        parameters={
            "LogBucket": Parameter(
                "", "A bucket of the same region whose policy lets load balancers write there."
            ),
            "LogPrefix": Parameter("", "What the names of the access logs begin with."),
        },
    ),
    setting(
        "ELB.6",
        "protect-balancer",
        ANY,
        PROTECTION,
        ("true",),
        "false",
        {
            "fault": "all who may delete it can",
            "effect": "Turns on deletion protection of the load balancer.",
            "breaks": "Who deletes the load balancer has to turn the protection off first.",
        },
        Risk.REVERSIBLE,
    ),
    setting(
        "ELB.12",
        "mitigate-desync",
        APPLICATION,
        DESYNC,
        DEFENSIVE,
        "defensive",
        {
            "fault": "ambiguous requests are passed on",
            "effect": "Sets the mode against HTTP desync attacks to defensive.",
            "breaks": "Clients whose requests are ambiguous and dangerous.",
        },
    ),
    *elb_classic.REMEDIATIONS,
)
