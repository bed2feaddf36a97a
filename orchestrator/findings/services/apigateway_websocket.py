"""What the methods of a stage log, of REST and of WebSocket APIs, in the same words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.findings.answers import by_token
from orchestrator.findings.arn import resource
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import Aws, Json, Place, Target

OFF = "OFF"
DEFAULT = "*/*"
"""All routes that are not named."""


def is_websocket(target: Target) -> bool:
    return resource(target.arn).startswith("/apis/")


def find(place: Place, aws: Aws) -> Iterator[str]:
    """HTTP APIs have no execution logs."""
    client = aws("apigatewayv2")
    for api in by_token(client.get_apis, "Items"):
        if api["ProtocolType"] == "WEBSOCKET":
            for stage in by_token(client.get_stages, "Items", ApiId=api["ApiId"]):
                yield (
                    f"arn:{place.partition}:apigateway:{place.region}::"
                    f"/apis/{api['ApiId']}/stages/{stage['StageName']}"
                )


def where(target: Target) -> Mapping[str, str]:
    parts = resource(target.arn).split("/")
    return {"ApiId": parts[2], "StageName": parts[4]}


def read(target: Target, aws: Aws) -> Json | None:
    found: Json | None = unless(
        ("NotFoundException",), aws("apigatewayv2").get_stage, **where(target)
    )
    return None if found is None else {**found, "createdDate": found.get("CreatedDate")}


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    return dict(aws("apigatewayv2").get_stage(**where(target)).get("Tags", {}))


def levels(stage: Json) -> dict[str, str]:
    settings = {DEFAULT: stage.get("DefaultRouteSettings", {}), **stage.get("RouteSettings", {})}
    return {route: setting.get("LoggingLevel", OFF) for route, setting in settings.items()}


def set_levels(target: Target, aws: Aws, wanted: Mapping[str, str]) -> None:
    """Change the level and keep what else the settings say."""
    stage = aws("apigatewayv2").get_stage(**where(target))
    changes: dict[str, Any] = {}
    if DEFAULT in wanted:
        default = stage.get("DefaultRouteSettings", {})
        changes["DefaultRouteSettings"] = {**default, "LoggingLevel": wanted[DEFAULT]}
    routes = {
        route: {**setting, "LoggingLevel": wanted[route]}
        for route, setting in stage.get("RouteSettings", {}).items()
        if route in wanted
    }
    if routes:
        changes["RouteSettings"] = {**stage["RouteSettings"], **routes}
    aws("apigatewayv2").update_stage(**where(target), **changes)
