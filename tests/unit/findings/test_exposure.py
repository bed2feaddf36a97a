from __future__ import annotations

from typing import Any

import pytest

from orchestrator.findings.services.ec2.group_rules import (
    EVERY_PORT,
    Exposure,
    kept,
    key,
    permission,
    runs,
)

SSH = Exposure({"tcp": frozenset({22})})
WEB_ONLY = Exposure({"tcp": EVERY_PORT - {80, 443}, "udp": EVERY_PORT}, others=False)


def a_rule(protocol: str = "tcp", first: int = 22, last: int = 22, **more: Any) -> dict[str, Any]:
    rule = {"IsEgress": False, "IpProtocol": protocol, "FromPort": first, "ToPort": last}
    return {**rule, "CidrIpv4": "0.0.0.0/0", **more}


def opened(exposure: Exposure, rule: dict[str, Any]) -> list[tuple[str, int, int]] | None:
    made = exposure.replacement(rule)
    return made if made is None else [(r["IpProtocol"], r["FromPort"], r["ToPort"]) for r in made]


@pytest.mark.parametrize(
    "rule",
    [
        a_rule(first=23, last=65535),
        a_rule(first=0, last=21),
        a_rule("udp"),
        a_rule("icmp", -1, -1),
        a_rule(CidrIpv4="198.51.100.0/24"),
        a_rule(CidrIpv4=None, ReferencedGroupInfo={"GroupId": "sg-1"}),
        a_rule(CidrIpv4=None, PrefixListId="pl-1"),
        a_rule(IsEgress=True),
    ],
    ids=str,
)
def test_what_is_not_open_to_the_world_on_the_port_stays(rule: dict[str, Any]) -> None:
    assert SSH.replacement(rule) is None


@pytest.mark.parametrize(
    ("rule", "left"),
    [
        (a_rule(), []),
        (a_rule("6"), []),
        (a_rule(first=20, last=25), [("tcp", 20, 21), ("tcp", 23, 25)]),
        (a_rule(first=0, last=65535), [("tcp", 0, 21), ("tcp", 23, 65535)]),
        (a_rule(first=22, last=80), [("tcp", 23, 80)]),
        (a_rule(CidrIpv4=None, CidrIpv6="::/0"), []),
        (
            a_rule("-1", -1, -1),
            [("tcp", 0, 21), ("tcp", 23, 65535), ("udp", 0, 65535), ("icmp", -1, -1)],
        ),
        (
            a_rule("-1", -1, -1, CidrIpv4=None, CidrIpv6="::/0"),
            [("tcp", 0, 21), ("tcp", 23, 65535), ("udp", 0, 65535), ("icmpv6", -1, -1)],
        ),
    ],
    ids=str,
)
def test_only_the_port_is_taken_out_of_a_wider_rule(
    rule: dict[str, Any], left: list[tuple[str, int, int]]
) -> None:
    assert opened(SSH, rule) == left


def test_of_a_rule_for_everything_only_the_authorized_ports_are_left() -> None:
    assert opened(WEB_ONLY, a_rule("-1", -1, -1)) == [("tcp", 80, 80), ("tcp", 443, 443)]


def test_what_is_left_keeps_source_description_and_tags() -> None:
    tags = [{"Key": "team", "Value": "payments"}]
    rule = a_rule(first=22, last=23, Description="the world", Tags=tags)

    (left,) = SSH.replacement(rule) or ()

    assert left == {**rule, "FromPort": 23}


def test_nothing_that_is_left_is_forbidden_and_nothing_allowed_is_lost() -> None:
    for first, last in ((0, 100), (22, 22), (21, 22), (22, 3389), (0, 65535)):
        left = opened(SSH, a_rule(first=first, last=last)) or []
        ports = {port for _, a, b in left for port in range(a, b + 1)}
        assert ports == set(range(first, last + 1)) - {22}


def test_runs_of_ports_are_joined() -> None:
    assert list(runs([7, 1, 3, 2, 65535])) == [(1, 3), (7, 7), (65535, 65535)]
    assert list(runs([])) == []


def test_rules_of_one_shape_have_one_key_whatever_they_are_called() -> None:
    assert key(a_rule(SecurityGroupRuleId="sgr-1")) == key(a_rule(Description="other"))
    assert key(a_rule()) != key(a_rule(CidrIpv4="198.51.100.0/24"))


@pytest.mark.parametrize(
    ("source", "given"),
    [
        ({"CidrIpv4": "0.0.0.0/0"}, {"IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "d"}]}),
        ({"CidrIpv6": "::/0"}, {"Ipv6Ranges": [{"CidrIpv6": "::/0", "Description": "d"}]}),
        (
            {"PrefixListId": "pl-1"},
            {"PrefixListIds": [{"PrefixListId": "pl-1", "Description": "d"}]},
        ),
        (
            {"ReferencedGroupInfo": {"GroupId": "sg-1", "UserId": "111122223333"}},
            {
                "UserIdGroupPairs": [
                    {"GroupId": "sg-1", "UserId": "111122223333", "Description": "d"}
                ]
            },
        ),
    ],
    ids=str,
)
def test_a_rule_is_made_anew_from_what_was_kept(
    source: dict[str, Any], given: dict[str, Any]
) -> None:
    rule = {**a_rule(CidrIpv4=None), **source, "Description": "d", "SecurityGroupRuleId": "sgr-1"}

    ports = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
    assert permission(kept(rule)) == {**ports, **given}
