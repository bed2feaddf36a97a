"""Security groups: the default one of each VPC, and those that are open to the whole world."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from orchestrator.findings import arn
from orchestrator.findings.causes import Call, Cause, Predicate, as_text, mappings, strings
from orchestrator.findings.remediation import (
    Aws,
    Check,
    Json,
    Parameter,
    Place,
    Refused,
    Remediation,
    Risk,
    Status,
    Target,
    several,
    switch,
)
from orchestrator.findings.services.ec2 import group_rules
from orchestrator.findings.services.ec2.group_rules import ANYWHERE, EVERY_PORT, Exposure, Rule
from orchestrator.findings.services.ec2.kinds import GROUP, looks

DEFAULT = "default"


def find(place: Place, aws: Aws) -> Iterator[str]:
    only = [{"Name": "group-name", "Values": [DEFAULT]}]
    for page in aws("ec2").get_paginator("describe_security_groups").paginate(Filters=only):
        for group in page["SecurityGroups"]:
            yield arn.of(place, "ec2", f"security-group/{group['GroupId']}")


def nothing(_: Rule) -> tuple[Rule, ...]:
    """Every rule goes, and none takes its place."""
    return ()


def other_than_default(target: Target, aws: Aws) -> str:
    """Why the control is not about the group; '' if it is the default one of its VPC.

    Every VPC has one group of that name, and no other can be named so.
    Source: Amazon EC2 API Reference, CreateSecurityGroup, GroupName.
    """
    found = GROUP.read(target, aws)
    name = found["GroupName"] if found else DEFAULT
    return "" if name == DEFAULT else f"it is the group '{name}', not the default one of its VPC"


def check_default(target: Target, aws: Aws) -> Check:
    if why := other_than_default(target, aws):
        return Check(Status.UNCLEAR, why)
    return group_rules.checking(lambda _: nothing)(target, aws)


def empty(target: Target, aws: Aws, _: Json) -> None:
    if why := other_than_default(target, aws):
        raise Refused(why)
    used = interfaces(target, aws)
    if used and not switch(target, "in_use"):
        shown = ", ".join(used[:3]) + (" …" if used[3:] else "")
        raise Refused(f"{len(used)} network interfaces are in the group: {shown}")
    group_rules.replace(target, aws, nothing)


def interfaces(target: Target, aws: Aws) -> list[str]:
    only = [{"Name": "group-id", "Values": [arn.name(target.arn)]}]
    pages = aws("ec2").get_paginator("describe_network_interfaces").paginate(Filters=only)
    return [i["NetworkInterfaceId"] for page in pages for i in page["NetworkInterfaces"]]


def refill(target: Target, aws: Aws, before: Json) -> None:
    group_rules.restore(target, aws, before, nothing)


DEFAULT_GROUP_REMEDIATIONS = (
    Remediation(
        name="empty-default-group",
        controls=("EC2.2",),
        causes=(
            Cause(
                "ec2",
                ("AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress"),
            ),
        ),
        resource_type=GROUP.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Takes every rule, in and out, from the default security group of the VPC.",
        breaks="What was started without naming a security group is in this one. "
        "A group that a network interface uses is left alone unless 'in_use' is true.",
        danger="Whatever is in the default security group can reach, and be reached, again.",
        reads=group_rules.READS,
        writes=(
            *group_rules.writes("Ingress", "Egress"),
            looks("DescribeNetworkInterfaces"),
        ),
        find=find,
        check=check_default,
        before=group_rules.before,
        fix=empty,
        undo=refill,
        tags=GROUP.tags,
        parameters={
            "in_use": Parameter(False, "Also where network interfaces are in the group."),
        },
    ),
)


Reading = Callable[[Target], Exposure]

ADMINISTRATION = frozenset({22, 3389})
HIGH_RISK = frozenset(
    {20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 3389, 4333, 5000, 5432, 5500}
    | {5601, 8080, 8088, 8888, 9200, 9300}
)
"""Source: AWS Security Hub User Guide, EC2.19."""

BREAKS = (
    "Who comes from the internet through these ports. A wider rule is narrowed and stays open for "
    "all other ports; one for all protocols becomes rules for TCP, UDP and ICMP."
)


def authorized(target: Target) -> Exposure:
    """All ports but those that the decision names."""
    return Exposure(
        {
            "tcp": EVERY_PORT - ports(target, "authorized_tcp_ports"),
            "udp": EVERY_PORT - ports(target, "authorized_udp_ports"),
        },
        others=False,
    )


def ports(target: Target, name: str) -> frozenset[int]:
    """'443' and '8000-8100' as numbers."""
    found: set[int] = set()
    for text in several(target, name):
        first, _, last = text.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return frozenset(found)


def remediation(
    name: str,
    controls: tuple[str, ...],
    effect: str,
    reading: Reading,
    parameters: Mapping[str, Parameter] | None = None,
    breaks: str = BREAKS,
    *,
    when: Predicate,
    danger: str = "",
) -> Remediation:
    """`reading` says what must not be open, by the decision's parameters."""

    def fix(target: Target, aws: Aws, _: Json) -> None:
        group_rules.replace(target, aws, reading(target).replacement)

    def undo(target: Target, aws: Aws, before: Json) -> None:
        group_rules.restore(target, aws, before, reading(target).replacement)

    return Remediation(
        name=name,
        controls=controls,
        resource_type=GROUP.resource_type,
        risk=Risk.DISRUPTIVE,
        effect=effect,
        breaks=breaks,
        danger=danger,
        reads=group_rules.READS,
        writes=group_rules.writes("Ingress"),
        find=GROUP.find,
        check=group_rules.checking(lambda target: reading(target).replacement),
        before=group_rules.before,
        fix=fix,
        undo=undo,
        tags=GROUP.tags,
        causes=(Cause("ec2", OPENING, when),),
        parameters=parameters or {},
    )


def closing(name: str, control: str, effect: str, exposure: Exposure, opened: str) -> Remediation:
    """`opened` is what the public reaches again after an undo."""
    return remediation(
        name,
        (control,),
        effect,
        lambda _: exposure,
        when=opens(exposure),
        danger=f"{opened} again.",
    )


OPENING = ("AuthorizeSecurityGroupIngress", "ModifySecurityGroupRules")


def opens(exposure: Exposure) -> Predicate:
    """A rule lets in what the control forbids."""
    return lambda call: any(exposure.replacement(rule) is not None for rule in rules(call))


def rules(call: Call) -> Iterator[Rule]:
    """The rules of Authorize and of ModifySecurityGroupRules, and the old flat form.

    As DescribeSecurityGroupRules would give them, those for the whole world alone.
    """
    for given in mappings(call.parameters):
        rule = {str(key).lower(): value for key, value in given.items()}
        if "ipprotocol" in rule and "ippermissions" not in rule:
            for address in ANYWHERE.intersection(strings(given)):
                yield {
                    "IsEgress": False,
                    "IpProtocol": as_text(rule["ipprotocol"]),
                    "FromPort": port(rule.get("fromport")),
                    "ToPort": port(rule.get("toport")),
                    "CidrIpv6" if ":" in address else "CidrIpv4": address,
                }


def port(value: object) -> int:
    """-1 where none is named."""
    said = as_text(value)
    return int(said) if said.isdigit() else -1


UNAUTHORIZED = Exposure(
    {"tcp": EVERY_PORT - {80, 443}, "udp": EVERY_PORT},
    others=False,
)
"""EC2.18 where the decision names no ports."""

REMEDIATIONS = (
    *DEFAULT_GROUP_REMEDIATIONS,
    closing(
        "close-ssh",
        "EC2.13",
        "Closes TCP port 22 to 0.0.0.0/0 and ::/0.",
        Exposure({"tcp": frozenset({22})}),
        "SSH is open to the whole internet",
    ),
    closing(
        "close-rdp",
        "EC2.14",
        "Closes TCP port 3389 to 0.0.0.0/0 and ::/0.",
        Exposure({"tcp": frozenset({3389})}),
        "Remote Desktop is open to the whole internet",
    ),
    closing(
        "close-high-risk-ports",
        "EC2.19",
        "Closes 24 TCP ports of services that are often attacked to 0.0.0.0/0 and ::/0.",
        Exposure({"tcp": HIGH_RISK}),
        "Services that are often attacked are open to the whole internet",
    ),
    closing(
        "close-administration-ipv4",
        "EC2.53",
        "Closes ports 22 and 3389, TCP and UDP, to 0.0.0.0/0.",
        Exposure({"tcp": ADMINISTRATION, "udp": ADMINISTRATION}, frozenset({"0.0.0.0/0"})),
        "SSH and Remote Desktop are open to the whole internet",
    ),
    closing(
        "close-administration-ipv6",
        "EC2.54",
        "Closes ports 22 and 3389, TCP and UDP, to ::/0.",
        Exposure({"tcp": ADMINISTRATION, "udp": ADMINISTRATION}, frozenset({"::/0"})),
        "SSH and Remote Desktop are open to the whole internet, over IPv6,",
    ),
    remediation(
        "close-unauthorized-ports",
        ("EC2.18",),
        "Closes all TCP and UDP ports to 0.0.0.0/0 and ::/0, but the authorized ones.",
        authorized,
        {
            "authorized_tcp_ports": Parameter(
                ("80", "443"), "TCP ports that may be open to the world.", "authorizedTcpPorts"
            ),
            "authorized_udp_ports": Parameter(
                (), "UDP ports that may be open to the world.", "authorizedUdpPorts"
            ),
        },
        "Who comes from the internet through any other port. A wider rule is narrowed to the "
        "authorized ports.",
        when=opens(UNAUTHORIZED),
        danger="Ports that nobody has authorized are open to the whole internet again.",
    ),
)
