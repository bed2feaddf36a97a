"""Launch templates: an instance is launched from the default version, unless told another.

A new version differs in one thing from the default one, and becomes the default.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from orchestrator.findings import arn
from orchestrator.findings.causes import Cause, omits, says
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Permission,
    Refused,
    Remediation,
    Risk,
    Target,
)
from orchestrator.findings.resource_type import existing, keeping, looking
from orchestrator.findings.services.ec2.kinds import TEMPLATE, looks

TEMPLATES = ("arn:{partition}:ec2:{region}:{account}:launch-template/*",)


def read_template(target: Target, aws: Aws) -> Json | None:
    """The template with the metadata options of its default version."""
    found = TEMPLATE.read(target, aws)
    if found is None:
        return None
    versions = aws("ec2").describe_launch_template_versions(
        LaunchTemplateId=arn.name(target.arn), Versions=["$Default"]
    )["LaunchTemplateVersions"]
    data: dict[str, Any] = versions[0]["LaunchTemplateData"]
    return {**found, "MetadataOptions": data.get("MetadataOptions", {})}


READABLE = replace(
    TEMPLATE, read=read_template, reads=(*TEMPLATE.reads, looks("DescribeLaunchTemplateVersions"))
)


def template_first_version(found: Json, _: Target) -> str:
    required = found["MetadataOptions"].get("HttpTokens") == "required"
    return "" if required else "what it launches answers to version 1 of the metadata service"


def require_template_tokens(target: Target, aws: Aws, _: Json) -> None:
    """A version that differs in this alone, and is the default one."""
    found = existing(READABLE, target, aws)
    if not template_first_version(found, target):
        return
    if found["LatestVersionNumber"] != found["DefaultVersionNumber"]:
        raise Refused(
            f"the default is version {found['DefaultVersionNumber']}, the latest is "
            f"{found['LatestVersionNumber']}: a new version of the default would be the latest, "
            "and whoever launches $Latest would get other settings; set it in the latest one first"
        )
    options = {k: v for k, v in found["MetadataOptions"].items() if k != "State"}
    made = aws("ec2").create_launch_template_version(
        LaunchTemplateId=arn.name(target.arn),
        SourceVersion=str(found["DefaultVersionNumber"]),
        LaunchTemplateData={"MetadataOptions": {**options, "HttpTokens": "required"}},
    )["LaunchTemplateVersion"]
    choose_version(target, aws, {"DefaultVersionNumber": made["VersionNumber"]})


def choose_version(target: Target, aws: Aws, version: Json) -> None:
    aws("ec2").modify_launch_template(
        LaunchTemplateId=arn.name(target.arn), DefaultVersion=str(version["DefaultVersionNumber"])
    )


def read_interfaces(target: Target, aws: Aws) -> Json | None:
    """The template with the network interfaces of its default version."""
    found = TEMPLATE.read(target, aws)
    if found is None:
        return None
    versions = aws("ec2").describe_launch_template_versions(
        LaunchTemplateId=arn.name(target.arn), Versions=["$Default"]
    )["LaunchTemplateVersions"]
    data: dict[str, Any] = versions[0]["LaunchTemplateData"]
    return {**found, "NetworkInterfaces": data.get("NetworkInterfaces", [])}


WITH_INTERFACES = replace(READABLE, read=read_interfaces)


def template_public(found: Json, _: Target) -> str:
    public = any(each.get("AssociatePublicIpAddress") for each in found["NetworkInterfaces"])
    return "what it launches gets a public address" if public else ""


def without_address(interface: Json, known: Any) -> Json:
    """The interface as EC2 takes it; its answers have members that its requests do not."""
    strange = sorted(set(interface) - set(known.members))
    addresses = interface.get("Ipv6Addresses", [])
    if strange or any(each.get("IsPrimaryIpv6") for each in addresses):
        raise Refused(f"EC2 does not take what it shows of an interface: {', '.join(strange)}")
    plain = [{"Ipv6Address": each["Ipv6Address"]} for each in addresses]
    ipv6 = {"Ipv6Addresses": plain} if plain else {}
    return {**interface, **ipv6, "AssociatePublicIpAddress": False}


def keep_private(target: Target, aws: Aws, _: Json) -> None:
    """A version that differs in this alone, and is the default one."""
    found = existing(WITH_INTERFACES, target, aws)
    if not template_public(found, target):
        return
    if found["LatestVersionNumber"] != found["DefaultVersionNumber"]:
        raise Refused(
            "the default version is not the latest: a new version of it would be the latest, and "
            "whoever launches $Latest would get other settings; set it in the latest one first"
        )
    known = aws("ec2").meta.service_model.shape_for(
        "LaunchTemplateInstanceNetworkInterfaceSpecificationRequest"
    )
    interfaces = [without_address(each, known) for each in found["NetworkInterfaces"]]
    made = aws("ec2").create_launch_template_version(
        LaunchTemplateId=arn.name(target.arn),
        SourceVersion=str(found["DefaultVersionNumber"]),
        LaunchTemplateData={"NetworkInterfaces": interfaces},
    )["LaunchTemplateVersion"]
    choose_version(target, aws, {"DefaultVersionNumber": made["VersionNumber"]})


NEW_VERSION = (
    Permission(("ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"), TEMPLATES),
)

REMEDIATIONS = (
    Remediation(
        name="launch-without-public-address",
        controls=("EC2.25",),
        causes=(
            Cause(
                "ec2",
                ("CreateLaunchTemplate", "CreateLaunchTemplateVersion"),
                says("associatePublicIpAddress", "true"),
            ),
        ),
        resource_type=TEMPLATE.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Adds a version without public addresses to the launch template, and makes it "
        "default.",
        breaks="New instances that are reached from the internet, or reach it, by their own "
        "address. Undo makes the version of before the default again; the new one stays.",
        reads=WITH_INTERFACES.reads,
        writes=NEW_VERSION,
        find=TEMPLATE.find,
        check=looking(WITH_INTERFACES, template_public),
        before=keeping(TEMPLATE, "DefaultVersionNumber"),
        fix=keep_private,
        undo=choose_version,
        tags=TEMPLATE.tags,
    ),
    Remediation(
        name="require-metadata-tokens-in-template",
        controls=("EC2.170",),
        causes=(
            Cause(
                "ec2",
                ("CreateLaunchTemplate", "CreateLaunchTemplateVersion"),
                omits("httpTokens", "required"),
            ),
        ),
        resource_type=TEMPLATE.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Adds a version with IMDSv2 required to the launch template, and makes it default.",
        breaks="Software on new instances that asks version 1 of the metadata service. Undo makes "
        "the version of before the default again; the new one stays in the list, and is what "
        "$Latest means.",
        reads=READABLE.reads,
        writes=NEW_VERSION,
        find=TEMPLATE.find,
        check=looking(READABLE, template_first_version),
        before=keeping(TEMPLATE, "DefaultVersionNumber"),
        fix=require_template_tokens,
        undo=choose_version,
        tags=TEMPLATE.tags,
    ),
)
