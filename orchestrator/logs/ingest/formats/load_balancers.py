"""Access logs of load balancers (application, network, classic), and connection logs of ALBs.

Source: Elastic Load Balancing user guides: "Access logs for your Application Load Balancer",
"Connection logs for your Application Load Balancer", "Access logs for your Network Load Balancer",
"Access logs for your Classic Load Balancer".
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from orchestrator.logs.ingest.formats import aws
from orchestrator.logs.ingest.formats.parser import Context, Ocsf, Unparsed
from orchestrator.logs.ocsf.classes import HTTP, NETWORK

APPLICATION = aws.Origin("Elastic Load Balancing", "Application Load Balancer")
CONNECTIONS = aws.Origin("Elastic Load Balancing", "Application Load Balancer connections")
NETWORKS = aws.Origin("Elastic Load Balancing", "Network Load Balancer")
CLASSIC = aws.Origin("Elastic Load Balancing", "Classic Load Balancer")

APPLICATION_FIELDS: Mapping[str, str] = {
    "type": "unmapped.type",
    "time": "time",
    "elb": "dst_endpoint.svc_name",
    "client:port": "src_endpoint.ip, src_endpoint.port",
    "target:port": "dst_endpoint.ip, dst_endpoint.port",
    "request_processing_time": "unmapped.request_processing_time",
    "target_processing_time": "unmapped.target_processing_time",
    "response_processing_time": "unmapped.response_processing_time",
    "elb_status_code": "http_response.code, status_id",
    "target_status_code": "unmapped.target_status_code",
    "received_bytes": "traffic.bytes_in",
    "sent_bytes": "traffic.bytes_out",
    "request": "http_request.http_method, http_request.url.url_string, http_request.version",
    "user_agent": "http_request.user_agent",
    "ssl_cipher": "tls.cipher",
    "ssl_protocol": "tls.version",
    "target_group_arn": "unmapped.target_group_arn, cloud.account.uid, cloud.region",
    "trace_id": "http_request.uid",
    "domain_name": "tls.sni",
    "chosen_cert_arn": "unmapped.chosen_cert_arn",
    "matched_rule_priority": "unmapped.matched_rule_priority",
    "request_creation_time": "start_time_dt",
    "actions_executed": "unmapped.actions_executed, action_id",
    "redirect_url": "unmapped.redirect_url",
    "error_reason": "status_detail",
    "target:port_list": "unmapped.target:port_list",
    "target_status_code_list": "unmapped.target_status_code_list",
    "classification": "unmapped.classification",
    "classification_reason": "unmapped.classification_reason",
    "conn_trace_id": "unmapped.conn_trace_id",
    "transformed_host": "unmapped.transformed_host",
    "transformed_uri": "unmapped.transformed_uri",
    "request_transform_status": "unmapped.request_transform_status",
}
"""Field, in the order in which they stand → attribute. Fields behind the last are in
`unmapped.later`."""

CLASSIC_FIELDS: Mapping[str, str] = {
    name: APPLICATION_FIELDS[name.replace("backend", "target")]
    .replace("target_status", "backend_status")
    .replace("target_processing", "backend_processing")
    for name in aws.words(
        "time elb client:port backend:port request_processing_time backend_processing_time "
        "response_processing_time elb_status_code backend_status_code received_bytes sent_bytes "
        "request user_agent ssl_cipher ssl_protocol"
    )
}
NETWORK_FIELDS: Mapping[str, str] = {
    "type": "unmapped.type",
    "version": "metadata.product.version",
    "time": "end_time_dt",
    "elb": "dst_endpoint.svc_name",
    "listener": "unmapped.listener",
    "client:port": "src_endpoint.ip, src_endpoint.port",
    "destination:port": "dst_endpoint.ip, dst_endpoint.port",
    "connection_time": "duration",
    "tls_handshake_time": "tls.handshake_dur",
    "received_bytes": "traffic.bytes_in",
    "sent_bytes": "traffic.bytes_out",
    "incoming_tls_alert": "status_detail, status_id",
    "chosen_cert_arn": "unmapped.chosen_cert_arn, cloud.account.uid, cloud.region",
    "chosen_cert_serial": "unmapped.chosen_cert_serial",
    "tls_cipher": "tls.cipher",
    "tls_protocol_version": "tls.version",
    "tls_named_group": "unmapped.tls_named_group",
    "domain_name": "tls.sni",
    "alpn_fe_protocol": "unmapped.alpn_fe_protocol",
    "alpn_be_protocol": "unmapped.alpn_be_protocol",
    "alpn_client_preference_list": "unmapped.alpn_client_preference_list",
    "tls_connection_creation_time": "time",
}
CONNECTION_FIELDS: Mapping[str, str] = {
    "timestamp": "time",
    "client_ip": "src_endpoint.ip",
    "client_port": "src_endpoint.port",
    "listener_port": "dst_endpoint.port",
    "tls_protocol": "tls.version",
    "tls_cipher": "tls.cipher",
    "tls_handshake_latency": "tls.handshake_dur",
    "leaf_client_cert_subject": "unmapped.leaf_client_cert_subject",
    "leaf_client_cert_validity": "unmapped.leaf_client_cert_validity",
    "leaf_client_cert_serial_number": "unmapped.leaf_client_cert_serial_number",
    "tls_verify_status": "status_code, status_id, action_id",
    "conn_trace_id": "connection_info.uid",
    "tls_keyexchange": "unmapped.tls_keyexchange",
}
_STAMP = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z? "
KINDS = {
    "application": re.compile(rf"(?:https?|h2|grpcs|wss?) {_STAMP}\S+ \S+ \S+ -?[\d.]+ -?[\d.]+ "),
    "network": re.compile(rf"tls [\d.]+ {_STAMP}\S+ \S+ \S+ "),
    "classic": re.compile(rf"{_STAMP}\S+ \S+:\d+ (?:\S+:\d+|-) -?[\d.]+ -?[\d.]+ -?[\d.]+ "),
    "connection": re.compile(rf"{_STAMP}[0-9a-fA-F.:]+ \d{{1,5}} \d{{1,5}} \S+ \S+ \S+ "),
}
QUOTED = re.compile(r'(.*?)" "(.*?)" (\S+) (\S+) (arn:\S+|-) (?=")(.*)')
"""Of an application load balancer. Agents may have quotes in them: what follows is looked for."""

CLASSIC_QUOTED = re.compile(r'(.*?)"(?: "(.*)" (\S+) (\S+)( .*)?)?')
MINUS = frozenset({"-1", "-1.0", "-"})
"""No time was taken: the request has not come to a target."""

OBSERVED = aws.observables(
    {
        "src_endpoint.ip": 2,
        "dst_endpoint.ip": 2,
        "http_request.url.hostname": 1,
        "tls.sni": 1,
    }
)


def looks(text: str) -> bool:
    return bool(_kind(text[: aws.PORTION]))


def _kind(text: str) -> str:
    first = text[:1]
    if first.isdigit():
        named = ("classic", "connection")
    elif first in ("h", "w", "g", "t"):
        named = ("application", "network")
    else:
        return ""
    return next((name for name in named if KINDS[name].match(text)), "")


def parse(text: str, context: Context) -> Ocsf:
    kind = _kind(text) if len(text) <= aws.PORTION else ""
    if kind == "application":
        return _application(text, context)
    if kind == "classic":
        return _classic(text, context)
    if kind == "network":
        return _network(text, context)
    if kind == "connection":
        return _connection(text, context)
    raise Unparsed("no line of a load balancer's log")


def _application(text: str, context: Context) -> Ocsf:
    front, _, rest = text.partition(' "')
    match = QUOTED.fullmatch(rest)
    simple = front.split(" ")
    if match is None or len(simple) != 12:
        raise Unparsed("a line of an application load balancer that is cut or broken")
    last = aws.tokens(match[6])
    values = _named(APPLICATION_FIELDS, [*simple, *match.groups()[:5], *last])
    refused = values.get("actions_executed", "") == "waf" and simple[8] == "403"
    refused = refused or (simple[4] == "-" and simple[8] in ("401", "403"))
    event = _request(values, APPLICATION, context, refused=refused)
    aws.located_by(event, match[5])
    return event


def _classic(text: str, context: Context) -> Ocsf:
    front, _, rest = text.partition(' "')
    match = CLASSIC_QUOTED.fullmatch(rest)
    simple = front.split(" ")
    if match is None or len(simple) != 11:
        raise Unparsed("a line of a classic load balancer that is cut or broken")
    request, agent, cipher, protocol, later = (each or "-" for each in match.groups())
    values = _named(
        CLASSIC_FIELDS, [*simple, request, agent, cipher, protocol, *later.strip("- ").split()]
    )
    if not request.startswith("- "):
        return _request(values, CLASSIC, context)
    event = aws.frame(NETWORK, 6, aws.utc(values["time"]), CLASSIC, context)
    event |= aws.ALLOWED
    return _ended(event, values, "request")


def _request(
    values: Mapping[str, str], origin: aws.Origin, context: Context, *, refused: bool = False
) -> Ocsf:
    request, activity, other = aws.request_of(aws.unescaped(values["request"]))
    event = aws.frame(HTTP, activity, aws.utc(values["time"]), origin, context)
    status = aws.integer(values["elb_status_code"])
    failed = status is None or status >= 400
    event |= aws.BLOCKED if refused else aws.FAILED if failed else aws.ALLOWED
    if (agent := values.get("user_agent", "-")) != "-":
        request["user_agent"] = aws.unescaped(agent)
    if (trace := values.get("trace_id", "-")) != "-":
        request["uid"] = trace
    if (reason := values.get("error_reason", "-")) != "-":
        event["status_detail"] = reason
    if (made := aws.moved(values.get("request_creation_time", "-"))) is not None:
        event["start_time_dt"] = made
    event |= {"http_request": request, "http_response": {"code": status or 0}}
    used = ("elb_status_code", "request", "user_agent", "trace_id", "error_reason")
    ended = _ended(event, values, *used, "request_creation_time")
    if other:
        ended["unmapped"] = {**_kept(ended), **other}
    return ended


def _kept(event: Ocsf) -> Ocsf:
    found = event.get("unmapped", {})
    assert isinstance(found, dict)  # noqa: S101
    return found


def _ended(event: Ocsf, values: Mapping[str, str], *used: str) -> Ocsf:
    """The event with its ends, its bytes and TLS, and what is left of the fields."""
    target = values.get("target:port", values.get("backend:port", "-"))
    event["src_endpoint"] = aws.address(values["client:port"])
    event["dst_endpoint"] = {
        **(aws.address(target) if target != "-" else {}),
        "svc_name": values["elb"],
    }
    event["traffic"] = _traffic(values)
    if (version := values.get("ssl_protocol", "-")) != "-":
        event["tls"] = aws.said(
            version=version,
            cipher=values.get("ssl_cipher"),
            sni=values.get("domain_name"),
        )
    kept: Ocsf = {
        name: value
        for name, value in values.items()
        if name not in used and name not in USED and value not in MINUS
    }
    if "tls" not in event and values.get("domain_name", "-") != "-":
        kept["domain_name"] = values["domain_name"]
    if kept:
        event["unmapped"] = kept
    aws.observe(event, OBSERVED)
    return event


USED = frozenset(
    (
        *("time", "elb", "client:port", "target:port", "backend:port", "received_bytes"),
        *("sent_bytes", "ssl_cipher", "ssl_protocol", "domain_name"),
    )
)


def _traffic(values: Mapping[str, str]) -> Ocsf:
    return aws.said(
        bytes_in=aws.integer(values["received_bytes"]), bytes_out=aws.integer(values["sent_bytes"])
    )


def _named(fields: Mapping[str, str], values: Sequence[str]) -> dict[str, str]:
    """The values by name; what AWS has appended since is `later`."""
    found = dict(zip(fields, values, strict=False))
    if len(values) > len(fields):
        found["later"] = " ".join(values[len(fields) :])
    return found


def _network(text: str, context: Context) -> Ocsf:
    parts = text.split(" ")
    if len(parts) < 17:
        raise Unparsed("a line of a network load balancer that is cut or broken")
    values = _named(NETWORK_FIELDS, parts)
    ended = aws.utc(values["time"])
    began = values.get("tls_connection_creation_time", "-")
    moment = aws.utc(began) if began != "-" else ended
    event = aws.frame(NETWORK, 6, moment, NETWORKS, context, values["version"])
    alert, handshake = values["incoming_tls_alert"], aws.integer(values["tls_handshake_time"])
    failed = alert != "-" or values["tls_protocol_version"] == "-"
    event |= _failed(event) if failed else aws.ALLOWED
    if alert != "-":
        event["status_detail"] = f"TLS alert {alert} of the client"
    target = values["destination:port"]
    event |= {
        "end_time_dt": ended.isoformat(),
        "src_endpoint": aws.address(values["client:port"]),
        "dst_endpoint": {
            **(aws.address(target) if target != "-" else {}),
            "svc_name": values["elb"],
        },
        "traffic": _traffic(values),
        "connection_info": {"direction_id": 0, "protocol_num": 6, "protocol_name": "tcp"},
    }
    if (duration := aws.integer(values["connection_time"])) is not None:
        event["duration"] = min(duration, 2**31 - 1)
    if (version := values["tls_protocol_version"]) != "-":
        event["tls"] = aws.said(
            version=version,
            cipher=values["tls_cipher"],
            sni=values.get("domain_name"),
            handshake_dur=handshake,
        )
    aws.located_by(event, values["chosen_cert_arn"])
    names = ("type", "listener", "chosen_cert_arn", "chosen_cert_serial", "tls_named_group")
    more = ("alpn_fe_protocol", "alpn_be_protocol", "alpn_client_preference_list", "later")
    kept = {name: values[name] for name in (*names, *more) if values.get(name, "-") != "-"}
    if "tls" not in event and values.get("domain_name", "-") != "-":
        kept["domain_name"] = values["domain_name"]
    event["unmapped"] = kept
    aws.observe(event, OBSERVED)
    return event


def _failed(event: Ocsf) -> Ocsf:
    """A connection that did not come about: activity Fail."""
    return {
        **aws.FAILED,
        "activity_id": 4,
        "activity_name": "Fail",
        "type_uid": NETWORK * 100 + 4,
        "type_name": f"{event['class_name']}: Fail",
    }


def _connection(text: str, context: Context) -> Ocsf:
    parts = aws.tokens(text)
    if len(parts) < 11:
        raise Unparsed("a line of connections that is cut or broken")
    values = _named(CONNECTION_FIELDS, parts)
    verified = values["tls_verify_status"]
    event = aws.frame(NETWORK, 1, aws.utc(values["timestamp"]), CONNECTIONS, context)
    refused = verified.startswith("Failed")
    event |= {**_failed(event), **aws.BLOCKED} if refused else aws.ALLOWED
    if verified != "-":
        event["status_code"] = verified
    listener = aws.port(values["listener_port"])
    event |= {
        "src_endpoint": aws.place(values["client_ip"], values["client_port"]),
        "dst_endpoint": aws.said(svc_name="Elastic Load Balancing", port=listener),
        "connection_info": {
            "direction_id": 1,
            "direction": "Inbound",
            **aws.said(uid=values.get("conn_trace_id")),
        },
    }
    if (version := values["tls_protocol"]) != "-":
        latency = values["tls_handshake_latency"]
        event["tls"] = aws.said(
            version=version,
            cipher=values["tls_cipher"],
            handshake_dur=None if latency in MINUS else _milliseconds(latency),
        )
    used = ("timestamp", "client_ip", "client_port", "listener_port", "tls_verify_status")
    more = ("tls_protocol", "tls_cipher", "tls_handshake_latency", "conn_trace_id")
    aws.unmapped(event, aws.without(values, *used, *more))
    aws.observe(event, OBSERVED)
    return event


def _milliseconds(seconds: str) -> int | None:
    try:
        return round(float(seconds) * 1000)
    except (ValueError, OverflowError):
        return None
