"""Elastic Load Balancing and API Gateway.

Source: AWS Security Hub User Guide, "Security Hub controls for Elastic Load Balancing" and "… API
Gateway"; AWS Config Developer Guide, the managed rule that each names.
"""

from __future__ import annotations

from typing import Any

from orchestrator.sandbox.checks.answers import Reader, dig
from orchestrator.sandbox.checks.rule import (
    Fault,
    Parameters,
    Rule,
    Rules,
    Subject,
    named,
    on,
)

DEFAULTS = {"routing.http.desync_mitigation_mode": "defensive"}


def _balancers(*kinds: str) -> Subject:
    def listed(reader: Reader) -> list[Any]:
        found = reader.all("elbv2", "describe_load_balancers", "LoadBalancers")
        return [each for each in found if each["Type"] in kinds]

    return Subject("AwsElbv2LoadBalancer", listed, named("LoadBalancerArn"))


APPLICATION = _balancers("application")
ANY_BALANCER = _balancers("application", "network", "gateway")
CLASSIC = Subject(
    "AwsElbLoadBalancer",
    lambda reader: reader.all("elb", "describe_load_balancers", "LoadBalancerDescriptions"),
    lambda each, r: r.arn("elasticloadbalancing", f"loadbalancer/{each['LoadBalancerName']}"),
)


def _attribute(key: str, *fit: str) -> Fault:
    """Fails unless the balancer's attribute has one of these values.

    Source of what holds where nothing is set: Elastic Load Balancing, Application Load Balancers,
    "Load balancer attributes".
    """

    def fault(balancer: Any, reader: Reader, _: Parameters) -> str:
        found = reader.all(
            *("elbv2", "describe_load_balancer_attributes", "Attributes"),
            LoadBalancerArn=balancer["LoadBalancerArn"],
        )
        value = next((each["Value"] for each in found if each["Key"] == key), None)
        value = value or DEFAULTS.get(key)
        return "" if value in fit else f"{key} is {value}"

    return fault


def _classic(balancer: Any, reader: Reader) -> Any:
    return reader.get(
        *("elb", "describe_load_balancer_attributes", "LoadBalancerAttributes"),
        LoadBalancerName=balancer["LoadBalancerName"],
    )


def _classic_attribute(*path: str) -> Fault:
    def fault(balancer: Any, reader: Reader, _: Parameters) -> str:
        return "" if dig(_classic(balancer, reader), *path) else f"{'.'.join(path)} is off"

    return fault


def _classic_desync(balancer: Any, reader: Reader, _: Parameters) -> str:
    """Source: clb-desync-mode-check, desyncMode 'defensive' or 'strictest'."""
    key = "elb.http.desyncmitigationmode"
    extra = _classic(balancer, reader).get("AdditionalAttributes") or ()
    value = next((each["Value"] for each in extra if each["Key"] == key), None)
    return "" if value in ("defensive", "strictest") else f"{key} is {value}"


def _redirects(balancer: Any, reader: Reader, _: Parameters) -> str:
    """Source: alb-http-to-https-redirection-check: every HTTP listener."""
    arn = {"LoadBalancerArn": balancer["LoadBalancerArn"]}
    for listener in reader.all("elbv2", "describe_listeners", "Listeners", **arn):
        actions = listener["DefaultActions"]
        redirected = any(dig(a, "RedirectConfig", "Protocol") == "HTTPS" for a in actions)
        if listener.get("Protocol") == "HTTP" and not redirected:
            return "a listener takes HTTP without a redirect"
    return ""


def _stages(reader: Reader) -> list[Any]:
    return [
        {**stage, "api": api["id"]}
        for api in reader.all("apigateway", "get_rest_apis", "items")
        for stage in reader.all("apigateway", "get_stages", "item", restApiId=api["id"])
    ]


def _rest_arn(stage: Any, reader: Reader) -> str:
    path = f"/restapis/{stage['api']}/stages/{stage['stageName']}"
    return reader.arn("apigateway", path, account=False)


STAGE = Subject("AwsApiGatewayStage", _stages, _rest_arn)


def _sockets(reader: Reader) -> list[Any]:
    return [
        {**stage, "api": api["ApiId"]}
        for api in reader.all("apigatewayv2", "get_apis", "Items")
        if api["ProtocolType"] == "WEBSOCKET"
        for stage in reader.all("apigatewayv2", "get_stages", "Items", ApiId=api["ApiId"])
    ]


def _socket_arn(stage: Any, reader: Reader) -> str:
    path = f"/apis/{stage['api']}/stages/{stage['StageName']}"
    return reader.arn("apigateway", path, account=False)


SOCKET = Subject("AwsApiGatewayV2Stage", _sockets, _socket_arn)


def _levels(parameters: Parameters) -> set[str]:
    wanted = parameters.get("loggingLevel")
    return {wanted} if wanted else {"ERROR", "INFO"}


def _methods_logged(stage: Any, _: Reader, parameters: Parameters) -> str:
    """Source: api-gw-execution-logging-enabled; loggingLevel ERROR or INFO when not set."""
    levels = [each.get("loggingLevel") for each in (stage.get("methodSettings") or {}).values()]
    ok = bool(levels) and "*/*" in stage["methodSettings"] and set(levels) <= _levels(parameters)
    return "" if ok else "some methods log nothing"


def _socket_logged(stage: Any, _: Reader, parameters: Parameters) -> str:
    routes = [stage.get("DefaultRouteSettings") or {}, *(stage.get("RouteSettings") or {}).values()]
    levels = {each.get("LoggingLevel") for each in routes}
    return "" if levels <= _levels(parameters) else "some routes log nothing"


def _caches(stage: Any, _: Reader, __: Parameters) -> str:
    """Source: the text of APIGateway.5: every method that caches."""
    for method, each in (stage.get("methodSettings") or {}).items():
        if each.get("cachingEnabled") and not each.get("cacheDataEncrypted"):
            return f"{method} caches in clear"
    return ""


POLICIES = frozenset(
    f"ELBSecurityPolicy-TLS13-1-{each}"
    for each in (
        *("3-2021-06", "3-FIPS-2023-04", "3-PQ-2025-09", "3-FIPS-PQ-2025-09"),
        *("2-Res-2021-06", "2-Res-FIPS-2023-04", "2-Res-PQ-2025-09", "2-Res-FIPS-PQ-2025-09"),
    )
)


def _listeners(reader: Reader) -> list[Any]:
    return [
        each
        for balancer in reader.all("elbv2", "describe_load_balancers", "LoadBalancers")
        for each in reader.all(
            *("elbv2", "describe_listeners", "Listeners"),
            LoadBalancerArn=balancer["LoadBalancerArn"],
        )
    ]


LISTENER = Subject("AwsElbv2Listener", _listeners, named("ListenerArn"))


def _negotiates(listener: Any, _: Reader, __: Parameters) -> str:
    """Source: elbv2-predefined-security-policy-ssl-check, sslPolicies, as ELB.17 has them."""
    encrypted = listener["Protocol"] in ("HTTPS", "TLS")
    policy = listener.get("SslPolicy")
    return f"negotiates by {policy}" if encrypted and policy not in POLICIES else ""


MODES = "defensive", "strictest"

RULES: Rules = {
    "APIGateway.1": (
        Rule("api-gw-execution-logging-enabled", STAGE, _methods_logged),
        Rule("api-gw-execution-logging-enabled", SOCKET, _socket_logged),
    ),
    "APIGateway.3": (
        Rule("api-gw-xray-enabled", STAGE, on("tracingEnabled", why="is not traced")),
    ),
    "APIGateway.5": (Rule("", STAGE, _caches),),
    "ELB.1": (Rule("alb-http-to-https-redirection-check", APPLICATION, _redirects),),
    "ELB.17": (Rule("elbv2-predefined-security-policy-ssl-check", LISTENER, _negotiates),),
    "ELB.4": (
        Rule(
            "alb-http-drop-invalid-header-enabled",
            APPLICATION,
            _attribute("routing.http.drop_invalid_header_fields.enabled", "true"),
        ),
    ),
    "ELB.5": (
        Rule("elb-logging-enabled", APPLICATION, _attribute("access_logs.s3.enabled", "true")),
        Rule("elb-logging-enabled", CLASSIC, _classic_attribute("AccessLog", "Enabled")),
    ),
    "ELB.6": (
        Rule(
            "elb-deletion-protection-enabled",
            ANY_BALANCER,
            _attribute("deletion_protection.enabled", "true"),
        ),
    ),
    "ELB.7": (Rule("", CLASSIC, _classic_attribute("ConnectionDraining", "Enabled")),),
    "ELB.9": (
        Rule(
            "elb-cross-zone-load-balancing-enabled",
            CLASSIC,
            _classic_attribute("CrossZoneLoadBalancing", "Enabled"),
        ),
    ),
    "ELB.12": (
        Rule(
            "alb-desync-mode-check",
            APPLICATION,
            _attribute("routing.http.desync_mitigation_mode", *MODES),
        ),
    ),
    "ELB.14": (Rule("clb-desync-mode-check", CLASSIC, _classic_desync),),
}
