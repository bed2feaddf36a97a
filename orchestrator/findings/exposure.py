"""Arithmetic with the rules of security groups, as DescribeSecurityGroupRules gives them.

Such a rule has one source only, so that it can be taken away or narrowed by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

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
    told = {"Description": rule["Description"]} if rule.get("Description") else {}
    ports = {name: rule[name] for name in ("FromPort", "ToPort") if rule.get(name) is not None}
    return {"IpProtocol": rule["IpProtocol"], **ports, **_sources(rule, told)}


def _sources(rule: Rule, told: Mapping[str, str]) -> dict[str, Any]:
    if rule.get("CidrIpv4"):
        return {"IpRanges": [{"CidrIp": rule["CidrIpv4"], **told}]}
    if rule.get("CidrIpv6"):
        return {"Ipv6Ranges": [{"CidrIpv6": rule["CidrIpv6"], **told}]}
    if rule.get("PrefixListId"):
        return {"PrefixListIds": [{"PrefixListId": rule["PrefixListId"], **told}]}
    group = rule["ReferencedGroupInfo"]
    named = ("GroupId", "UserId", "VpcId", "VpcPeeringConnectionId")
    pair = {n: group[n] for n in named if group.get(n)}
    return {"UserIdGroupPairs": [{**pair, **told}]}
