"""Query logs of the Route 53 Resolver: who asked for which name, and what it was told.

Source: Amazon Route 53 developer guide, "Values that appear in VPC Resolver query logs"; AWS's own
mapping (ocsf/examples, Route53, 1.1.0).
"""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.logs.ingest.formats import aws
from orchestrator.logs.ingest.formats.parser import Context, Ocsf, Unparsed, is_ip
from orchestrator.logs.json_path import at, items, text
from orchestrator.logs.ocsf.classes import DNS

ORIGIN = aws.Origin("Route 53", "Resolver Query Logs")
FIELDS: Mapping[str, str] = {
    "version": "metadata.product.version",
    "account_id": "cloud.account.uid",
    "region": "cloud.region",
    "vpc_id": "src_endpoint.vpc_uid",
    "query_timestamp": "time",
    "query_name": "query.hostname",
    "query_type": "query.type",
    "query_class": "query.class",
    "rcode": "rcode, rcode_id, status_id",
    "answers.Rdata": "answers[].rdata",
    "answers.Type": "answers[].type",
    "answers.Class": "answers[].class",
    "srcaddr": "src_endpoint.ip",
    "srcport": "src_endpoint.port",
    "transport": "connection_info.protocol_name",
    "srcids.instance": "src_endpoint.instance_uid",
    "srcids.resolver_endpoint": "dst_endpoint.instance_uid",
    "srcids.resolver_network_interface": "dst_endpoint.interface_uid",
    "firewall_rule_action": "action_id, disposition_id",
    "firewall_rule_group_id": "firewall_rule.uid",
}
"""Field → attribute. Any other field is in `unmapped`."""

USED = tuple(dict.fromkeys(name.partition(".")[0] for name in FIELDS))
CODES: Mapping[str, tuple[int, str]] = {
    "NOERROR": (0, "NoError"),
    "FORMERR": (1, "FormError"),
    "SERVFAIL": (2, "ServError"),
    "NXDOMAIN": (3, "NXDomain"),
    "NOTIMP": (4, "NotImp"),
    "REFUSED": (5, "Refused"),
    "YXDOMAIN": (6, "YXDomain"),
    "YXRRSET": (7, "YXRRSet"),
    "NXRRSET": (8, "NXRRSet"),
    "NOTAUTH": (9, "NotAuth"),
    "NOTZONE": (10, "NotZone"),
    "BADVERS": (16, "BADSIG_VERS"),
    "BADCOOKIE": (23, "BADCOOKIE"),
}
ACTIONS: Mapping[str, Ocsf] = {
    "ALLOW": {"action": "Allowed", "action_id": 1, "disposition": "Allowed", "disposition_id": 1},
    "ALERT": {"action": "Allowed", "action_id": 1, "disposition": "Alert", "disposition_id": 19},
    "BLOCK": {"action": "Denied", "action_id": 2, "disposition": "Blocked", "disposition_id": 2},
}
"""Of the DNS firewall; without a rule of it nobody has decided."""

OBSERVED = aws.observables(
    {
        "query.hostname": 1,
        "src_endpoint.ip": 2,
        "src_endpoint.instance_uid": 10,
        "dst_endpoint.instance_uid": 10,
    }
)


def looks(text: str) -> bool:
    return text[:1] == "{" and '"query_timestamp"' in text and '"query_name"' in text


def parse(source: str, context: Context) -> Ocsf:
    record = aws.json_object(source)
    name, address = text(record, "query_name"), text(record, "srcaddr")
    if not name or not address:
        raise Unparsed("a query without a name or an address")
    event = aws.frame(
        DNS, 6, aws.utc(text(record, "query_timestamp")), ORIGIN, context, text(record, "version")
    )
    aws.located(event, at(record, "account_id"), at(record, "region"))
    action = text(record, "firewall_rule_action")
    event |= ACTIONS.get(action, {"action": action or "Unknown", "action_id": 99 if action else 0})
    code = text(record, "rcode")
    number, called = CODES.get(code.upper(), (99, code))
    failed = number != 0 or action == "BLOCK"
    event |= {"status": "Failure" if failed else "Success", "status_id": 2 if failed else 1}
    if code:
        event |= {"rcode": called, "rcode_id": number}
    source_end = {
        **aws.place(address, text(record, "srcport")),
        **aws.said(
            vpc_uid=at(record, "vpc_id"), instance_uid=text(record, "srcids.instance") or None
        ),
    }
    target = aws.said(
        instance_uid=text(record, "srcids.resolver_endpoint"),
        interface_uid=text(record, "srcids.resolver_network_interface"),
    )
    event |= {
        "query": aws.said(
            **{
                "hostname": name.removesuffix(".") or name,
                "type": text(record, "query_type"),
                "class": text(record, "query_class"),
            }
        ),
        "src_endpoint": source_end,
        "connection_info": {
            "direction_id": 0,
            "direction": "Unknown",
            **aws.said(protocol_name=text(record, "transport")),
        },
        **aws.said(dst_endpoint=target, answers=_answers(record)),
    }
    if group := text(record, "firewall_rule_group_id"):
        event["firewall_rule"] = {"uid": group}
    aws.unmapped(event, aws.without(record, *USED))
    aws.observe(event, OBSERVED)
    observe_answers(event)
    return event


def _answers(record: Mapping[str, object]) -> list[Ocsf]:
    return [
        aws.said(
            **{
                "rdata": text(each, "Rdata"),
                "type": text(each, "Type"),
                "class": text(each, "Class"),
            }
        )
        for each in items(record, "answers")
        if text(each, "Rdata")
    ]


def observe_answers(event: Ocsf) -> None:
    """Addresses among the answers are observables, names and texts are not."""
    found = event.setdefault("observables", [])
    assert isinstance(found, list)  # noqa: S101
    found += [
        {"name": "answers[].rdata", "type": "IP Address", "type_id": 2, "value": rdata}
        for each in items(event, "answers")
        if is_ip(rdata := text(each, "rdata"))
    ]
