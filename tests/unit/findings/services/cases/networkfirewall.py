from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.networkfirewall.models import networkfirewall_backends

from orchestrator.findings.remediation import Aws, Value
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import Overlay

TAGGING: dict[str, Value] = {
    "requiredTagKeys": ("owner",),
    "TagKey": "owner",
    "TagValue": "payments",
}
GONE = "arn:aws:network-firewall:eu-west-1:123456789012:firewall/none"
OPEN = {"DeleteProtection": False, "SubnetChangeProtection": False}


def a_firewall(aws: Aws, name: str = "edge", **given: Any) -> str:
    answer = aws("network-firewall").create_firewall(
        FirewallName=name,
        FirewallPolicyArn="arn:aws:network-firewall:eu-west-1:123456789012:firewall-policy/x",
        VpcId="vpc-1",
        SubnetMappings=[{"SubnetId": "subnet-1"}],
        **{"Tags": cycle.TAG_LIST, **OPEN, **given},
    )
    return str(answer["Firewall"]["FirewallArn"])


def updating() -> Overlay:
    """Both protections and tags, as moto would have to set them."""

    def firewall(arn: str) -> Any:
        return networkfirewall_backends["123456789012"]["eu-west-1"].firewalls[arn]

    def protect(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        firewall(asked["FirewallArn"]).delete_protection = asked["DeleteProtection"]
        return {}

    def keep(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        found = firewall(asked["FirewallArn"])
        found.subnet_change_protection = asked["SubnetChangeProtection"]
        return {}

    def tag(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        found = firewall(asked["ResourceArn"])
        others = [tag for tag in found.tags if tag not in asked["Tags"]]
        found.tags = [*others, *asked["Tags"]]
        return {}

    def untag(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        found = firewall(asked["ResourceArn"])
        found.tags = [tag for tag in found.tags if tag["Key"] not in asked["TagKeys"]]
        return {}

    return {
        ("network-firewall", "UpdateFirewallDeleteProtection"): protect,
        ("network-firewall", "UpdateSubnetChangeProtection"): keep,
        ("network-firewall", "TagResource"): tag,
        ("network-firewall", "UntagResource"): untag,
    }


CASES = (
    Case(
        "NetworkFirewall.7",
        a_firewall,
        lambda aws: a_firewall(aws, "owned", Tags=[{"Key": "owner", "Value": "x"}]),
        GONE,
        TAGGING,
        overlay=updating,
    ),
    Case(
        "NetworkFirewall.9",
        a_firewall,
        lambda aws: a_firewall(aws, "safe", DeleteProtection=True),
        GONE,
        overlay=updating,
    ),
    Case(
        "NetworkFirewall.10",
        a_firewall,
        lambda aws: a_firewall(aws, "safe", SubnetChangeProtection=True),
        GONE,
        overlay=updating,
    ),
)
