from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.efs.models import efs_backends

from orchestrator.findings.remediation import Aws
from tests.unit.findings.services.cycle import TAG_LIST, Builder, Case
from tests.unit.findings.services.recording import Overlay

GONE = "arn:aws:elasticfilesystem:eu-west-1:123456789012:file-system/fs-0123456789abcdef0"


def a_system(name: str = "home", backup: bool = False) -> Builder:
    def build(aws: Aws) -> str:
        made = aws("efs").create_file_system(CreationToken=name, Backup=backup, Tags=TAG_LIST)
        return str(made["FileSystemArn"])

    return build


def mounted(name: str, *, public: bool) -> Builder:
    """In a subnet that gives addresses, or does not."""

    def build(aws: Aws) -> str:
        arn, ec2 = a_system(name)(aws), aws("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
        ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": public})
        aws("efs").create_mount_target(FileSystemId=arn.rpartition("/")[2], SubnetId=subnet)
        return arn

    return build


def putting() -> Overlay:
    def put(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        system = efs_backends["123456789012"]["eu-west-1"].file_systems_by_id[asked["FileSystemId"]]
        system._backup = asked["BackupPolicy"]["Status"] == "ENABLED"
        return {"BackupPolicy": asked["BackupPolicy"]}

    return {("efs", "PutBackupPolicy"): put}


CASES = (
    Case("EFS.6", mounted("home", public=True), mounted("fine", public=False), GONE),
    Case("EFS.7", a_system(), a_system("fine", True), GONE, overlay=putting),
)
