"""Stages of REST and WebSocket APIs of API Gateway."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.findings.arn import resource
from orchestrator.findings.causes import (
    Cause,
    Predicate,
    as_text,
    both,
    either,
    mappings,
    negated,
    omits,
    says,
)
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import (
    Aws,
    Json,
    Parameter,
    Permission,
    Place,
    Refused,
    Remediation,
    Risk,
    Target,
    text,
)
from orchestrator.findings.resource_type import ResourceType, keeping, looking, seeing
from orchestrator.findings.services import apigateway_websocket as websocket

HERE = "arn:{partition}:apigateway:{region}::"
STAGES = (f"{HERE}/restapis/*/stages/*",)
WEBSOCKET_STAGES = (f"{HERE}/apis/*/stages/*",)
EVERY_METHOD = "*/*"


def find(place: Place, aws: Aws) -> Iterator[str]:
    client = aws("apigateway")
    for page in client.get_paginator("get_rest_apis").paginate():
        for api in page["items"]:
            for stage in client.get_stages(restApiId=api["id"])["item"]:
                yield (
                    f"arn:{place.partition}:apigateway:{place.region}::"
                    f"/restapis/{api['id']}/stages/{stage['stageName']}"
                )


def where(target: Target) -> Mapping[str, str]:
    """The arguments that name the stage: '/restapis/a1b2/stages/prod'."""
    parts = resource(target.arn).split("/")
    return {"restApiId": parts[2], "stageName": parts[4]}


def read(target: Target, aws: Aws) -> Json | None:
    found: Json | None = unless(
        ("NotFoundException",), aws("apigateway").get_stage, **where(target)
    )
    return found


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    return dict(aws("apigateway").get_stage(**where(target)).get("tags", {}))


def patch(target: Target, aws: Aws, changes: Mapping[str, str]) -> None:
    """Set what stands at each path."""
    operations = [
        {"op": "replace", "path": path, "value": value} for path, value in changes.items()
    ]
    aws("apigateway").update_stage(**where(target), patchOperations=operations)


STAGE = ResourceType(
    resource_type="AwsApiGatewayStage",
    find=find,
    read=read,
    tags=tags,
    reads=(
        Permission(
            ("apigateway:GET",),
            (f"{HERE}/restapis", f"{HERE}/restapis/*/stages", *STAGES),
        ),
    ),
    created="createdDate",
)


def find_either(place: Place, aws: Aws) -> Iterator[str]:
    yield from find(place, aws)
    yield from websocket.find(place, aws)


def read_either(target: Target, aws: Aws) -> Json | None:
    """The stage, with what its methods or routes log under 'levels'."""
    if websocket.is_websocket(target):
        found = websocket.read(target, aws)
        return None if found is None else {**found, "levels": websocket.levels(found)}
    found = read(target, aws)
    return None if found is None else {**found, "levels": levels(found)}


def tags_either(target: Target, aws: Aws) -> Mapping[str, str]:
    return websocket.tags(target, aws) if websocket.is_websocket(target) else tags(target, aws)


LOGGING = ResourceType(
    resource_type=STAGE.resource_type,
    find=find_either,
    read=read_either,
    tags=tags_either,
    reads=(
        *STAGE.reads,
        Permission(
            ("apigateway:GET",), (f"{HERE}/apis", f"{HERE}/apis/*/stages", *WEBSOCKET_STAGES)
        ),
    ),
    created="createdDate",
)


def levels(stage: Json) -> dict[str, str]:
    """What each method logs: 'OFF', 'ERROR' or 'INFO'; '*/*' stands for all that are not named."""
    settings = {EVERY_METHOD: {}, **stage.get("methodSettings", {})}
    return {method: setting.get("loggingLevel", "OFF") for method, setting in settings.items()}


def wrong(found: Mapping[str, str], target: Target) -> list[str]:
    """The methods that do not log as wanted; errors are enough where the decision says nothing."""
    wanted = text(target, "loggingLevel")
    accepted = (wanted,) if wanted else ("ERROR", "INFO")
    return sorted(method for method, level in found.items() if level not in accepted)


def silent(stage: Json, target: Target) -> str:
    found = wrong(stage["levels"], target)
    return f"execution logging is not as wanted for {', '.join(found)}" if found else ""


def log(target: Target, aws: Aws, before: Json) -> None:
    if not aws("apigateway").get_account().get("cloudwatchRoleArn"):
        raise Refused(
            "API Gateway has no role for CloudWatch Logs in this account and region; "
            "set it in API Gateway's account settings first"
        )
    wanted = text(target, "loggingLevel") or "ERROR"
    set_levels(target, aws, dict.fromkeys(wrong(before["levels"], target), wanted))


def set_levels(target: Target, aws: Aws, wanted: Mapping[str, str]) -> None:
    if websocket.is_websocket(target):
        websocket.set_levels(target, aws, wanted)
    else:
        patch(target, aws, {f"/{method}/logging/loglevel": wanted[method] for method in wanted})


def uncovered(stage: Json, _: Target | None = None) -> list[str]:
    """The methods whose answers are cached in clear."""
    return [
        method
        for method, setting in stage.get("methodSettings", {}).items()
        if setting.get("cachingEnabled") and not setting.get("cacheDataEncrypted")
    ]


def clear_cache(stage: Json, _: Target) -> str:
    found = uncovered(stage)
    return f"the cache of {', '.join(sorted(found))} is not encrypted" if found else ""


def keep_clear(target: Target, aws: Aws) -> Json:
    return {"methods": uncovered(aws("apigateway").get_stage(**where(target)))}


def encrypt(target: Target, aws: Aws, before: Json) -> None:
    patch(target, aws, {f"/{m}/caching/dataEncrypted": "true" for m in before["methods"]})


def decrypt(target: Target, aws: Aws, before: Json) -> None:
    patch(target, aws, {f"/{m}/caching/dataEncrypted": "false" for m in before["methods"]})


def untraced(stage: Json, _: Target) -> str:
    return "" if stage.get("tracingEnabled") else "requests are not traced with X-Ray"


def trace(target: Target, aws: Aws, _: Json) -> None:
    patch(target, aws, {"/tracingEnabled": "true"})


def untrace(target: Target, aws: Aws, _: Json) -> None:
    patch(target, aws, {"/tracingEnabled": "false"})


CHANGES = (Permission(("apigateway:PATCH",), STAGES),)


def patched(end: str, *values: str) -> Predicate:
    """A patch sets the path with this end to one of these values."""
    return lambda call: any(
        as_text(each.get("path")).endswith(end)
        and as_text(each.get("value")).lower() in {value.lower() for value in values}
        for each in mappings(call.parameters)
    )


REMEDIATIONS = (
    Remediation(
        name="log-api-stage",
        controls=("APIGateway.1",),
        causes=(
            Cause(
                "apigateway",
                ("CreateStage", "CreateDeployment"),
                omits("loggingLevel", "ERROR", "INFO"),
            ),
            Cause(
                "apigateway",
                ("UpdateStage",),
                either(patched("/logging/loglevel", "OFF"), says("loggingLevel", "OFF")),
            ),
        ),
        also=("AwsApiGatewayV2Stage",),
        resource_type=STAGE.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Turns on execution logging for the methods of the stage that log nothing.",
        breaks="Nothing; what 'INFO' writes down may contain what callers have sent.",
        reads=LOGGING.reads,
        writes=(
            Permission(("apigateway:PATCH",), (*STAGES, *WEBSOCKET_STAGES)),
            Permission(("apigateway:GET",), (f"{HERE}/account",)),
        ),
        find=LOGGING.find,
        check=looking(LOGGING, silent),
        before=keeping(LOGGING, "levels"),
        fix=log,
        undo=lambda target, aws, before: set_levels(target, aws, before["levels"]),
        tags=LOGGING.tags,
        cost="CloudWatch Logs takes in a line or more per request, or per error with 'ERROR'.",
        parameters={
            "loggingLevel": Parameter(
                "",
                "ERROR or INFO; both pass when it is not set, and ERROR is what is turned on.",
                "loggingLevel",
            )
        },
    ),
    Remediation(
        name="trace-api-stage",
        controls=("APIGateway.3",),
        causes=(
            Cause(
                "apigateway", ("CreateStage", "CreateDeployment"), omits("tracingEnabled", "true")
            ),
            Cause("apigateway", ("UpdateStage",), patched("/tracingEnabled", "false")),
        ),
        resource_type=STAGE.resource_type,
        risk=Risk.REVERSIBLE,
        effect="Turns on X-Ray tracing of the stage.",
        breaks="Nothing: X-Ray samples requests on the side.",
        reads=STAGE.reads,
        writes=CHANGES,
        find=STAGE.find,
        check=looking(STAGE, untraced),
        before=seeing(STAGE, lambda stage: {"traced": bool(stage.get("tracingEnabled"))}),
        fix=trace,
        undo=untrace,
        tags=STAGE.tags,
        cost="X-Ray's price per recorded trace.",
    ),
    Remediation(
        name="encrypt-api-cache",
        controls=("APIGateway.5",),
        causes=(
            Cause("apigateway", ("UpdateStage",), patched("/caching/dataEncrypted", "false")),
            Cause(
                "apigateway",
                ("UpdateStage",),
                both(
                    patched("/caching/enabled", "true"),
                    negated(patched("/caching/dataEncrypted", "true")),
                ),
                sure=False,
            ),
        ),
        resource_type=STAGE.resource_type,
        risk=Risk.DISRUPTIVE,
        effect="Encrypts the cache of the methods that cache in clear.",
        breaks="The cache starts empty, so the backends are asked more for a while.",
        reads=STAGE.reads,
        writes=CHANGES,
        find=STAGE.find,
        check=looking(STAGE, clear_cache),
        before=keep_clear,
        fix=encrypt,
        undo=decrypt,
        tags=STAGE.tags,
    ),
)
