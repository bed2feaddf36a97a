"""Elastic Load Balancing, API Gateway and CloudFront.

Source: AWS Security Hub User Guide, "Security Hub controls for Elastic Load Balancing", "… API
Gateway", "… CloudFront"; AWS Config Developer Guide, the managed rule that each names.
"""

from __future__ import annotations

import re
from typing import Any

from botocore.exceptions import ClientError

from orchestrator.sandbox.checks.answers import Reader, dig
from orchestrator.sandbox.checks.rule import (
    Fault,
    Parameters,
    Rule,
    Rules,
    Subject,
    keys_of,
    named,
    on,
    tagged,
)

BUCKET_DOMAIN = re.compile(r"^(?P<bucket>.+?)\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com(?:\.cn)?$")

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


def _distributions(reader: Reader) -> list[Any]:
    listed = reader.all("cloudfront", "list_distributions", "DistributionList", "Items")
    return [
        reader.get("cloudfront", "get_distribution", "Distribution", Id=each["Id"])
        for each in listed
    ]


DISTRIBUTION = Subject("AwsCloudFrontDistribution", _distributions, named("ARN"), once=True)


def _origins(distribution: Any) -> list[Any]:
    return dig(distribution, "DistributionConfig", "Origins", "Items") or []


def _bucket_of(origin: Any) -> str:
    """The bucket that is the origin itself, not a website that S3 serves of it."""
    domain = origin["DomainName"]
    if origin.get("CustomOriginConfig") or ".s3-website" in domain:
        return ""
    found = BUCKET_DOMAIN.match(domain)
    return found["bucket"] if found else ""


def _root_object(distribution: Any, _: Reader, __: Parameters) -> str:
    """Source: the text of CloudFront.1: with a bucket as origin; custom origins are left out."""
    if not any(_bucket_of(origin) for origin in _origins(distribution)):
        return ""
    config = distribution["DistributionConfig"]
    return "" if config.get("DefaultRootObject") else "has no default root object"


def _viewers(distribution: Any, _: Reader, __: Parameters) -> str:
    """Source: cloudfront-viewer-policy-https: no behavior allows all."""
    config = distribution["DistributionConfig"]
    others = dig(config, "CacheBehaviors", "Items") or ()
    behaviors = [config["DefaultCacheBehavior"], *others]
    plain = any(each["ViewerProtocolPolicy"] == "allow-all" for each in behaviors)
    return "viewers may use HTTP" if plain else ""


def _by_addresses(distribution: Any, _: Reader, __: Parameters) -> str:
    """Source: cloudfront-sni-enabled: a certificate of its own, on dedicated addresses."""
    how = dig(distribution, "DistributionConfig", "ViewerCertificate", "SSLSupportMethod")
    return "has addresses of its own" if how == "vip" else ""


def _plain_origins(distribution: Any, reader: Reader, parameters: Parameters) -> str:
    """Source: cloudfront-traffic-to-origin-encrypted; the text of CloudFront.9."""
    open_to_http = bool(_viewers(distribution, reader, parameters))
    for origin in _origins(distribution):
        policy = dig(origin, "CustomOriginConfig", "OriginProtocolPolicy")
        if policy == "http-only" or (policy == "match-viewer" and open_to_http):
            return f"{origin['DomainName']} is reached over HTTP"
    return ""


def _old_protocols(distribution: Any, _: Reader, __: Parameters) -> str:
    """Source: cloudfront-no-deprecated-ssl-protocols: no custom origin with SSLv3."""
    for origin in _origins(distribution):
        if "SSLv3" in (dig(origin, "CustomOriginConfig", "OriginSslProtocols", "Items") or ()):
            return f"SSLv3 to {origin['DomainName']}"
    return ""


def _lost(distribution: Any, reader: Reader, _: Parameters) -> str:
    """Source: cloudfront-s3-origin-non-existent-bucket."""
    for origin in _origins(distribution):
        bucket = _bucket_of(origin)
        if bucket and _missing(bucket, reader):
            return f"its origin {bucket} does not exist"
    return ""


def _missing(bucket: str, reader: Reader) -> bool:
    try:
        reader.client("s3").head_bucket(Bucket=bucket)
    except ClientError as error:
        if error.response["Error"]["Code"] in ("404", "NoSuchBucket"):
            return True
        if error.response["Error"]["Code"] not in ("403", "301"):
            raise
    return False


def _distribution_tags(distribution: Any, reader: Reader) -> list[str]:
    return keys_of(
        reader.get(
            *("cloudfront", "list_tags_for_resource", "Tags", "Items"), Resource=distribution["ARN"]
        )
    )


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
    "CloudFront.1": (
        Rule("cloudfront-default-root-object-configured", DISTRIBUTION, _root_object),
    ),
    "CloudFront.3": (Rule("cloudfront-viewer-policy-https", DISTRIBUTION, _viewers),),
    "CloudFront.8": (Rule("cloudfront-sni-enabled", DISTRIBUTION, _by_addresses),),
    "CloudFront.9": (Rule("cloudfront-traffic-to-origin-encrypted", DISTRIBUTION, _plain_origins),),
    "CloudFront.10": (
        Rule("cloudfront-no-deprecated-ssl-protocols", DISTRIBUTION, _old_protocols),
    ),
    "CloudFront.12": (Rule("cloudfront-s3-origin-non-existent-bucket", DISTRIBUTION, _lost),),
    "CloudFront.14": (Rule("", DISTRIBUTION, tagged(_distribution_tags)),),
    "ELB.1": (Rule("alb-http-to-https-redirection-check", APPLICATION, _redirects),),
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
