"""Rules of security groups: what they open, how they are read, narrowed and restored.

A rule as DescribeSecurityGroupRules gives it has one source only, so that it can be removed or
narrowed by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from orchestrator.findings import arn
from orchestrator.findings.errors import client_error_code
from orchestrator.findings.remediation import (
    Aws,
    Check,
    Json,
    Permission,
    Refused,
    Status,
    Target,
)
from orchestrator.findings.services.ec2.kinds import GROUP, looks

Rule = Mapping[str, Any]
Replacing = Callable[[Rule], tuple[Rule, ...] | None]
"""What a rule is replaced with; None where it stays as it is."""

EVERY_PORT = frozenset(range(65536))
ANYWHERE = frozenset({"0.0.0.0/0", "::/0"})
NUMBERS = {"6": "tcp", "17": "udp"}
SHAPE = ("IsEgress", "IpProtocol", "FromPort", "ToPort", "CidrIpv4", "CidrIpv6", "PrefixListId")
KEPT = (*SHAPE, "ReferencedGroupInfo", "Description", "Tags")


@dataclass(frozen=True, slots=True)
class Exposure:
    """What must not be open to the world. `forbidden` has ports by protocol, 'tcp' and 'udp'."""

    forbidden: Mapping[str, frozenset[int]]
    sources: frozenset[str] = ANYWHERE
    others: bool = True
    """Whether ICMP stays open where a rule for all protocols is narrowed."""

    def replacement(self, rule: Rule) -> tuple[Rule, ...] | None:
        """The rules that leave open what may be; None where nothing of `rule` is forbidden."""
        protocol = NUMBERS.get(str(rule["IpProtocol"]), str(rule["IpProtocol"]))
        if rule["IsEgress"] or source(rule) not in self.sources:
            return None
        if protocol == "-1":
            return tuple(self._narrowed_from_all(rule))
        ports = ports_of(rule)
        if not ports & self.forbidden.get(protocol, frozenset()):
            return None
        return tuple(pieces(rule, protocol, ports - self.forbidden[protocol]))

    def _narrowed_from_all(self, rule: Rule) -> Iterator[Rule]:
        for protocol in ("tcp", "udp"):
            yield from pieces(
                rule, protocol, EVERY_PORT - self.forbidden.get(protocol, frozenset())
            )
        if self.others:
            icmp = "icmpv6" if rule.get("CidrIpv6") else "icmp"
            yield {**rule, "IpProtocol": icmp, "FromPort": -1, "ToPort": -1}


def source(rule: Rule) -> str:
    """The range of addresses; '' where a group or prefix list is the source."""
    return str(rule.get("CidrIpv4") or rule.get("CidrIpv6") or "")


def ports_of(rule: Rule) -> frozenset[int]:
    """The ports of a rule for TCP or UDP. -1 stands for all of them."""
    first, last = rule.get("FromPort", -1), rule.get("ToPort", -1)
    return EVERY_PORT if first in (-1, None) else frozenset(range(first, last + 1))


def pieces(rule: Rule, protocol: str, ports: Iterable[int]) -> Iterator[Rule]:
    """`rule` once for each run of ports that follow on each other."""
    for first, last in runs(ports):
        yield {**rule, "IpProtocol": protocol, "FromPort": first, "ToPort": last}


def runs(ports: Iterable[int]) -> Iterator[tuple[int, int]]:
    """First and last of each run: 1, 2, 3, 7 gives (1, 3) and (7, 7)."""
    first = last = -2
    for port in sorted(ports):
        if port != last + 1:
            if last >= 0:
                yield first, last
            first = port
        last = port
    if last >= 0:
        yield first, last


def key(rule: Rule) -> tuple[str, ...]:
    """What tells a rule from the others of its group: AWS has no two with the same."""
    group = rule.get("ReferencedGroupInfo") or {}
    shape = (rule.get(name) for name in SHAPE)
    return tuple("" if value is None else str(value) for value in (*shape, group.get("GroupId")))


def kept(rule: Rule) -> dict[str, Any]:
    """All that makes the rule anew. Its id and ARN cannot be had again."""
    return {name: rule[name] for name in KEPT if rule.get(name) not in (None, [], "")}


def permission(rule: Rule) -> dict[str, Any]:
    """The rule as AuthorizeSecurityGroupIngress and …Egress take it."""
    described = {"Description": rule["Description"]} if rule.get("Description") else {}
    ports = {name: rule[name] for name in ("FromPort", "ToPort") if rule.get(name) is not None}
    return {"IpProtocol": rule["IpProtocol"], **ports, **_sources(rule, described)}


def _sources(rule: Rule, described: Mapping[str, str]) -> dict[str, Any]:
    if rule.get("CidrIpv4"):
        return {"IpRanges": [{"CidrIp": rule["CidrIpv4"], **described}]}
    if rule.get("CidrIpv6"):
        return {"Ipv6Ranges": [{"CidrIpv6": rule["CidrIpv6"], **described}]}
    if rule.get("PrefixListId"):
        return {"PrefixListIds": [{"PrefixListId": rule["PrefixListId"], **described}]}
    group = rule["ReferencedGroupInfo"]
    named = ("GroupId", "UserId", "VpcId", "VpcPeeringConnectionId")
    pair = {n: group[n] for n in named if group.get(n)}
    return {"UserIdGroupPairs": [{**pair, **described}]}


GROUPS = (
    "arn:{partition}:ec2:{region}:{account}:security-group/*",
    "arn:{partition}:ec2:{region}:{account}:security-group-rule/*",
)
READS = (*GROUP.reads, looks("DescribeSecurityGroupRules"))


def writes(*directions: str) -> tuple[Permission, ...]:
    """Taking rules away, making them and giving them their tags back."""
    names = tuple(
        f"{verb}SecurityGroup{way}" for verb in ("Authorize", "Revoke") for way in directions
    )
    made = {"ec2:CreateAction": [f"AuthorizeSecurityGroup{way}" for way in directions]}
    return (
        Permission(tuple(f"ec2:{name}" for name in names), GROUPS),
        Permission(("ec2:CreateTags",), GROUPS[1:], {"StringEquals": made}),
    )


def rules(target: Target, aws: Aws) -> list[Rule]:
    """The group's rules, in and out."""
    only = [{"Name": "group-id", "Values": [arn.name(target.arn)]}]
    pages = aws("ec2").get_paginator("describe_security_group_rules").paginate(Filters=only)
    return [rule for page in pages for rule in page["SecurityGroupRules"]]


def before(target: Target, aws: Aws) -> Json:
    return {"rules": sorted((kept(rule) for rule in rules(target, aws)), key=key)}


def replace(target: Target, aws: Aws, replacing: Replacing) -> None:
    """The narrower rules first, so that nothing which may go on is interrupted.

    All of it, or nothing: what was done of a change that AWS refuses midway is taken back.
    """
    there = rules(target, aws)
    bad = [rule for rule in there if replacing(rule) is not None]
    wanted = absent(made_of(bad, replacing), there)
    try:
        authorize(target, aws, wanted)
        revoke(target, aws, bad)
    except ClientError as error:
        now = rules(target, aws)
        authorize(target, aws, absent(there, now))
        revoke(target, aws, absent(now, there))
        if client_error_code(error) == TOO_MANY:
            raise Refused(
                f"{len(wanted)} narrower rules do not fit beside the {len(there)} that the group "
                "has: remove some, or raise the quota of rules for each security group"
            ) from error
        raise


TOO_MANY = "RulesPerSecurityGroupLimitExceeded"
"""Source: Amazon EC2 API Reference, "Error codes"; Amazon VPC User Guide, "Amazon VPC quotas"."""


def restore(target: Target, aws: Aws, stored: Json, replacing: Replacing) -> None:
    """What was replaced comes back; what was made for it and was not there before goes."""
    there, were = rules(target, aws), stored["rules"]
    bad = [rule for rule in were if replacing(rule) is not None]
    made = {key(rule) for rule in absent(made_of(bad, replacing), were)}
    authorize(target, aws, absent(bad, there))
    revoke(target, aws, [rule for rule in there if key(rule) in made])


def made_of(bad: Iterable[Rule], replacing: Replacing) -> list[Rule]:
    """All that stands in for `bad`, each rule once."""
    made = [piece for rule in bad for piece in replacing(rule) or ()]
    return list({key(rule): rule for rule in made}.values())


def absent(rules: Iterable[Rule], there: Iterable[Rule]) -> list[Rule]:
    known = {key(rule) for rule in there}
    return [rule for rule in rules if key(rule) not in known]


def authorize(target: Target, aws: Aws, rules: Iterable[Rule]) -> None:
    """Make the rules, with their descriptions and tags.

    Those that are alike are made in one call, which makes all of them or none.
    """
    client = aws("ec2")
    for (outward, _tags), batch in alike(rules):
        call = (
            client.authorize_security_group_egress
            if outward
            else client.authorize_security_group_ingress
        )
        tagged = {"ResourceType": "security-group-rule", "Tags": list(batch[0].get("Tags") or ())}
        more: dict[str, Any] = {"TagSpecifications": [tagged]} if tagged["Tags"] else {}
        wanted = [permission(rule) for rule in batch]
        call(GroupId=arn.name(target.arn), IpPermissions=wanted, **more)


def alike(rules: Iterable[Rule]) -> Iterator[tuple[tuple[bool, str], list[Rule]]]:
    """By direction and tags: a call gives the same tags to all that it makes."""
    found: dict[tuple[bool, str], list[Rule]] = {}
    for rule in rules:
        tags = sorted((tag["Key"], tag["Value"]) for tag in rule.get("Tags") or ())
        found.setdefault((bool(rule["IsEgress"]), str(tags)), []).append(rule)
    yield from found.items()


def revoke(target: Target, aws: Aws, rules: Iterable[Rule]) -> None:
    """Take the rules away by their ids."""
    client, group = aws("ec2"), arn.name(target.arn)
    into = [rule["SecurityGroupRuleId"] for rule in rules if not rule["IsEgress"]]
    out = [rule["SecurityGroupRuleId"] for rule in rules if rule["IsEgress"]]
    if into:
        client.revoke_security_group_ingress(GroupId=group, SecurityGroupRuleIds=into)
    if out:
        client.revoke_security_group_egress(GroupId=group, SecurityGroupRuleIds=out)


def checking(replacing: Callable[[Target], Replacing]) -> Callable[[Target, Aws], Check]:
    """Fails where any rule of the group would be replaced."""

    def check(target: Target, aws: Aws) -> Check:
        if GROUP.read(target, aws) is None:
            return Check(Status.GONE)
        judge = replacing(target)
        bad = [rule for rule in rules(target, aws) if judge(rule) is not None]
        opened = ", ".join(sorted(said(rule) for rule in bad))
        return Check(Status.FAILS, f"open: {opened}") if bad else Check(Status.PASSES)

    return check


def said(rule: Rule) -> str:
    """'tcp 22-23 from 0.0.0.0/0'."""
    group = (rule.get("ReferencedGroupInfo") or {}).get("GroupId", "")
    other = rule.get("CidrIpv4") or rule.get("CidrIpv6") or rule.get("PrefixListId") or group
    protocol = "everything" if rule["IpProtocol"] == "-1" else rule["IpProtocol"]
    first, last = rule.get("FromPort", -1), rule.get("ToPort", -1)
    ports = "" if first in (-1, None) else f" {first}" if first == last else f" {first}-{last}"
    return f"{protocol}{ports} {'to' if rule['IsEgress'] else 'from'} {other}"
