"""Logs of AWS Network Firewall: flows, alerts and failures of TLS inspection, as Suricata has them.

Source: AWS Network Firewall developer guide, "Contents of a firewall log"; Suricata user guide,
"Eve JSON Format".
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from orchestrator.logs.ingest.formats import aws
from orchestrator.logs.ingest.formats.parser import Context, Ocsf, Unparsed, is_ip
from orchestrator.logs.json_path import at, branch, text
from orchestrator.logs.ocsf.classes import NETWORK

FEATURES = {"netflow": "Flow logs", "alert": "Alert logs", "tls": "TLS logs"}
FIELDS: Mapping[str, str] = {
    "firewall_name": "unmapped.firewall_name",
    "availability_zone": "cloud.zone, cloud.region",
    "event_timestamp": "unmapped.event_timestamp",
    "event.timestamp": "time",
    "event.event_type": "metadata.event_code",
    "event.flow_id": "connection_info.uid",
    "event.src_ip": "src_endpoint.ip",
    "event.src_port": "src_endpoint.port",
    "event.dest_ip": "dst_endpoint.ip",
    "event.dest_port": "dst_endpoint.port",
    "event.proto": "connection_info.protocol_name, connection_info.protocol_num",
    "event.tcp.tcp_flags": "connection_info.tcp_flags",
    "event.netflow.bytes": "traffic.bytes",
    "event.netflow.pkts": "traffic.packets",
    "event.netflow.start": "start_time_dt",
    "event.netflow.end": "end_time_dt",
    "event.alert.action": "action_id, disposition_id, status_id",
    "event.verdict.action": "action_id, disposition_id, status_id",
    "event.alert.signature_id": "firewall_rule.uid",
    "event.alert.signature": "firewall_rule.name, message",
    "event.alert.category": "firewall_rule.category",
    "event.alert.severity": "severity_id",
    "event.http.hostname": "url.hostname",
    "event.http.url": "url.path, url.url_string",
    "event.tls.version": "tls.version",
    "event.tls.sni": "tls.sni",
    "event.tls.subject": "tls.certificate.subject",
    "event.tls.issuerdn": "tls.certificate.issuer",
    "event.tls.serial": "tls.certificate.serial_number",
    "event.tls.fingerprint": "tls.certificate.fingerprints[].value",
    "event.tls.notbefore": "tls.certificate.created_time_dt",
    "event.tls.notafter": "tls.certificate.expiration_time_dt",
    "event.tls_error.error_message": "status_detail",
    "event.revocation_check.status": "status_code",
    "event.revocation_check.action": "action_id, disposition_id, status_id",
}
"""Field → attribute. The rest of the event is in `unmapped.event`."""

USED = aws.words("timestamp event_type flow_id src_ip src_port dest_ip dest_port proto")
PROTOCOLS = {"tcp": 6, "udp": 17, "icmp": 1, "ipv6-icmp": 58, "sctp": 132}
SEVERITIES = {1: 4, 2: 3, 3: 2, 4: 1}
"""Suricata counts from 1, the gravest, downwards."""

REFUSING = frozenset({"blocked", "drop", "reject", "rejectsrc", "rejectdst", "rejectboth"})
ZONE = re.compile(r"([a-z]{2}(?:-[a-z]+)+-\d)[a-z]")
OBSERVED = aws.observables(
    {"src_endpoint.ip": 2, "dst_endpoint.ip": 2, "tls.sni": 1, "url.hostname": 1}
)


def looks(text: str) -> bool:
    start = text[:4096]
    return start[:1] == "{" and '"firewall_name"' in start and '"event_timestamp"' in start


def parse(source: str, context: Context) -> Ocsf:
    record = aws.json_object(source)
    inner = branch(record, "event")
    address, target = text(inner, "src_ip"), text(inner, "dest_ip")
    if not is_ip(address) or not is_ip(target):
        raise Unparsed("a record of a network firewall without addresses")
    kind = text(inner, "event_type") or ("tls" if "sni" in inner else "")
    activity, control = _decided(inner, kind)
    origin = aws.Origin("AWS Network Firewall", FEATURES.get(kind, ""))
    event = aws.frame(NETWORK, activity, aws.utc(text(inner, "timestamp")), origin, context)
    event |= control
    metadata = event["metadata"]
    assert isinstance(metadata, dict)  # noqa: S101
    if kind:
        metadata["event_code"] = kind
    zone = text(record, "availability_zone")
    region = ZONE.fullmatch(zone)
    aws.located(event, region=region[1] if region else "", zone=zone)
    event |= {
        "src_endpoint": aws.place(address, text(inner, "src_port")),
        "dst_endpoint": aws.place(target, text(inner, "dest_port")),
        "connection_info": _connection(inner),
    }
    _flow(event, inner)
    _alert(event, inner)
    _names(event, inner)
    if error := text(inner, "tls_error.error_message"):
        event["status_detail"] = error
    if revoked := text(inner, "revocation_check.status"):
        event["status_code"] = revoked
    rest = aws.without(inner, *USED)
    aws.unmapped(event, {**aws.without(record, "event", "availability_zone"), "event": rest})
    aws.observe(event, OBSERVED)
    return event


def _decided(inner: Mapping[str, object], kind: str) -> tuple[int, Ocsf]:
    """Activity, and what the firewall did: a verdict says more than an alert does."""
    said = text(inner, "verdict.action") or text(inner, "alert.action")
    said = (said or text(inner, "revocation_check.action")).lower()
    if said in REFUSING:
        return 5, aws.BLOCKED
    if "tls_error" in inner:
        return 4, aws.FAILED
    if kind == "alert":
        return 6, {**aws.ALLOWED, "disposition": "Alert", "disposition_id": 19}
    return 6, {"action": "Unknown", "action_id": 0, "status": "Success", "status_id": 1}


def _connection(inner: Mapping[str, object]) -> Ocsf:
    protocol, flags = text(inner, "proto").lower(), text(inner, "tcp.tcp_flags")
    return {
        "direction_id": 0,
        "direction": "Unknown",
        **aws.said(
            uid=text(inner, "flow_id"),
            protocol_name=protocol,
            protocol_num=PROTOCOLS.get(protocol),
            tcp_flags=int(flags, 16) if re.fullmatch(r"[0-9a-fA-F]{1,4}", flags) else None,
        ),
    }


def _flow(event: Ocsf, inner: Mapping[str, object]) -> None:
    flow = branch(inner, "netflow")
    traffic = aws.said(
        bytes=aws.integer(text(flow, "bytes")), packets=aws.integer(text(flow, "pkts"))
    )
    start, end = aws.moved(at(flow, "start")), aws.moved(at(flow, "end"))
    event |= aws.said(traffic=traffic, start_time_dt=start, end_time_dt=end)


def _alert(event: Ocsf, inner: Mapping[str, object]) -> None:
    alert = branch(inner, "alert")
    if not alert:
        return
    level = at(alert, "severity")
    number = SEVERITIES.get(level, 0) if isinstance(level, int) else 0
    event |= {"severity_id": number, "severity": aws.SEVERITIES[number]}
    rule = aws.said(
        uid=text(alert, "signature_id"),
        name=text(alert, "signature"),
        category=text(alert, "category"),
    )
    event |= aws.said(firewall_rule=rule, message=text(alert, "signature"))


def _names(event: Ocsf, inner: Mapping[str, object]) -> None:
    """What is asked for: a host and path of HTTP, a name and certificate of TLS."""
    http, tls = branch(inner, "http"), branch(inner, "tls")
    if path := text(http, "url"):
        event["url"] = {
            "path": path.partition("?")[0],
            "url_string": path,
            **aws.said(hostname=text(http, "hostname")),
        }
    version, sni = text(tls, "version"), text(tls, "sni") or text(inner, "sni")
    if version or sni:
        event["tls"] = {
            "version": version or "unknown",
            **aws.said(sni=sni, certificate=_certificate(tls)),
        }


def _certificate(tls: Mapping[str, object]) -> Ocsf:
    """OCSF wants issuer, number and fingerprint of a certificate; else it stays as it is."""
    issuer, serial, print_ = (text(tls, name) for name in ("issuerdn", "serial", "fingerprint"))
    if not (issuer and serial and print_):
        return {}
    return aws.said(
        issuer=issuer,
        serial_number=serial,
        subject=text(tls, "subject"),
        fingerprints=[{"algorithm_id": 2, "value": print_}],
        created_time_dt=aws.moved(at(tls, "notbefore")),
        expiration_time_dt=aws.moved(at(tls, "notafter")),
    )
