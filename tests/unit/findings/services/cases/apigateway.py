from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.apigatewayv2.models import apigatewayv2_backends

from orchestrator.findings.remediation import Aws
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import Overlay

GONE = "arn:aws:apigateway:eu-west-1::/restapis/abc/stages/none"
ROLE = "arn:aws:iam::123456789012:role/logs"
LOGGED = {"/*/*/logging/loglevel": "INFO"}
CACHED = {"/*/*/caching/enabled": "true", "/*/*/caching/dataEncrypted": "false"}


def a_stage(aws: Aws, changes: Mapping[str, str], name: str = "prod", *, role: bool = True) -> str:
    client = aws("apigateway")
    if role:
        client.update_account(patchOperations=operations({"/cloudwatchRoleArn": ROLE}))
    api = client.create_rest_api(name=name)["id"]
    root = client.get_resources(restApiId=api)["items"][0]["id"]
    client.put_method(restApiId=api, resourceId=root, httpMethod="GET", authorizationType="NONE")
    client.put_integration(restApiId=api, resourceId=root, httpMethod="GET", type="MOCK")
    deployment = client.create_deployment(restApiId=api)["id"]
    client.create_stage(
        restApiId=api, stageName=name, deploymentId=deployment, tags=dict(cycle.TAGS)
    )
    if changes:
        client.update_stage(restApiId=api, stageName=name, patchOperations=operations(changes))
    return f"arn:aws:apigateway:eu-west-1::/restapis/{api}/stages/{name}"


def operations(changes: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"op": "replace", "path": path, "value": value} for path, value in changes.items()]


def a_silent_method(aws: Aws) -> str:
    return a_stage(aws, {**LOGGED, "/~1pets/GET/logging/loglevel": "OFF"})


def a_websocket_stage(aws: Aws, level: str = "OFF") -> str:
    role = [{"op": "replace", "path": "/cloudwatchRoleArn", "value": ROLE}]
    aws("apigateway").update_account(patchOperations=role)
    client = aws("apigatewayv2")
    api = client.create_api(Name="chat", ProtocolType="WEBSOCKET")["ApiId"]
    client.create_stage(
        ApiId=api,
        StageName="prod",
        DefaultRouteSettings={"LoggingLevel": level, "ThrottlingBurstLimit": 10},
        RouteSettings={"join": {"LoggingLevel": level}},
        Tags=dict(cycle.TAGS),
    )
    return f"arn:aws:apigateway:eu-west-1::/apis/{api}/stages/prod"


def as_sent(settings: Mapping[str, Any]) -> dict[str, Any]:
    """moto keeps names as they are on the wire: 'loggingLevel'."""
    return {key[0].lower() + key[1:]: value for key, value in settings.items()}


def updating() -> Overlay:
    """UpdateStage of version 2, as moto would have to do it."""

    def update(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        api = apigatewayv2_backends["123456789012"]["eu-west-1"].apis[asked["ApiId"]]
        stage = api.stages[asked["StageName"]]
        stage.default_route_settings = as_sent(asked["DefaultRouteSettings"])
        stage.route_settings = {
            route: as_sent(settings) for route, settings in asked["RouteSettings"].items()
        }
        return {}

    return {("apigatewayv2", "UpdateStage"): update}


CASES = (
    Case(
        "APIGateway.1",
        lambda aws: a_stage(aws, {}),
        lambda aws: a_stage(aws, LOGGED, "logged"),
        GONE,
    ),
    Case("APIGateway.1", a_silent_method, name="one method logs nothing"),
    Case(
        "APIGateway.1",
        lambda aws: a_stage(aws, {"/*/*/logging/loglevel": "ERROR"}),
        lambda aws: a_stage(aws, LOGGED, "logged"),
        parameters={"loggingLevel": "INFO"},
        name="another level is wanted",
    ),
    Case(
        "APIGateway.1",
        a_websocket_stage,
        lambda aws: a_websocket_stage(aws, "INFO"),
        "arn:aws:apigateway:eu-west-1::/apis/abc/stages/none",
        name="of a WebSocket API",
        overlay=updating,
    ),
    Case(
        "APIGateway.3",
        lambda aws: a_stage(aws, {}),
        lambda aws: a_stage(aws, {"/tracingEnabled": "true"}, "traced"),
        GONE,
    ),
    Case(
        "APIGateway.5",
        lambda aws: a_stage(aws, CACHED),
        lambda aws: a_stage(aws, {"/*/*/caching/enabled": "true"}, "encrypted"),
        GONE,
    ),
)
