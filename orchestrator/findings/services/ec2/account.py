"""Settings of EC2 for an account and region."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from orchestrator.findings import arn
from orchestrator.findings.causes import Cause, both, either, mentions, says
from orchestrator.findings.remediation import (
    Aws,
    Check,
    Json,
    Parameter,
    Permission,
    Place,
    Remediation,
    Risk,
    Status,
    Target,
    text,
)
from orchestrator.findings.services.ec2.kinds import looks

WHY = "it is a setting of the account, which has no ARN"
SNAPSHOTS = ("arn:{partition}:ec2:{region}::snapshot/*",)
VPC_MODES = ("block-bidirectional", "block-ingress")


def find(place: Place, _: Aws) -> Iterator[str]:
    yield arn.account(place)


def judged(
    fault: Callable[[Json, Target], str], before: Callable[[Target, Aws], Json]
) -> Callable[[Target, Aws], Check]:
    """A check of a setting by what `before` reads of it."""

    def check(target: Target, aws: Aws) -> Check:
        note = fault(before(target, aws), target)
        return Check(Status.FAILS if note else Status.PASSES, note)

    return check


def encryption(_: Target, aws: Aws) -> Json:
    return {"on": aws("ec2").get_ebs_encryption_by_default()["EbsEncryptionByDefault"]}


def encrypt(_: Target, aws: Aws, __: Json) -> None:
    aws("ec2").enable_ebs_encryption_by_default()


def stop_encrypting(_: Target, aws: Aws, __: Json) -> None:
    aws("ec2").disable_ebs_encryption_by_default()


def sharing(_: Target, aws: Aws) -> Json:
    return {"state": aws("ec2").get_snapshot_block_public_access_state()["State"]}


def block_sharing(_: Target, aws: Aws, __: Json) -> None:
    aws("ec2").enable_snapshot_block_public_access(State="block-all-sharing")


def allow_sharing(_: Target, aws: Aws, before: Json) -> None:
    if before["state"] == "unblocked":
        aws("ec2").disable_snapshot_block_public_access()
    else:
        aws("ec2").enable_snapshot_block_public_access(State=before["state"])


def internet(_: Target, aws: Aws) -> Json:
    options = aws("ec2").describe_vpc_block_public_access_options()
    return {"mode": options["VpcBlockPublicAccessOptions"]["InternetGatewayBlockMode"]}


def reachable(found: Json, target: Target) -> str:
    wanted = text(target, "mode")
    passing = (wanted,) if wanted else VPC_MODES
    return "" if found["mode"] in passing else f"the mode is '{found['mode']}'"


def block_internet(target: Target, aws: Aws, _: Json) -> None:
    mode = text(target, "mode") or "block-ingress"
    aws("ec2").modify_vpc_block_public_access_options(InternetGatewayBlockMode=mode)


def unblock_internet(_: Target, aws: Aws, before: Json) -> None:
    aws("ec2").modify_vpc_block_public_access_options(InternetGatewayBlockMode=before["mode"])


def public_snapshots(_: Target, aws: Aws) -> Json:
    """Each is asked for itself as well: the list may be some minutes old."""
    client = aws("ec2")
    pages = client.get_paginator("describe_snapshots").paginate(
        OwnerIds=["self"], RestorableByUserIds=["all"]
    )
    listed = [row["SnapshotId"] for page in pages for row in page["Snapshots"]]
    return {"snapshots": sorted(snapshot for snapshot in listed if is_public(client, snapshot))}


def is_public(client: Any, snapshot: str) -> bool:
    permissions = client.describe_snapshot_attribute(
        SnapshotId=snapshot, Attribute="createVolumePermission"
    )["CreateVolumePermissions"]
    return {"Group": "all"} in permissions


def shared(found: Json, _: Target) -> str:
    snapshots = found["snapshots"]
    return f"public: {', '.join(snapshots)}" if snapshots else ""


def share_with_all(operation: str) -> Callable[[Target, Aws, Json], None]:
    """Add or remove the group 'all'; named accounts stay as they are."""

    def change(_: Target, aws: Aws, before: Json) -> None:
        for snapshot in before["snapshots"]:
            aws("ec2").modify_snapshot_attribute(
                SnapshotId=snapshot,
                Attribute="createVolumePermission",
                OperationType=operation,
                GroupNames=["all"],
            )

    return change


REMEDIATIONS = (
    Remediation(
        name="make-snapshots-private",
        controls=("EC2.1",),
        causes=(
            Cause(
                "ec2",
                ("ModifySnapshotAttribute",),
                either(
                    mentions("all", under="createVolumePermission.add"),
                    both(says("operationType", "add"), mentions("all")),
                ),
            ),
        ),
        resource_type="AwsAccount",
        risk=Risk.DISRUPTIVE,
        effect="Takes the public from those who may restore the account's EBS snapshots.",
        breaks="Accounts that restore a public snapshot and are not named in its permissions.",
        danger="Anybody with an AWS account can copy the snapshots, and all data in them, again.",
        reads=(looks("DescribeSnapshots", "DescribeSnapshotAttribute"),),
        writes=(Permission(("ec2:ModifySnapshotAttribute",), SNAPSHOTS),),
        find=find,
        check=judged(shared, public_snapshots),
        before=public_snapshots,
        fix=share_with_all("remove"),
        undo=share_with_all("add"),
        tags=None,
    ),
    Remediation(
        name="encrypt-volumes-by-default",
        controls=("EC2.7",),
        causes=(Cause("ec2", ("DisableEbsEncryptionByDefault",)),),
        resource_type="AwsAccount",
        risk=Risk.REVERSIBLE,
        effect="Encrypts new EBS volumes and copies of snapshots, with the region's default key.",
        breaks="Roles that may not use that key can no longer make volumes with it; those of "
        "before stay as they are.",
        reads=(Permission(("ec2:GetEbsEncryptionByDefault",), why=WHY),),
        writes=(
            Permission(
                ("ec2:EnableEbsEncryptionByDefault", "ec2:DisableEbsEncryptionByDefault"), why=WHY
            ),
        ),
        find=find,
        check=judged(lambda s, _: "" if s["on"] else "new volumes are not encrypted", encryption),
        before=encryption,
        fix=encrypt,
        undo=stop_encrypting,
        tags=None,
    ),
    Remediation(
        name="block-public-snapshots",
        controls=("EC2.182",),
        causes=(Cause("ec2", ("DisableSnapshotBlockPublicAccess",)),),
        resource_type="AwsAccount",
        also=("AwsEc2SnapshotBlockPublicAccess",),
        risk=Risk.DISRUPTIVE,
        effect="Blocks all public sharing of the EBS snapshots of the region.",
        breaks="Those who restore snapshots that are public now; sharing with named accounts "
        "goes on.",
        danger=(
            "EBS snapshots of the region can be shared with everybody again, and those "
            "that were are."
        ),
        reads=(Permission(("ec2:GetSnapshotBlockPublicAccessState",), why=WHY),),
        writes=(
            Permission(
                ("ec2:EnableSnapshotBlockPublicAccess", "ec2:DisableSnapshotBlockPublicAccess"),
                why=WHY,
            ),
        ),
        find=find,
        check=judged(
            lambda s, _: "" if s["state"] == "block-all-sharing" else f"it is '{s['state']}'",
            sharing,
        ),
        before=sharing,
        fix=block_sharing,
        undo=allow_sharing,
        tags=None,
    ),
    Remediation(
        name="block-internet-gateways",
        controls=("EC2.172",),
        causes=(
            Cause(
                "ec2",
                ("ModifyVpcBlockPublicAccessOptions",),
                says("internetGatewayBlockMode", "off"),
            ),
        ),
        resource_type="AwsAccount",
        also=("AwsEc2VpcBlockPublicAccessOptions",),
        risk=Risk.DISRUPTIVE,
        effect="Blocks what comes in through the internet gateways of all VPCs of the region.",
        breaks="Everything in the region that is reached from the internet.",
        danger="What is in the VPCs of the region can be reached from the internet again.",
        reads=(looks("DescribeVpcBlockPublicAccessOptions"),),
        writes=(Permission(("ec2:ModifyVpcBlockPublicAccessOptions",), why=WHY),),
        find=find,
        check=judged(reachable, internet),
        before=internet,
        fix=block_internet,
        undo=unblock_internet,
        tags=None,
        by_hand="It cuts all VPCs of the region off the internet at once.",
        parameters={
            "mode": Parameter(
                "",
                "'block-ingress' or 'block-bidirectional'; either passes when nothing is set.",
                "vpcBpaInternetGatewayBlockMode",
            )
        },
    ),
)
