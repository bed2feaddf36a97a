"""Flow logs of VPCs to OCSF inside a pipeline: rows of the Parquet files that the archive holds.

The pipeline does what logs/ingest/formats/flow.py does, as far as processors go: an address that a
packet has passed is said alone and not in a list, and observables, which follow, are left out.
Source: Amazon VPC user guide, "Flow log files" (names of columns in Parquet); Data Prepper's
documentation, processors drop_events, add_entries, copy_values, date and delete_entries.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.logs.ingest.formats import flow
from orchestrator.logs.ocsf.classes import NETWORK, classification
from orchestrator.logs.siem.processors import Entry, Processor, copy, entry, of_aws, pointer

COPIED = {
    "version": "metadata.product.version",
    "account_id": "cloud.account.uid",
    "region": "cloud.region",
    "az_id": "cloud.zone",
    "pkt_srcaddr": "src_endpoint.ip",
    "srcaddr": "src_endpoint.ip",
    "srcport": "src_endpoint.port",
    "pkt_src_aws_service": "src_endpoint.svc_name",
    "pkt_dstaddr": "dst_endpoint.ip",
    "dstaddr": "dst_endpoint.ip",
    "dstport": "dst_endpoint.port",
    "pkt_dst_aws_service": "dst_endpoint.svc_name",
    "protocol": "connection_info.protocol_num",
    "type": "connection_info.protocol_ver",
    "tcp_flags": "connection_info.tcp_flags",
    "packets": "traffic.packets",
    "bytes": "traffic.bytes",
    "log_status": "status_code",
    "reject_reason": "status_detail",
}
"""In their order: the first that is there is taken, and `-` is none."""
SECOND = "yyyy-MM-dd'T'HH:mm:ssxxx"
TIMES = (
    ("start", "time", "epoch_milli"),
    ("start", "time_dt", SECOND),
    ("start", "start_time_dt", SECOND),
    ("end", "end_time_dt", SECOND),
)


def processors() -> list[Processor]:
    """In their order: intervals without traffic go; then what kind of event it is, its fields."""
    empty = " or ".join(f'/log_status == "{status}"' for status in flow.NO_TRAFFIC)
    copied = [*(_said(source, target) for source, target in COPIED.items()), *_own(), *_passed()]
    kept = [_said(name, f"unmapped.{name}") for name in flow.DOCUMENTED if _beside(name)]
    gone = [pointer(name) for name in (*flow.DOCUMENTED, "reject_reason") if name != "action"]
    return [
        {"drop_events": {"drop_when": empty}},
        {"add_entries": {"entries": [*_kind(), *_named(), *of_aws(flow.ORIGIN)]}},
        {"copy_values": {"entries": [*copied, *kept]}},
        *(_time(*each) for each in TIMES),
        {"delete_entries": {"with_keys": gone}},
        {"add_entries": {"entries": [*_actions()]}},
    ]


def _beside(name: str) -> bool:
    return name not in flow.FIELDS


def _kind() -> Iterator[Entry]:
    """Refused or not; by no action, it was let through as far as is known."""
    for action, (activity, control) in flow.ACTIONS.items():
        when = "" if action == "-" else f'/action == "{action}"'
        described = {**classification(NETWORK, activity), **control}
        yield from (
            entry(name, value, when) for name, value in described.items() if name != "action"
        )


def _actions() -> Iterator[Entry]:
    """The one column whose name OCSF has as well, when all that asks for it has been said."""
    for _, control in flow.ACTIONS.values():
        said = entry("action", control["action"], f"/action_id == {control['action_id']}")
        yield {**said, "overwrite_if_key_exists": True}


def _named() -> Iterator[Entry]:
    yield from _pairs("flow_direction", flow.DIRECTIONS, "connection_info", "direction")
    yield entry("connection_info.direction_id", 0)
    yield entry("connection_info.direction", "Unknown")
    numbers = {int(path): named for path, named in flow.PATHS.items()}
    yield from _pairs("traffic_path", numbers, "connection_info", "boundary")
    for number, name in flow.PROTOCOLS.items():
        yield entry("connection_info.protocol_name", name, f"/protocol == {number}")
    for kind, version in flow.VERSIONS.items():
        yield entry("connection_info.protocol_ver_id", version, f'/type == "{kind}"')


def _pairs(
    source: str, table: Mapping[str, tuple[int, str]] | Mapping[int, tuple[int, str]], *path: str
) -> Iterator[Entry]:
    target = ".".join(path)
    for value, (number, name) in table.items():
        when = f"/{source} == {value}" if isinstance(value, int) else f'/{source} == "{value}"'
        yield entry(f"{target}_id", number, when)
        yield entry(target, name, when)


def _own() -> Iterator[Entry]:
    """What is logged is the side that a packet comes in at, or goes out from."""
    for name, attribute in flow.OWN.items():
        for direction, side in (("ingress", "dst_endpoint"), ("egress", "src_endpoint")):
            yield _said(name, f"{side}.{attribute}", f'/flow_direction == "{direction}"')
        yield _said(name, f"unmapped.{name}", 'not (/flow_direction in {"ingress", "egress"})')


def _passed() -> Iterator[Entry]:
    for end in ("src", "dst"):
        other = f'/pkt_{end}addr != null and /pkt_{end}addr != "-" and /pkt_{end}addr != /{end}addr'
        yield _said(f"{end}addr", f"{end}_endpoint.intermediate_ips", other)


def _said(source: str, target: str, when: str = "") -> Entry:
    there = f'/{source} != "-"'
    return copy(source, target, f"{there} and {when}" if when else there)


def _time(source: str, target: str, written: str) -> Processor:
    return {
        "date": {
            "match": [{"key": pointer(source), "patterns": ["epoch_second"]}],
            "destination": pointer(target),
            "output_format": written,
            "source_timezone": "UTC",
        }
    }
