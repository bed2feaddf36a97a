"""A door that somebody leaves open to the whole internet."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from orchestrator import config
from orchestrator.errors import UsageError
from orchestrator.model import dates
from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox

ACCOUNT = "orders-dev"
CONTROL = "EC2.13"
SSH = {
    "IpProtocol": "tcp",
    "FromPort": 22,
    "ToPort": 22,
    "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "just for today"}],
}


@dataclass(frozen=True, slots=True)
class OpenGroup:
    """A security group in a member account."""

    ec2: Any
    hub: Any
    """Security Hub as its administrator sees it."""
    id: str
    arn: str

    @property
    def is_open(self) -> bool:
        found = self.ec2.describe_security_groups(GroupIds=[self.id])["SecurityGroups"][0]
        return bool(found["IpPermissions"])

    def finding(self) -> str:
        """The id of the finding that it is open; '' while there is none."""
        filters = {
            "ComplianceSecurityControlId": [{"Value": CONTROL, "Comparison": "EQUALS"}],
            "ResourceId": [{"Value": self.arn, "Comparison": "EQUALS"}],
        }
        found = self.hub.get_findings(Filters=filters)["Findings"]
        return str(found[0]["Id"]) if found else ""


def leave_open(home: Path, configs: Path) -> OpenGroup:
    """Make a security group that lets SSH in from everywhere."""
    running = lifecycle.status(home)
    if running is None:
        raise UsageError("no sandbox is running", "start one: orchestrator sandbox start")
    organization = config.load(configs, dates.today())
    account = organization.named(ACCOUNT).id
    sandbox = Sandbox(running.port, running.environment, home)
    ec2 = sandbox.client("ec2", account)
    hub = sandbox.client("securityhub", organization.security.id)
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    made = ec2.create_security_group(GroupName="debugging", Description="debugging", VpcId=vpc)
    group: str = made["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[SSH])
    region = running.environment["AWS_REGION"]
    return OpenGroup(ec2, hub, group, f"arn:aws:ec2:{region}:{account}:security-group/{group}")
