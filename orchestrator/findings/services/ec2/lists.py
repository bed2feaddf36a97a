"""Network access control lists.

An entry is narrowed, never reordered: what it lets in besides the ports for administration, it goes
on letting in, under its number and the free ones behind it.
Source: AWS Security Hub User Guide, EC2.21; Amazon VPC User Guide, "Network ACL rules".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.findings import arn
from orchestrator.findings.causes import Call, Cause, as_text, at, both, given, mentions
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Permission,
    Refused,
    Remediation,
    Risk,
    Target,
)
from orchestrator.findings.resource_type import existing, looking
from orchestrator.findings.services.ec2.tags import ACL

PORTS = (22, 3389)
WORLD = ("0.0.0.0/0", "::/0")
TCP, ALL = "6", "-1"
LAST = 32766
"""What comes behind is AWS's own entry, which refuses the rest."""
MOST = 20
"""Entries in one direction. Source: Amazon VPC User Guide, "Amazon VPC quotas"."""
KEYS = ("CidrBlock", "Ipv6CidrBlock", "IcmpTypeCode", "PortRange", "Protocol", "RuleAction")

Entries = Mapping[int, Json]
"""By their numbers, of what comes in."""


def entries(found: Json) -> Entries:
    return {
        each["RuleNumber"]: {key: each[key] for key in KEYS if key in each}
        for each in found["Entries"]
        if not each["Egress"] and each["RuleNumber"] <= LAST
    }


def span(entry: Json) -> tuple[int, int]:
    """All ports where none are named."""
    ports = entry.get("PortRange") or {"From": 0, "To": 65535}
    return ports["From"], ports["To"]


def opens(entry: Json) -> list[int]:
    """The ports for administration that it opens to the world."""
    world = entry.get("CidrBlock") in WORLD or entry.get("Ipv6CidrBlock") in WORLD
    if entry["RuleAction"] != "allow" or entry["Protocol"] not in (TCP, ALL) or not world:
        return []
    first, last = span(entry)
    return [port for port in PORTS if first <= port <= last]


def decides(found: Entries, number: int, port: int) -> bool:
    """Whether no entry before it has refused the port to the same world already."""
    wanted = {found[number].get("CidrBlock"), found[number].get("Ipv6CidrBlock")} - {None}
    return not any(
        found[earlier]["RuleAction"] == "deny"
        and found[earlier]["Protocol"] in (TCP, ALL)
        and span(found[earlier])[0] <= port <= span(found[earlier])[1]
        and wanted & {found[earlier].get("CidrBlock"), found[earlier].get("Ipv6CidrBlock")}
        for earlier in found
        if earlier < number
    )


def open_numbers(found: Entries) -> dict[int, list[int]]:
    """Entries that open ports, and which."""
    ports = {
        number: [port for port in opens(entry) if decides(found, number, port)]
        for number, entry in sorted(found.items())
    }
    return {number: each for number, each in ports.items() if each}


def fault(found: Json, _: Target) -> str:
    if found.get("IsDefault"):
        return ""
    open_ones = open_numbers(entries(found))
    ports = sorted({port for each in open_ones.values() for port in each})
    names = ", ".join(map(str, open_ones))
    return f"entries {names} let everybody in on ports {ports}" if ports else ""


def parts(entry: Json, ports: list[int]) -> Iterator[Json]:
    """The entry without these ports."""
    start, last = span(entry)
    for port in ports:
        if start < port:
            yield {**entry, "PortRange": {"From": start, "To": port - 1}}
        start = port + 1
    if start <= last:
        yield {**entry, "PortRange": {"From": start, "To": last}}


def narrowed(found: Entries) -> Entries:
    """The entries as they have to be. Raises Refused."""
    wanted = dict(found)
    for number, ports in open_numbers(found).items():
        entry = wanted.pop(number)
        if entry["Protocol"] == ALL:
            raise Refused(
                f"entry {number} is for all protocols, and cannot leave out two ports; "
                "entries for TCP have to take its place"
            )
        for offset, part in enumerate(parts(entry, ports)):
            if number + offset in wanted or number + offset > LAST:
                raise Refused(f"no number is free behind entry {number} for what it opens besides")
            wanted[number + offset] = part
    if len(wanted) > max(MOST, len(found)):
        raise Refused(f"the list would have {len(wanted)} entries, and AWS allows {MOST}")
    return wanted


def apply(target: Target, aws: Aws, wanted: Entries) -> None:
    """Make the entries these, one after the other: first what is new or narrower."""
    client, id_ = aws("ec2"), arn.name(target.arn)
    present = entries(existing(ACL, target, aws))
    for number, entry in sorted(wanted.items()):
        if present.get(number) != entry:
            named = {"NetworkAclId": id_, "RuleNumber": number, "Egress": False, **entry}
            change = "replace" if number in present else "create"
            getattr(client, f"{change}_network_acl_entry")(**named)
    for number in sorted(set(present) - set(wanted)):
        client.delete_network_acl_entry(NetworkAclId=id_, RuleNumber=number, Egress=False)


def keep(target: Target, aws: Aws) -> Json:
    found: dict[str, Any] = {
        str(number): entry for number, entry in entries(existing(ACL, target, aws)).items()
    }
    return {"entries": found}


def narrow(target: Target, aws: Aws, _: Json) -> None:
    found = existing(ACL, target, aws)
    if fault(found, target):
        apply(target, aws, narrowed(entries(found)))


def widen(target: Target, aws: Aws, before: Json) -> None:
    apply(target, aws, {int(number): entry for number, entry in before["entries"].items()})


def for_administration(call: Call) -> bool:
    """Whether the ports are named, and one of those is among them; all are where none is."""
    first, last = (as_text(at(call.parameters, f"portRange.{key}")) for key in ("from", "to"))
    if not (first.isdigit() and last.isdigit()):
        return True
    return any(int(first) <= port <= int(last) for port in PORTS)


REMEDIATIONS = (
    Remediation(
        name="narrow-network-list",
        controls=("EC2.21",),
        causes=(
            Cause(
                "ec2",
                ("CreateNetworkAclEntry", "ReplaceNetworkAclEntry"),
                both(mentions(*WORLD), given("ruleAction", "allow"), for_administration),
            ),
        ),
        resource_type=ACL.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Leaves ports 22 and 3389 out of the entries that let everybody in.",
        breaks="Whoever logs in with SSH or RDP from an address that no other entry lets in.",
        danger="The network ACL lets SSH and Remote Desktop in from the internet again.",
        reads=ACL.reads,
        writes=(
            Permission(
                (
                    *("ec2:CreateNetworkAclEntry", "ec2:DeleteNetworkAclEntry"),
                    "ec2:ReplaceNetworkAclEntry",
                ),
                ("arn:{partition}:ec2:{region}:{account}:network-acl/*",),
            ),
        ),
        find=ACL.find,
        check=looking(ACL, fault),
        before=keep,
        fix=narrow,
        undo=widen,
        tags=ACL.tags,
    ),
)
