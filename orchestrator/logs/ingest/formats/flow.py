"""Flow logs of VPCs and of transit gateways: the default format, and any that a header names.

Source: Amazon VPC user guide, "Flow log records" (fields of versions 2 to 10); AWS Transit Gateway
guide, "Transit Gateway Flow Log records"; AWS's own mapping (ocsf/examples, VPC Flowlogs, 1.1.0).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from orchestrator.logs.ingest.formats import aws
from orchestrator.logs.ingest.formats.parser import Context, Ocsf, Skipped, Unparsed
from orchestrator.logs.ocsf.classes import NETWORK

ORIGIN = aws.Origin("Amazon VPC", "Flowlogs")
TRANSIT = aws.Origin("AWS Transit Gateway", "Flowlogs")

FIELDS: Mapping[str, str] = {
    "version": "metadata.product.version",
    "account_id": "cloud.account.uid",
    "region": "cloud.region",
    "az_id": "cloud.zone",
    "interface_id": "dst_endpoint.interface_uid, src_endpoint.interface_uid where it goes out",
    "vpc_id": "dst_endpoint.vpc_uid, src_endpoint.vpc_uid where it goes out",
    "subnet_id": "dst_endpoint.subnet_uid, src_endpoint.subnet_uid where it goes out",
    "instance_id": "dst_endpoint.instance_uid, src_endpoint.instance_uid where it goes out",
    "srcaddr": "src_endpoint.ip",
    "dstaddr": "dst_endpoint.ip",
    "pkt_srcaddr": "src_endpoint.ip, src_endpoint.intermediate_ips then has srcaddr",
    "pkt_dstaddr": "dst_endpoint.ip, dst_endpoint.intermediate_ips then has dstaddr",
    "srcport": "src_endpoint.port",
    "dstport": "dst_endpoint.port",
    "pkt_src_aws_service": "src_endpoint.svc_name",
    "pkt_dst_aws_service": "dst_endpoint.svc_name",
    "protocol": "connection_info.protocol_num, connection_info.protocol_name",
    "type": "connection_info.protocol_ver, connection_info.protocol_ver_id",
    "tcp_flags": "connection_info.tcp_flags",
    "flow_direction": "connection_info.direction_id",
    "traffic_path": "connection_info.boundary_id",
    "packets": "traffic.packets",
    "bytes": "traffic.bytes",
    "start": "time, start_time_dt",
    "end": "end_time_dt",
    "action": "action_id",
    "log_status": "status_code",
    "reject_reason": "status_detail",
    "tgw_src_vpc_id": "src_endpoint.vpc_uid",
    "tgw_dst_vpc_id": "dst_endpoint.vpc_uid",
    "tgw_src_subnet_id": "src_endpoint.subnet_uid",
    "tgw_dst_subnet_id": "dst_endpoint.subnet_uid",
    "tgw_src_eni": "src_endpoint.interface_uid",
    "tgw_dst_eni": "dst_endpoint.interface_uid",
    "tgw_src_az_id": "src_endpoint.zone",
    "tgw_dst_az_id": "dst_endpoint.zone",
}
"""Field, with `_` for `-` as Parquet has it → attribute. Any other field is in `unmapped`."""

OTHERS = frozenset(
    (
        *("sublocation_type", "sublocation_id", "ecs_cluster_arn", "ecs_cluster_name"),
        *("ecs_container_instance_arn", "ecs_container_instance_id", "ecs_container_id"),
        *("ecs_second_container_id", "ecs_service_name", "ecs_task_definition_arn"),
        *("ecs_task_arn", "ecs_task_id", "resource_id", "encryption_status", "resource_type"),
        *("tgw_id", "tgw_attachment_id", "tgw_src_vpc_account_id", "tgw_dst_vpc_account_id"),
        *("tgw_pair_attachment_id", "packets_lost_no_route", "packets_lost_blackhole"),
        *("packets_lost_mtu_exceeded", "packets_lost_ttl_expired"),
    )
)
DEFAULT = aws.words(
    "version account_id interface_id srcaddr dstaddr srcport dstport protocol packets bytes start "
    "end action log_status"
)
DOCUMENTED = (
    *DEFAULT,
    *aws.words(
        "vpc_id subnet_id instance_id tcp_flags type pkt_srcaddr pkt_dstaddr region az_id "
        "sublocation_type sublocation_id pkt_src_aws_service pkt_dst_aws_service flow_direction "
        "traffic_path"
    ),
)
"""All fields up to version 5 in the user guide's order, in which many let them be written."""

DEFAULT_TRANSIT = aws.words(
    "version resource_type account_id tgw_id tgw_attachment_id tgw_src_vpc_account_id "
    "tgw_dst_vpc_account_id tgw_src_vpc_id tgw_dst_vpc_id tgw_src_subnet_id tgw_dst_subnet_id "
    "tgw_src_eni tgw_dst_eni tgw_src_az_id tgw_dst_az_id tgw_pair_attachment_id srcaddr dstaddr "
    "srcport dstport protocol packets bytes start end log_status type packets_lost_no_route "
    "packets_lost_blackhole packets_lost_mtu_exceeded packets_lost_ttl_expired tcp_flags region "
    "flow_direction pkt_src_aws_service pkt_dst_aws_service"
)
NAME = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")
LINE = re.compile(
    r"(?:\d{4}-\d\d-\d\dT\S+Z )?"
    r"(?:[2-9] (?:\d{6,12}|-|unknown) eni-\S+ \S+ \S+ [\d-]|6 TransitGateway )"
)
EXPORTED = re.compile(r"\d{4}-\d\d-\d\dT\S+Z ")
"""What an export of CloudWatch Logs writes before each line."""

PROTOCOLS = {"1": "icmp", "6": "tcp", "17": "udp", "58": "ipv6-icmp", "47": "gre", "50": "esp"}
VERSIONS = {"IPv4": 4, "IPv6": 6}
ACTIONS: Mapping[str, tuple[int, Ocsf]] = {
    "ACCEPT": (6, aws.ALLOWED),
    "REJECT": (5, aws.BLOCKED),
    "-": (6, {"action": "Unknown", "action_id": 0}),
}
NO_TRAFFIC = {
    "NODATA": "flow log NODATA: no traffic in that time",
    "SKIPDATA": "flow log SKIPDATA: AWS has left records out in that time",
}
DIRECTIONS = {"ingress": (1, "Inbound"), "egress": (2, "Outbound")}
PATHS: Mapping[str, tuple[int, str]] = {
    "1": (4, "Same VPC"),
    "2": (5, "Internet/VPC Gateway"),
    "3": (6, "Virtual Private Gateway"),
    "4": (7, "Intra-region VPC"),
    "5": (8, "Inter-region VPC"),
    "6": (9, "Local Gateway"),
    "7": (10, "Gateway VPC"),
    "8": (11, "Internet Gateway"),
}
OWN = {
    "interface_id": "interface_uid",
    "vpc_id": "vpc_uid",
    "subnet_id": "subnet_uid",
    "instance_id": "instance_uid",
}
"""Of the side that is logged; without a direction it is not known which that is."""

ENDS = {
    f"tgw_{end}_{field}": (end, name)
    for end in ("src", "dst")
    for field, name in {
        "vpc_id": "vpc_uid",
        "subnet_id": "subnet_uid",
        "eni": "interface_uid",
        "az_id": "zone",
    }.items()
}
OBSERVED = aws.observables(
    {
        "dst_endpoint.ip": 2,
        "dst_endpoint.instance_uid": 10,
        "dst_endpoint.interface_uid": 10,
        "src_endpoint.ip": 2,
        "src_endpoint.instance_uid": 10,
        "src_endpoint.interface_uid": 10,
        "unmapped.interface_id": 10,
        "unmapped.instance_id": 10,
    }
)


def looks(text: str) -> bool:
    if text[:1] == "{":
        return '"dstaddr"' in text[:4096] and '"account_id"' in text[:4096]
    return LINE.match(text) is not None or bool(_names(text[:4096]))


def heads(head: str) -> bool:
    """Whether the first lines of a file name the fields of a flow log."""
    return bool(_header(head))


@lru_cache(64)
def _header(head: str) -> tuple[str, ...]:
    first = head.lstrip("\ufeff \t\n").partition("\n")[0]
    return _names(first)


def _names(line: str) -> tuple[str, ...]:
    """The fields that a header names; none, if the line is not a header."""
    if not line[:1].isalpha() or line[:1].isupper() or "=" in line:
        return ()
    words = line.replace(",", " ").split()
    if len(words) < 3 or not all(map(NAME.fullmatch, words)):
        return ()
    names = tuple(word.replace("-", "_") for word in words)
    known = sum(name in FIELDS or name in OTHERS for name in names)
    return names if known >= 3 and {"start", "end"} & set(names) else ()


def parse(text: str, context: Context) -> Ocsf:
    values = _of_json(text) if text[:1] == "{" else _of_line(text, context)
    status = values.get("log_status", "OK")
    if status in NO_TRAFFIC and {values.get("srcaddr", "-"), values.get("dstaddr", "-")} == {"-"}:
        raise Skipped(NO_TRAFFIC[status])
    return _event(values, status, context)


def _of_json(text: str) -> dict[str, str]:
    """A record as an object, such as a row of Parquet is."""
    return {
        name.replace("-", "_"): "-"
        if value is None
        else str(int(value) if isinstance(value, float) else value)
        for name, value in aws.json_object(text).items()
    }


def _of_line(text: str, context: Context) -> dict[str, str]:
    if _names(text):
        raise Skipped("header of a flow log")
    names = _header(context.head)
    if not names:
        if text[4:5] == "-":
            text = EXPORTED.sub("", text, count=1)
        names = DEFAULT_TRANSIT if text.startswith("6 T") else DEFAULT
    parts = text.split(",") if "," in text else text.split()
    if names is DEFAULT and len(parts) == len(DOCUMENTED) and parts[14][:4] in ("vpc-", "-"):
        names = DOCUMENTED
    if len(parts) != len(names):
        raise Unparsed(
            "a flow log with other fields than its header or the default format has: "
            "put the line that names them first"
        )
    return dict(zip(names, parts, strict=True))


def _event(values: dict[str, str], status: str, context: Context) -> Ocsf:
    get = values.get
    start, end, action = get("start", "-"), get("end", "-"), get("action", "-")
    if action not in ACTIONS or (status != "OK" and status not in NO_TRAFFIC):
        raise Unparsed("a flow log with an action or status that is none")
    activity, control = ACTIONS[action]
    origin = TRANSIT if "tgw_id" in values else ORIGIN
    moment = aws.seconds(start if start != "-" else end)
    event = aws.frame(NETWORK, activity, moment, origin, context, get("version", ""))
    event |= control
    if "log_status" in values:
        event["status_code"] = status
    if start != "-":
        event["start_time_dt"] = event["time_dt"]
    if end != "-":
        event["end_time_dt"] = aws.seconds(end).isoformat()
    aws.located(event, get("account_id"), get("region"), get("az_id"))
    direction, source, target = get("flow_direction", "-"), _end(values, "src"), _end(values, "dst")
    event |= {
        "src_endpoint": source,
        "dst_endpoint": target,
        "connection_info": _connection(values, direction),
        "traffic": {
            name: _number(values[name]) for name in ("bytes", "packets") if get(name, "-") != "-"
        },
    }
    own = {"ingress": target, "egress": source}.get(direction)
    if kept := _beside(values, source, target, own):
        event["unmapped"] = kept
    if (reason := get("reject_reason", "-")) != "-":
        event["status_detail"] = reason
    aws.observe(event, OBSERVED)
    return event


def _beside(values: Mapping[str, str], source: Ocsf, target: Ocsf, own: Ocsf | None) -> Ocsf:
    """Write into the sides what is known of them; what belongs to neither comes back."""
    kept: Ocsf = {}
    for name, value in values.items():
        if value == "-":
            continue
        if name in ENDS:
            side, attribute = ENDS[name]
            (source if side == "src" else target)[attribute] = value
        elif name in OWN and own is not None:
            own[OWN[name]] = value
        elif name in OWN or name not in FIELDS:
            kept[name] = value
    return kept


def _end(values: Mapping[str, str], end: str) -> Ocsf:
    """The side a packet came from or went to; what it passed on its way is beside it."""
    passed, packet = values.get(f"{end}addr", "-"), values.get(f"pkt_{end}addr", "-")
    said = values.get(f"{end}port", "-")
    found = aws.place(packet if packet != "-" else passed)
    if "hostname" in found:
        raise Unparsed("a flow log with an address that is none")
    if said != "-":
        found["port"] = _number(said)
    if packet not in ("-", passed) and passed != "-":
        found["intermediate_ips"] = [passed]
    if (service := values.get(f"pkt_{end}_aws_service", "-")) != "-":
        found["svc_name"] = service
    return found


def _connection(values: Mapping[str, str], direction: str) -> Ocsf:
    number, named = DIRECTIONS.get(direction, (0, "Unknown"))
    found: Ocsf = {"direction_id": number, "direction": named}
    if (protocol := values.get("protocol", "-")) != "-":
        found["protocol_num"] = _number(protocol)
        if protocol in PROTOCOLS:
            found["protocol_name"] = PROTOCOLS[protocol]
    if (kind := values.get("type", "-")) != "-":
        found["protocol_ver"] = kind
        if kind in VERSIONS:
            found["protocol_ver_id"] = VERSIONS[kind]
    if (flags := values.get("tcp_flags", "-")) != "-":
        found["tcp_flags"] = _number(flags)
    if (path := values.get("traffic_path", "-")) != "-":
        found["boundary_id"], found["boundary"] = PATHS.get(path, (99, path))
    return found


def _number(said: str) -> int:
    value = aws.integer(said)
    if value is None:
        raise Unparsed("a flow log with a number that is none")
    return value
