"""Query logs of the Route 53 Resolver to OCSF inside a pipeline: lines of JSON in the archive.

The pipeline does what logs/ingest/formats/dns.py does, as far as processors go: observables, which
follow, are left out, and fields that have no attribute stay as they came.
Source: Data Prepper's documentation, processors parse_json, add_entries, copy_values, date,
convert_type, substitute_string and delete_entries.
"""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.logs.ingest.formats import dns
from orchestrator.logs.ocsf.classes import DNS, classification
from orchestrator.logs.siem.processors import (
    Entry,
    Processor,
    constants,
    copy,
    entry,
    of_aws,
    pointer,
)

COPIED = {
    "version": "metadata.product.version",
    "account_id": "cloud.account.uid",
    "region": "cloud.region",
    "vpc_id": "src_endpoint.vpc_uid",
    "srcaddr": "src_endpoint.ip",
    "srcport": "src_endpoint.port",
    "srcids.instance": "src_endpoint.instance_uid",
    "srcids.resolver_endpoint": "dst_endpoint.instance_uid",
    "srcids.resolver_network_interface": "dst_endpoint.interface_uid",
    "query_name": "query.hostname",
    "query_type": "query.type",
    "query_class": "query.class",
    "transport": "connection_info.protocol_name",
    "firewall_rule_group_id": "firewall_rule.uid",
    "firewall_rule_action": "action",
}
KEPT = ("answers", "rcode")
"""Names that OCSF has as well, for the same in other words."""

QUERY = 6
TIMES = (("time", "epoch_milli"), ("time_dt", "yyyy-MM-dd'T'HH:mm:ssxxx"))


def processors() -> list[Processor]:
    """In their order: the line is opened; then what it says, in OCSF's words."""
    gone = [pointer(name) for name in ("message", *dns.USED) if name not in KEPT]
    return [
        {"parse_json": {"source": "message"}},
        {"add_entries": {"entries": [*_kind(), *_decided(), *_code(), *_status()]}},
        {"copy_values": {"entries": [copy(source, target) for source, target in COPIED.items()]}},
        {"add_entries": {"entries": [entry("action", "Unknown"), *_named()]}},
        {
            "copy_values": {
                "entries": [
                    {"from_key": name, "to_key": name.lower()}
                    for name in ("Rdata", "Type", "Class")
                ],
                "from_list": "answers",
                "to_list": "answers",
                "overwrite_if_to_list_exists": True,
            }
        },
        {
            "substitute_string": {
                # All names end with the root's dot, which alone is a name as well.
                "entries": [{"source": "/query/hostname", "from": "(.)\\.$", "to": "$1"}]
            }
        },
        {"convert_type": {"keys": ["/src_endpoint/port"], "type": "integer"}},
        *(_time(target, written) for target, written in TIMES),
        {"delete_entries": {"with_keys": gone}},
    ]


def _kind() -> Iterator[Entry]:
    yield from constants(classification(DNS, QUERY), "")
    yield from of_aws(dns.ORIGIN)
    yield entry("connection_info.direction_id", 0)
    yield entry("connection_info.direction", "Unknown")


def _decided() -> Iterator[Entry]:
    """By the DNS firewall, if any; its words for it become OCSF's after all have been asked."""
    for action, control in dns.ACTIONS.items():
        for name, value in control.items():
            if name != "action":
                yield entry(name, value, f'/firewall_rule_action == "{action}"')
    yield entry("action_id", 99, '/firewall_rule_action != null and /firewall_rule_action != ""')
    yield entry("action_id", 0)


def _code() -> Iterator[Entry]:
    for code, (number, _) in dns.CODES.items():
        yield entry("rcode_id", number, f'/rcode == "{code}"')
    yield entry("rcode_id", 99, "/rcode != null")


def _status() -> Iterator[Entry]:
    failed = '/rcode_id != 0 or /firewall_rule_action == "BLOCK"'
    for number, name, when in ((2, "Failure", failed), (1, "Success", "/status_id == null")):
        yield entry("status_id", number, when)
        yield entry("status", name, f"/status_id == {number}")


def _named() -> Iterator[Entry]:
    for number, name in dns.CODES.values():
        yield _instead("rcode", name, f"/rcode_id == {number}")
    for action, control in dns.ACTIONS.items():
        yield _instead("action", control["action"], f'/firewall_rule_action == "{action}"')


def _instead(name: str, value: object, when: str) -> Entry:
    return {**entry(name, value, when), "overwrite_if_key_exists": True}


def _time(target: str, written: str) -> Processor:
    return {
        "date": {
            "match": [{"key": "/query_timestamp", "patterns": ["yyyy-MM-dd'T'HH:mm:ss'Z'"]}],
            "destination": pointer(target),
            "output_format": written,
            "source_timezone": "UTC",
        }
    }
