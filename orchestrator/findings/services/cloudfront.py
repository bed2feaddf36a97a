"""Distributions of CloudFront, a global service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from orchestrator.findings.arn import name
from orchestrator.findings.causes import Cause, mentions, missing, says, untagged
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Parameter,
    Permission,
    Refused,
    Remediation,
    Risk,
    Target,
    required,
)
from orchestrator.findings.resource_type import existing, looking, seeing
from orchestrator.findings.services import cloudfront_origins
from orchestrator.findings.services.cloudfront_origins import DISTRIBUTION, DISTRIBUTIONS
from orchestrator.findings.tags import tag_control

CHANGES = (Permission(("cloudfront:UpdateDistribution",), DISTRIBUTIONS),)


def change(target: Target, aws: Aws, edit: Callable[[dict[str, Any]], None]) -> None:
    """Edit the configuration; CloudFront refuses if it has changed meanwhile."""
    config = dict(existing(DISTRIBUTION, target, aws))
    tag = config.pop("ETag")
    edit(config)
    aws("cloudfront").update_distribution(
        Id=name(target.arn), IfMatch=tag, DistributionConfig=config
    )


def rootless(config: Json, _: Target) -> str:
    """Of those with a bucket as origin; others are not looked at.

    Source: AWS Security Hub User Guide, [CloudFront.1].
    """
    if config.get("DefaultRootObject") or not any(cloudfront_origins.buckets(config)):
        return ""
    return "it has no default root object"


def set_root(target: Target, aws: Aws, _: Json) -> None:
    root = required(target, "DefaultRootObject")
    change(target, aws, lambda config: config.update(DefaultRootObject=root))


def take_root(target: Target, aws: Aws, _: Json) -> None:
    change(target, aws, lambda config: config.update(DefaultRootObject=""))


def behaviours(config: Json) -> dict[str, Any]:
    """The default cache behaviour as '*', and the others by path."""
    others = config.get("CacheBehaviors", {}).get("Items", [])
    return {"*": config["DefaultCacheBehavior"], **{item["PathPattern"]: item for item in others}}


def plain(config: Json) -> list[str]:
    """The paths that may be asked for over HTTP."""
    found = behaviours(config)
    return [path for path in found if found[path]["ViewerProtocolPolicy"] == "allow-all"]


def over_http(config: Json, _: Target) -> str:
    paths = plain(config)
    return f"viewers may use HTTP for {', '.join(paths)}" if paths else ""


def keep_plain(target: Target, aws: Aws) -> Json:
    return {"paths": plain(existing(DISTRIBUTION, target, aws))}


def set_policy(target: Target, aws: Aws, paths: list[str], policy: str) -> None:
    def edit(config: dict[str, Any]) -> None:
        for path, behaviour in behaviours(config).items():
            if path in paths:
                behaviour["ViewerProtocolPolicy"] = policy

    change(target, aws, edit)


def custom(config: Json) -> dict[str, Any]:
    """What CloudFront uses towards the origins that are not buckets, by their ids."""
    origins = config["Origins"]["Items"]
    return {o["Id"]: o["CustomOriginConfig"] for o in origins if "CustomOriginConfig" in o}


def outdated(config: Json) -> list[str]:
    found = custom(config)
    return [key for key in found if "SSLv3" in found[key]["OriginSslProtocols"]["Items"]]


def old_protocol(config: Json, _: Target) -> str:
    found = outdated(config)
    return f"SSLv3 is allowed towards {', '.join(found)}" if found else ""


def keep_protocols(target: Target, aws: Aws) -> Json:
    config = existing(DISTRIBUTION, target, aws)
    found = custom(config)
    return {key: list(found[key]["OriginSslProtocols"]["Items"]) for key in outdated(config)}


def modern(target: Target, aws: Aws, before: Json) -> None:
    kept = {key: [item for item in was if item != "SSLv3"] for key, was in before.items()}
    if not all(kept.values()):
        raise Refused("an origin is reached with SSLv3 alone; say which protocol it understands")
    set_protocols(target, aws, kept)


def set_protocols(target: Target, aws: Aws, wanted: Json) -> None:
    def edit(config: dict[str, Any]) -> None:
        for key, origin in custom(config).items():
            if key in wanted:
                items = list(wanted[key])
                origin["OriginSslProtocols"] = {"Quantity": len(items), "Items": items}

    change(target, aws, edit)


def add_tag(target: Target, aws: Aws, key: str, value: str) -> None:
    aws("cloudfront").tag_resource(
        Resource=target.arn, Tags={"Items": [{"Key": key, "Value": value}]}
    )


def remove_tag(target: Target, aws: Aws, key: str, _: str) -> None:
    aws("cloudfront").untag_resource(Resource=target.arn, TagKeys={"Items": [key]})


WRITTEN_BY = ("CreateDistribution", "CreateDistributionWithTags", "UpdateDistribution")

REMEDIATIONS = (
    Remediation(
        name="set-default-root-object",
        controls=("CloudFront.1",),
        causes=(Cause("cloudfront", WRITTEN_BY, missing("defaultRootObject")),),
        resource_type=DISTRIBUTION.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Answers requests for the root of the distribution with the object you name.",
        breaks="Who asks for the root gets that object instead of what the origin answers.",
        reads=DISTRIBUTION.reads,
        writes=CHANGES,
        find=DISTRIBUTION.find,
        check=looking(DISTRIBUTION, rootless),
        before=seeing(DISTRIBUTION, lambda config: {"root": config.get("DefaultRootObject", "")}),
        fix=set_root,
        undo=take_root,
        tags=DISTRIBUTION.tags,
        parameters={"DefaultRootObject": Parameter("", "The object's name, such as index.html.")},
        everywhere=True,
    ),
    Remediation(
        name="redirect-viewers-to-https",
        controls=("CloudFront.3",),
        causes=(Cause("cloudfront", WRITTEN_BY, says("viewerProtocolPolicy", "allow-all")),),
        resource_type=DISTRIBUTION.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Redirects viewers that use HTTP to HTTPS.",
        breaks="Clients that cannot follow a redirect, or send a body with a plain HTTP request.",
        reads=DISTRIBUTION.reads,
        writes=CHANGES,
        find=DISTRIBUTION.find,
        check=looking(DISTRIBUTION, over_http),
        before=keep_plain,
        fix=lambda target, aws, was: set_policy(target, aws, was["paths"], "redirect-to-https"),
        undo=lambda target, aws, was: set_policy(target, aws, was["paths"], "allow-all"),
        tags=DISTRIBUTION.tags,
        everywhere=True,
    ),
    Remediation(
        name="drop-sslv3-to-origins",
        controls=("CloudFront.10",),
        causes=(Cause("cloudfront", WRITTEN_BY, mentions("SSLv3")),),
        resource_type=DISTRIBUTION.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Stops using SSLv3 towards the distribution's own origins.",
        breaks="Origins that understand none of the other protocols that are allowed.",
        reads=DISTRIBUTION.reads,
        writes=CHANGES,
        find=DISTRIBUTION.find,
        check=looking(DISTRIBUTION, old_protocol),
        before=keep_protocols,
        fix=modern,
        undo=set_protocols,
        tags=DISTRIBUTION.tags,
        everywhere=True,
    ),
    *cloudfront_origins.REMEDIATIONS,
    replace(
        tag_control(
            "CloudFront.14",
            DISTRIBUTION,
            add_tag,
            remove_tag,
            (Permission(("cloudfront:TagResource", "cloudfront:UntagResource"), DISTRIBUTIONS),),
            untagged("cloudfront", ("CreateDistribution",), "UntagResource"),
        ),
        everywhere=True,
    ),
)
