"""Ports by which machines are administered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_network

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck

from orchestrator.adapters.checkov.documents import blocks, strings, value

ADMIN_PORTS = {22: "SSH", 23: "Telnet", 3389: "RDP", 5985: "WinRM", 5986: "WinRM over TLS"}
WORLD = 8
"""Bits: a range whose prefix is shorter is the internet, whole or in halves."""
CIDRS = ("cidr_blocks", "ipv6_cidr_blocks", "cidr_ipv4", "cidr_ipv6")


class AdminPortOpen(BaseResourceCheck):  # type: ignore[misc]
    """A security group rule, in any of Terraform's ways to write one, IPv6 included."""

    def __init__(self) -> None:
        super().__init__(
            name="A security group lets the whole internet reach an administration port",
            id="CKV2_ORCH_2",
            categories=[CheckCategories.NETWORKING],
            supported_resources=[
                "aws_default_security_group",
                "aws_security_group",
                "aws_security_group_rule",
                "aws_vpc_security_group_ingress_rule",
            ],
        )

    def scan_resource_conf(self, conf: Mapping[str, object]) -> CheckResult:
        return CheckResult.FAILED if any(map(_open, _ingress(conf))) else CheckResult.PASSED


def _ingress(conf: Mapping[str, object]) -> Iterator[Mapping[str, object]]:
    yield from blocks(conf, "ingress")
    if value(conf, "type") != "egress":
        yield conf


def _open(rule: Mapping[str, object]) -> bool:
    world = any(_world(cidr) for name in CIDRS for cidr in strings(rule, name))
    return world and any(_covers(rule, port) for port in ADMIN_PORTS)


def _world(cidr: str) -> bool:
    try:
        return ip_network(cidr, strict=False).prefixlen < WORLD
    except ValueError:
        return False


def _covers(rule: Mapping[str, object], port: int) -> bool:
    protocol = value(rule, "protocol") or value(rule, "ip_protocol")
    if protocol in {"-1", -1, "all"}:
        return True
    first, last = value(rule, "from_port"), value(rule, "to_port")
    return isinstance(first, int) and isinstance(last, int) and first <= port <= last


check = AdminPortOpen()
