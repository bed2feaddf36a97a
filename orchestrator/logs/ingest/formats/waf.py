"""Logs of AWS WAF: requests that a web ACL has looked at, and what it did with them.

Source: AWS WAF developer guide, "Log fields for protection pack (web ACL) traffic"; AWS's own
mapping (ocsf/examples, WAF, 1.1.0).
"""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.logs.ingest.formats import aws
from orchestrator.logs.ingest.formats.parser import Context, Ocsf, Unparsed
from orchestrator.logs.json_path import at, branch, items, text
from orchestrator.logs.ocsf.classes import HTTP

ORIGIN = aws.Origin("AWS WAF")
FIELDS: Mapping[str, str] = {
    "timestamp": "time",
    "formatVersion": "metadata.product.version",
    "webaclId": "metadata.product.feature.uid, cloud.account.uid, cloud.region",
    "labels.name": "metadata.labels",
    "action": "action_id, disposition_id, status_id",
    "terminatingRuleId": "firewall_rule.uid",
    "terminatingRuleType": "firewall_rule.type",
    "terminatingRuleMatchDetails.conditionType": "firewall_rule.condition",
    "terminatingRuleMatchDetails.location": "firewall_rule.match_location",
    "terminatingRuleMatchDetails.matchedData": "firewall_rule.match_details",
    "rateBasedRuleList.maxRateAllowed": "firewall_rule.rate_limit",
    "httpSourceName": "src_endpoint.svc_name",
    "httpSourceId": "src_endpoint.uid",
    "responseCodeSent": "status_code, http_response.code, http_status",
    "httpRequest.clientIp": "src_endpoint.ip",
    "httpRequest.country": "src_endpoint.location.country",
    "httpRequest.uri": "http_request.url.path",
    "httpRequest.args": "http_request.args, http_request.url.query_string",
    "httpRequest.httpVersion": "http_request.version",
    "httpRequest.httpMethod": "http_request.http_method, activity_id",
    "httpRequest.requestId": "http_request.uid",
    "httpRequest.headers": "http_request.http_headers[].name, http_request.http_headers[].value",
    "httpRequest.headers: Host": "http_request.url.hostname, dst_endpoint.hostname",
    "httpRequest.headers: User-Agent": "http_request.user_agent",
    "httpRequest.headers: Referer": "http_request.referrer",
    "httpRequest.headers: X-Forwarded-For": "http_request.x_forwarded_for",
}
"""Field → attribute. Any other field is in `unmapped`."""

USED = (
    *("timestamp", "formatVersion", "webaclId", "labels", "action", "terminatingRuleId"),
    *("terminatingRuleType", "httpSourceName", "httpSourceId", "responseCodeSent", "httpRequest"),
)
USED_OF_REQUEST = (
    *("clientIp", "country", "uri", "args", "httpVersion", "httpMethod", "requestId", "headers"),
)
OBSERVED = aws.observables(
    {
        "http_request.url.hostname": 1,
        "src_endpoint.ip": 2,
        "firewall_rule.uid": 10,
        "src_endpoint.uid": 10,
    }
)


def _counted(disposition: str, number: int) -> Ocsf:
    return {**aws.ALLOWED, "disposition": disposition, "disposition_id": number}


def _stopped(disposition: str, number: int) -> Ocsf:
    return {**aws.BLOCKED, "disposition": disposition, "disposition_id": number}


ACTIONS: Mapping[str, Ocsf] = {
    "ALLOW": aws.ALLOWED,
    "BLOCK": aws.BLOCKED,
    "COUNT": _counted("Count", 20),
    "EXCLUDED_AS_COUNT": _counted("Count", 20),
    "CAPTCHA": _stopped("Captcha", 22),
    "CHALLENGE": _stopped("Challenge", 23),
}


def looks(text: str) -> bool:
    return text[:1] == "{" and '"webaclId"' in text and '"httpRequest"' in text


def parse(source: str, context: Context) -> Ocsf:
    record = aws.json_object(source)
    request, stamp = branch(record, "httpRequest"), at(record, "timestamp")
    action = text(record, "action")
    if isinstance(stamp, bool) or not isinstance(stamp, int) or not request:
        raise Unparsed("a record of WAF without a time or a request")
    method = text(request, "httpMethod")
    event = aws.frame(
        HTTP,
        aws.METHODS.get(method, 99),
        aws.moment(stamp),
        ORIGIN,
        context,
        text(record, "formatVersion"),
    )
    event |= ACTIONS.get(action, {"action": action, "action_id": 99})
    acl = text(record, "webaclId")
    _of_metadata(event, record, acl)
    aws.located_by(event, acl)
    headers = _headers(request)
    host = headers.get("host", text(request, "host"))
    event["src_endpoint"] = {
        **aws.place(text(request, "clientIp")),
        **aws.said(
            svc_name=text(record, "httpSourceName"),
            uid=text(record, "httpSourceId"),
            location=aws.said(country=text(request, "country")),
        ),
    }
    event["dst_endpoint"] = (
        aws.address(host)
        if host
        else aws.said(uid=text(record, "httpSourceId")) or {"name": "unknown"}
    )
    event["http_request"] = _request(request, method, headers, host)
    sent = at(record, "responseCodeSent")
    code = sent if isinstance(sent, int) and not isinstance(sent, bool) else None
    event["http_response"] = {"code": code or 0}
    if code is not None:
        event |= {"http_status": code, "status_code": str(code)}
    if rule := _rule(record):
        event["firewall_rule"] = rule
    kept = aws.without(record, *USED)
    if more := aws.without(request, *USED_OF_REQUEST):
        kept["httpRequest"] = more
    if method not in aws.METHODS:
        kept["httpMethod"] = method
    aws.unmapped(event, kept)
    aws.observe(event, OBSERVED)
    return event


def _of_metadata(event: Ocsf, record: Mapping[str, object], acl: str) -> None:
    metadata = event["metadata"]
    assert isinstance(metadata, dict)  # noqa: S101
    if acl:
        metadata["product"]["feature"] = {"uid": acl}
    labels = [name for each in items(record, "labels") if (name := text(each, "name"))]
    if labels:
        metadata["labels"] = [*metadata.get("labels", ()), *labels]


def _headers(request: Mapping[str, object]) -> dict[str, str]:
    """By name in small letters, since HTTP does not tell them apart; the first one counts."""
    found: dict[str, str] = {}
    for each in items(request, "headers"):
        found.setdefault(text(each, "name").lower(), text(each, "value"))
    return found


def _request(
    request: Mapping[str, object], method: str, headers: Mapping[str, str], host: str
) -> Ocsf:
    path, args = text(request, "uri"), text(request, "args")
    place = aws.address(host)
    url = {
        "path": path or "/",
        "url_string": f"{path}?{args}" if args else path or "/",
        **aws.said(
            hostname=place.get("hostname", place.get("ip")),
            port=place.get("port"),
            query_string=args,
        ),
    }
    listed = [
        {"name": name, "value": text(each, "value")}
        for each in items(request, "headers")
        if (name := text(each, "name"))
    ]
    return {
        "url": url,
        **aws.said(
            http_method=method if method in aws.METHODS else None,
            version=text(request, "httpVersion"),
            uid=text(request, "requestId"),
            args=args,
            user_agent=headers.get("user-agent"),
            referrer=headers.get("referer"),
            x_forwarded_for=aws.addresses(headers.get("x-forwarded-for", "")),
            http_headers=listed,
        ),
    }


def _rule(record: Mapping[str, object]) -> Ocsf:
    """The rule that ended it, and the first of what it matched: OCSF has one value of each."""
    uid = text(record, "terminatingRuleId")
    if not uid:
        return {}
    matches = items(record, "terminatingRuleMatchDetails")
    first = matches[0] if matches else {}
    rates = [at(each, "maxRateAllowed") for each in items(record, "rateBasedRuleList")]
    limit = next((rate for rate in rates if isinstance(rate, int)), None)
    return aws.said(
        uid=uid,
        type=text(record, "terminatingRuleType"),
        condition=text(first, "conditionType"),
        match_location=text(first, "location"),
        match_details=[str(each) for each in items(first, "matchedData")],
        rate_limit=limit,
    )
