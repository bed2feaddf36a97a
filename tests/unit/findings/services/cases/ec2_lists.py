"""Network lists, and templates that give public addresses."""

from __future__ import annotations

from typing import Any

from orchestrator.findings.remediation import Aws
from tests.unit.findings.services.cases.ec2 import HERE, NO_TEMPLATE, a_vpc, tagged
from tests.unit.findings.services.cycle import Builder, Case

WORLD, WORLD_6 = {"CidrBlock": "0.0.0.0/0"}, {"Ipv6CidrBlock": "::/0"}


def ports(first: int, last: int, where: dict[str, str], **more: Any) -> dict[str, Any]:
    named = {"PortRange": {"From": first, "To": last}, **where}
    return {"Protocol": "6", "RuleAction": "allow", "Egress": False, **named, **more}


def a_list(*entries: dict[str, Any]) -> Builder:
    """With entries at 100, 110 and so on."""

    def build(aws: Aws) -> str:
        ec2 = aws("ec2")
        made = ec2.create_network_acl(VpcId=a_vpc(aws), TagSpecifications=tagged("network-acl"))
        id_ = made["NetworkAcl"]["NetworkAclId"]
        for number, entry in enumerate(entries):
            ec2.create_network_acl_entry(NetworkAclId=id_, RuleNumber=100 + 10 * number, **entry)
        return f"{HERE}:network-acl/{id_}"

    return build


def everything(number: int) -> Builder:
    """All protocols for everybody, at this number."""

    def build(aws: Aws) -> str:
        arn = a_list()(aws)
        aws("ec2").create_network_acl_entry(
            NetworkAclId=arn.rpartition("/")[2],
            RuleNumber=number,
            Protocol="-1",
            RuleAction="allow",
            Egress=False,
            **WORLD,
        )
        return arn

    return build


def a_template(name: str, public: bool) -> Builder:
    def build(aws: Aws) -> str:
        interface = {
            "DeviceIndex": 0,
            "SubnetId": "subnet-0123456789abcdef0",
            "Groups": ["sg-0123456789abcdef0"],
            "AssociatePublicIpAddress": public,
        }
        made = aws("ec2").create_launch_template(
            LaunchTemplateName=name,
            LaunchTemplateData={"InstanceType": "t3.micro", "NetworkInterfaces": [interface]},
            TagSpecifications=tagged("launch-template"),
        )
        return f"{HERE}:launch-template/{made['LaunchTemplate']['LaunchTemplateId']}"

    return build


WEB = ports(443, 443, WORLD)
CASES = (
    Case("EC2.21", a_list(WEB, ports(22, 22, WORLD)), a_list(WEB)),
    Case("EC2.21", a_list(ports(0, 65535, WORLD), WEB), a_list(WEB), name="all of TCP"),
    Case(
        "EC2.21",
        a_list(ports(20, 23, WORLD), ports(3389, 3400, WORLD_6)),
        a_list(
            ports(22, 22, WORLD, RuleAction="deny"),
            ports(3389, 3389, WORLD, RuleAction="deny"),
            ports(0, 65535, WORLD),
        ),
        name="both",
    ),
    Case("EC2.21", everything(100), name="all protocols", fixed=False),
    Case("EC2.25", a_template("web", True), a_template("fine", False), NO_TEMPLATE),
)
