"""File systems of EFS."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from orchestrator.findings.arn import name
from orchestrator.findings.causes import Cause, given, says
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Permission,
    Place,
    Remediation,
    Risk,
    Target,
)
from orchestrator.findings.resource_type import ResourceType, existing, looking, seeing
from orchestrator.findings.tags import mapping

SYSTEMS = ("arn:{partition}:elasticfilesystem:{region}:{account}:file-system/*",)
LISTING = Permission(
    ("elasticfilesystem:DescribeFileSystems",), why="EFS lists the file systems of the account"
)
SUBNETS = ("arn:{partition}:ec2:{region}:{account}:subnet/*",)


def find(_: Place, aws: Aws) -> Iterator[str]:
    for page in aws("efs").get_paginator("describe_file_systems").paginate():
        for system in page["FileSystems"]:
            yield system["FileSystemArn"]


def read(target: Target, aws: Aws) -> Json | None:
    call = aws("efs").describe_file_systems
    answer = unless(("FileSystemNotFound",), call, FileSystemId=name(target.arn))
    return answer["FileSystems"][0] if answer else None


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    return mapping((read(target, aws) or {}).get("Tags"))


SYSTEM = ResourceType(
    resource_type="AwsEfsFileSystem",
    find=find,
    read=read,
    tags=tags,
    reads=(LISTING,),
    created="CreationTime",
)


def read_backups(target: Target, aws: Aws) -> Json | None:
    """EFS says so by an error where there was never a policy."""
    found = read(target, aws)
    if found is None:
        return None
    call = aws("efs").describe_backup_policy
    answer = unless(("PolicyNotFound",), call, FileSystemId=name(target.arn)) or {}
    status = answer.get("BackupPolicy", {}).get("Status", "DISABLED")
    return {**found, "Backups": status in ("ENABLED", "ENABLING")}


def not_backed_up(found: Json, _: Target) -> str:
    return "" if found["Backups"] else "AWS Backup does not back it up by itself"


def back_up(target: Target, aws: Aws, status: str) -> None:
    aws("efs").put_backup_policy(FileSystemId=name(target.arn), BackupPolicy={"Status": status})


def read_subnets(target: Target, aws: Aws) -> Json | None:
    """The subnets of its mount targets that give what starts in them a public address."""
    found = read(target, aws)
    if found is None:
        return None
    pages = (
        aws("efs").get_paginator("describe_mount_targets").paginate(FileSystemId=name(target.arn))
    )
    subnets = sorted({each["SubnetId"] for page in pages for each in page["MountTargets"]})
    if not subnets:
        return {**found, "Public": []}
    rows = aws("ec2").describe_subnets(SubnetIds=subnets)["Subnets"]
    return {**found, "Public": sorted(s["SubnetId"] for s in rows if s.get("MapPublicIpOnLaunch"))}


def public(found: Json, _: Target) -> str:
    names = ", ".join(found["Public"])
    return f"the subnets of its mount targets give public addresses: {names}" if names else ""


def assign(aws: Aws, subnets: list[str], value: bool) -> None:
    for subnet in subnets:
        aws("ec2").modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": value})


BACKED_UP = replace(
    SYSTEM,
    read=read_backups,
    reads=(
        LISTING,
        Permission(("elasticfilesystem:DescribeBackupPolicy",), SYSTEMS),
    ),
)
MOUNTED = replace(
    SYSTEM,
    read=read_subnets,
    reads=(
        LISTING,
        Permission(("elasticfilesystem:DescribeMountTargets",), SYSTEMS),
        Permission(("ec2:DescribeSubnets",), why="EC2's describe calls know no resources"),
    ),
)

REMEDIATIONS = (
    Remediation(
        name="keep-mount-targets-private",
        controls=("EFS.6",),
        causes=(
            Cause("elasticfilesystem", ("CreateMountTarget",), sure=False),
            Cause("ec2", ("ModifySubnetAttribute",), given("mapPublicIpOnLaunch.value", "true")),
        ),
        resource_type=SYSTEM.resource_type,
        risk=Risk.REVERSIBLE,
        effect="What is started in the subnets of its mount targets gets no public address by "
        "itself.",
        breaks="New instances that relied on it have no address; running ones keep theirs.",
        reads=MOUNTED.reads,
        writes=(Permission(("ec2:ModifySubnetAttribute",), SUBNETS),),
        find=find,
        check=looking(MOUNTED, public),
        before=seeing(MOUNTED, lambda found: {"subnets": found["Public"]}),
        fix=lambda target, aws, _: assign(aws, existing(MOUNTED, target, aws)["Public"], False),
        undo=lambda _, aws, before: assign(aws, before["subnets"], True),
        tags=tags,
    ),
    Remediation(
        name="back-up-file-system",
        controls=("EFS.7",),
        causes=(
            Cause("elasticfilesystem", ("PutBackupPolicy",), says("status", "DISABLED")),
            Cause("elasticfilesystem", ("CreateFileSystem",), says("backup", "false")),
        ),
        resource_type=SYSTEM.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Has AWS Backup keep daily backups of the file system for 35 days.",
        breaks="Nothing. Undo ends it; backups that were made stay until they expire.",
        reads=BACKED_UP.reads,
        writes=(Permission(("elasticfilesystem:PutBackupPolicy",), SYSTEMS),),
        find=find,
        check=looking(BACKED_UP, not_backed_up),
        before=seeing(BACKED_UP, lambda found: {"Backups": found["Backups"]}),
        fix=lambda target, aws, _: back_up(target, aws, "ENABLED"),
        undo=lambda target, aws, _: back_up(target, aws, "DISABLED"),
        tags=tags,
        cost="AWS Backup's price for what is kept.",
    ),
)
