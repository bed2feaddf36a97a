"""EC2: snapshots, instances, launch templates, and the account's defaults.

Source: AWS Security Hub User Guide, "Security Hub controls for Amazon EC2"; AWS Config Developer
Guide, the managed rule that each names.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any

from orchestrator.sandbox.checks.answers import Reader, dig
from orchestrator.sandbox.checks.rule import ACCOUNT, Parameters, Rule, Rules, Subject, Unavailable

OWN = {"OwnerIds": ["self"]}
STOPPED_AT = re.compile(r"\((\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)")
LIVING = frozenset({"pending", "running", "stopping", "stopped"})


def _instances(reader: Reader) -> list[Any]:
    found = reader.all("ec2", "describe_instances", "Reservations", "Instances")
    return [each for each in found if each["State"]["Name"] in LIVING]


INSTANCE = Subject(
    "AwsEc2Instance", _instances, lambda each, r: r.arn("ec2", f"instance/{each['InstanceId']}")
)
TEMPLATE = Subject(
    "AwsEc2LaunchTemplate",
    lambda reader: reader.all("ec2", "describe_launch_templates", "LaunchTemplates"),
    lambda each, r: r.arn("ec2", f"launch-template/{each['LaunchTemplateId']}"),
)


def _public_snapshots(_: Any, reader: Reader, __: Parameters) -> str:
    """Source: ebs-snapshot-public-restorable-check."""
    for snapshot in reader.all("ec2", "describe_snapshots", "Snapshots", **OWN):
        allowed = reader.all(
            *("ec2", "describe_snapshot_attribute", "CreateVolumePermissions"),
            SnapshotId=snapshot["SnapshotId"],
            Attribute="createVolumePermission",
        )
        if any(each.get("Group") == "all" for each in allowed):
            return f"the public can restore {snapshot['SnapshotId']}"
    return ""


def _long_stopped(instance: Any, _: Reader, parameters: Parameters) -> str:
    """Source: ec2-stopped-instance, AllowedDays 30."""
    if instance["State"]["Name"] != "stopped":
        return ""
    since = STOPPED_AT.search(instance.get("StateTransitionReason", ""))
    if since is None:
        raise Unavailable("AWS does not say since when it is stopped")
    stopped = datetime.fromisoformat(since.group(1)).replace(tzinfo=UTC)
    days = parameters.get("AllowedDays", 30)
    late = datetime.now(UTC) - stopped > timedelta(days=days)
    return f"has been stopped for more than {days} days" if late else ""


def _encrypted_by_default(_: Any, reader: Reader, __: Parameters) -> str:
    """Source: ec2-ebs-encryption-by-default."""
    found = reader.get("ec2", "get_ebs_encryption_by_default", "EbsEncryptionByDefault")
    return "" if found else "new volumes are not encrypted"


def _tokens(instance: Any, _: Reader, __: Parameters) -> str:
    """Source: ec2-imdsv2-check: HttpTokens is 'required'. Without metadata none is open."""
    options = instance.get("MetadataOptions") or {}
    if options.get("HttpEndpoint") == "disabled" or options.get("HttpTokens") == "required":
        return ""
    return "IMDSv1 is open"


def _template_tokens(template: Any, reader: Reader, _: Parameters) -> str:
    """Source: ec2-launch-template-imdsv2-check: any version that an instance may be started of.

    EC2 User Guide, "Launch an instance from a launch template": '$Default' is the default version,
    '$Latest' the newest whatever the default is.
    """
    found = reader.all(
        *("ec2", "describe_launch_template_versions", "LaunchTemplateVersions"),
        LaunchTemplateId=template["LaunchTemplateId"],
    )
    newest = max(each["VersionNumber"] for each in found)
    for each in found:
        tokens = dig(each, "LaunchTemplateData", "MetadataOptions", "HttpTokens")
        used = each.get("DefaultVersion") or each["VersionNumber"] == newest
        if used and tokens != "required":
            return f"version {each['VersionNumber']} does not ask for IMDSv2"
    return ""


def _internet_blocked(_: Any, reader: Reader, parameters: Parameters) -> str:
    """Source: ec2-vpc-bpa-internet-gateway-blocked, vpcBpaInternetGatewayBlockMode."""
    path = ("VpcBlockPublicAccessOptions", "InternetGatewayBlockMode")
    mode = reader.get("ec2", "describe_vpc_block_public_access_options", *path)
    wanted = parameters.get("vpcBpaInternetGatewayBlockMode")
    fit = {wanted} if wanted else {"block-bidirectional", "block-ingress"}
    return "" if mode in fit else f"internet gateways: {mode}"


def _snapshots_blocked(_: Any, reader: Reader, __: Parameters) -> str:
    """Source: ebs-snapshot-block-public-access: all sharing, not only new sharing."""
    state = reader.get("ec2", "get_snapshot_block_public_access_state", "State")
    return "" if state == "block-all-sharing" else f"sharing of snapshots: {state}"


def _managed(instance: Any, reader: Reader, _: Parameters) -> str:
    """Source: ec2-instance-managed-by-systems-manager; of those that run."""
    if instance["State"]["Name"] != "running":
        return ""
    known = reader.all(
        *("ssm", "describe_instance_information", "InstanceInformationList"),
        Filters=[{"Key": "InstanceIds", "Values": [instance["InstanceId"]]}],
    )
    return "" if known else "Systems Manager does not know it"


def _template_addresses(template: Any, reader: Reader, _: Parameters) -> str:
    """Source: ec2-launch-template-public-ip-disabled; of the default version."""
    (version,) = reader.all(
        *("ec2", "describe_launch_template_versions", "LaunchTemplateVersions"),
        LaunchTemplateId=template["LaunchTemplateId"],
        Versions=["$Default"],
    )
    interfaces = version["LaunchTemplateData"].get("NetworkInterfaces") or ()
    public = any(each.get("AssociatePublicIpAddress") for each in interfaces)
    return "gives public addresses" if public else ""


RULES: Rules = {
    "EC2.25": (Rule("ec2-launch-template-public-ip-disabled", TEMPLATE, _template_addresses),),
    "EC2.1": (Rule("ebs-snapshot-public-restorable-check", ACCOUNT, _public_snapshots),),
    "EC2.4": (Rule("ec2-stopped-instance", INSTANCE, _long_stopped),),
    "EC2.7": (Rule("ec2-ebs-encryption-by-default", ACCOUNT, _encrypted_by_default),),
    "EC2.8": (Rule("ec2-imdsv2-check", INSTANCE, _tokens),),
    "EC2.170": (Rule("ec2-launch-template-imdsv2-check", TEMPLATE, _template_tokens),),
    "EC2.172": (Rule("ec2-vpc-bpa-internet-gateway-blocked", ACCOUNT, _internet_blocked),),
    "EC2.182": (Rule("ebs-snapshot-block-public-access", ACCOUNT, _snapshots_blocked),),
    "SSM.1": (Rule("ec2-instance-managed-by-systems-manager", INSTANCE, _managed),),
}
