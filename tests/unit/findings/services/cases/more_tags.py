"""Services that moto does not have, or whose tags it does not keep: two of each type, on a shelf.

The shelf knows of a service no more than botocore's models say: which members an answer must have,
and how it writes tags.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from botocore.session import get_session

from orchestrator.findings.remediation import Value
from tests.unit.findings.services.cycle import TAGS, Case
from tests.unit.findings.services.recording import Overlay

HERE = "eu-west-1:123456789012"
TAGGING: dict[str, Value] = {
    "requiredTagKeys": ("owner",),
    "TagKey": "owner",
    "TagValue": "payments",
}


@cache
def model(service: str) -> Any:
    return get_session().get_service_model(service)


def filled(shape: Any) -> Any:
    """The least that is an answer of this shape."""
    if shape.type_name == "structure":
        return {name: filled(shape.members[name]) for name in shape.required_members}
    kinds: dict[str, Any] = {"timestamp": datetime.now(UTC), "list": [], "map": {}}
    kinds |= {"boolean": False, "integer": 1, "long": 1}
    return kinds.get(shape.type_name, (shape.enum[0] if getattr(shape, "enum", None) else "x" * 8))


def written(shape: Any, tags: Mapping[str, str]) -> Any:
    """Tags as this shape has them."""
    if shape.type_name == "map":
        return dict(tags)
    key, value = ("key", "value") if "key" in shape.member.members else ("Key", "Value")
    return [{key: k, value: v} for k, v in tags.items()]


def read(value: Any) -> dict[str, str]:
    if isinstance(value, Mapping):
        return dict(value)
    return {t.get("Key", t.get("key")): t.get("Value", t.get("value")) for t in value}


def shelf(service: str, lists: str, add: str, remove: str, arns: Mapping[str, str]) -> Overlay:
    """Two resources with a tag each; `arns` by the tag's key."""
    kept = {arn: {key: "payments"} for key, arn in arns.items()}

    def listed(_: Mapping[str, Any]) -> Mapping[str, Any]:
        out = model(service).operation_model(lists).output_shape
        name, rows = next(
            (n, s)
            for n, s in out.members.items()
            if s.type_name == "list" and s.member.type_name == "structure"
        )
        return {**filled(out), name: [row(rows.member, arn) for arn in kept]}

    def row(shape: Any, arn: str) -> dict[str, Any]:
        own = next(n for n in shape.members if n.lower().endswith("arn"))
        own = next((n for n in (PREFER.get(lists, own),) if n in shape.members), own)
        shown = shape.members.get("tags")
        tags = {"tags": written(shown, kept[arn])} if shown is not None else {}
        return {**filled(shape), own: arn, **tags}

    def named(asked: Mapping[str, Any]) -> str:
        return next(str(value) for value in asked.values() if str(value).startswith("arn:"))

    def tag(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        given = next(value for value in asked.values() if not isinstance(value, str))
        kept[named(asked)] |= read(given)
        return {}

    def untag(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        for key in next(value for value in asked.values() if not isinstance(value, str)):
            kept[named(asked)].pop(key, None)
        return {}

    def show(operation: str) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
        def answer(asked: Mapping[str, Any]) -> Mapping[str, Any]:
            out = model(service).operation_model(operation).output_shape
            name = next(n for n in out.members if n.lower() in ("tags", "taglist"))
            return {**filled(out), name: written(out.members[name], kept[named(asked)])}

        return answer

    shows = [n for n in ("ListTagsForResource", "ListTags") if n in model(service).operation_names]
    return {
        (service, lists): listed,
        (service, add): tag,
        (service, remove): untag,
        **{(service, each): show(each) for each in shows},
    }


PREFER = {"ListServices": "ServiceArn", "ListAnalyzers": "arn"}
"""The row's own ARN, where it is not the first of its members that is one."""
USUAL = ("TagResource", "UntagResource")
CALLS = {
    "dms": ("AddTagsToResource", "RemoveTagsFromResource"),
    "sagemaker": ("AddTags", "DeleteTags"),
}
SHELVES: tuple[tuple[str, str, str, str], ...] = (
    ("Amplify.1", "amplify", "ListApps", "amplify:{0}:apps/"),
    ("AppFlow.1", "appflow", "ListFlows", "appflow:{0}:flow/"),
    ("AppRunner.1", "apprunner", "ListServices", "apprunner:{0}:service/"),
    ("AppRunner.2", "apprunner", "ListVpcConnectors", "apprunner:{0}:vpcconnector/"),
    ("CodeArtifact.1", "codeartifact", "ListRepositories", "codeartifact:{0}:repository/"),
    (
        "CodeGuruProfiler.1",
        "codeguruprofiler",
        "ListProfilingGroups",
        "codeguru-profiler:{0}:profilingGroup/",
    ),
    ("DataSync.2", "datasync", "ListTasks", "datasync:{0}:task/"),
    ("Detective.1", "detective", "ListGraphs", "detective:{0}:graph:"),
    ("DMS.4", "dms", "DescribeReplicationInstances", "dms:{0}:rep:"),
    ("IAM.23", "accessanalyzer", "ListAnalyzers", "access-analyzer:{0}:analyzer/"),
    ("IoT.4", "iot", "ListAuthorizers", "iot:{0}:authorizer/"),
    ("IoT.6", "iot", "ListPolicies", "iot:{0}:policy/"),
    ("IVS.1", "ivs", "ListPlaybackKeyPairs", "ivs:{0}:playback-key/"),
    ("IVS.2", "ivs", "ListRecordingConfigurations", "ivs:{0}:recording-configuration/"),
    ("IVS.3", "ivs", "ListChannels", "ivs:{0}:channel/"),
    (
        "NetworkFirewall.8",
        "network-firewall",
        "ListFirewallPolicies",
        "network-firewall:{0}:firewall-policy/",
    ),
    ("SageMaker.6", "sagemaker", "ListAppImageConfigs", "sagemaker:{0}:app-image-config/"),
    ("SageMaker.7", "sagemaker", "ListImages", "sagemaker:{0}:image/"),
    ("Transfer.1", "transfer", "ListWorkflows", "transfer:{0}:workflow/"),
)
"""Control, service, the operation that lists, and how an ARN begins."""


def a_case(control: str, service: str, lists: str, pattern: str) -> Case:
    arns = {key: f"arn:aws:{pattern.format(HERE)}{key}" for key in (*TAGS, "owner", "none")}
    team = next(iter(TAGS))
    made = {key: arns[key] for key in (team, "owner")}
    return Case(
        control,
        lambda _: arns[team],
        lambda _: arns["owner"],
        arns["none"],
        TAGGING,
        overlay=lambda: shelf(service, lists, *CALLS.get(service, USUAL), made),
    )


CASES = tuple(a_case(*each) for each in SHELVES)
