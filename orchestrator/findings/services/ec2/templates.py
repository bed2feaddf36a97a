"""Launch templates. What is launched follows the default version, unless it names another."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from orchestrator.findings import arn
from orchestrator.findings.causes import Cause, omits
from orchestrator.findings.kind import existing, keeping, looking
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Permission,
    Refused,
    Remediation,
    Risk,
    Target,
)
from orchestrator.findings.services.ec2.kinds import TEMPLATE, looks

TEMPLATES = ("arn:{partition}:ec2:{region}:{account}:launch-template/*",)


def read(target: Target, aws: Aws) -> Json | None:
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
    TEMPLATE, read=read, reads=(*TEMPLATE.reads, looks("DescribeLaunchTemplateVersions"))
)


def first_version(found: Json, _: Target) -> str:
    required = found["MetadataOptions"].get("HttpTokens") == "required"
    return "" if required else "what it launches answers to version 1 of the metadata service"


def require_tokens(target: Target, aws: Aws, _: Json) -> None:
    """A version that differs in this alone, and is the default one."""
    found = existing(READABLE, target, aws)
    if not first_version(found, target):
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
    choose(target, aws, {"DefaultVersionNumber": made["VersionNumber"]})


def choose(target: Target, aws: Aws, version: Json) -> None:
    aws("ec2").modify_launch_template(
        LaunchTemplateId=arn.name(target.arn), DefaultVersion=str(version["DefaultVersionNumber"])
    )


REMEDIATIONS = (
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
        writes=(
            Permission(("ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate"), TEMPLATES),
        ),
        find=TEMPLATE.find,
        check=looking(READABLE, first_version),
        before=keeping(TEMPLATE, "DefaultVersionNumber"),
        fix=require_tokens,
        undo=choose,
        tags=TEMPLATE.tags,
    ),
)
