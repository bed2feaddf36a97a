"""The page of AWS's log formats: what each field becomes, of the tables that the parsers hold."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from orchestrator.logs.ingest.formats import (
    asff,
    detections,
    dns,
    eks,
    firewall,
    flow,
    load_balancers,
    object_access,
    rds,
    vulnerabilities,
    waf,
)
from orchestrator.logs.ocsf.classes import ocsf_class


@dataclass(frozen=True, slots=True)
class Page:
    """What is said of one kind of log."""

    title: str
    format: str
    """What `--format` calls it."""
    classes: tuple[int, ...]
    fields: Mapping[str, str]
    witness: str
    """The published samples by which the parser was judged."""
    remarks: tuple[str, ...] = ()


OCSF_EXAMPLES = "ocsf/examples, AWS v1.1.0"

PAGES: tuple[Page, ...] = (
    Page(
        "VPC and transit gateway flow logs",
        "flow",
        (4001,),
        flow.FIELDS,
        f"{OCSF_EXAMPLES}, VPC Flowlogs; vectordotdev/vrl; SEKOIA-IO/intake-formats; "
        "grafana/lambda-promtail",
        (
            "Fields are taken by the header that files in S3 begin with, in any order and of any "
            "version; without one, the default format, and all fields up to version 5 in the "
            "order of the user guide. Lines of a custom format from CloudWatch Logs have no "
            "header: put it before them.",
            "A refused flow is `Refuse`, `Denied`, `Blocked` and a failure. `NODATA` and "
            "`SKIPDATA` are no traffic: they are counted as skipped, each by its name.",
            "Without `flow_direction` it is not known whose interface it is: `interface_id` is in "
            "`unmapped`, and among the observables.",
            "`-` is not written, where AWS's mapping writes it.",
        ),
    ),
    Page(
        "Route 53 Resolver query logs",
        "resolver",
        (4003,),
        dns.FIELDS,
        f"{OCSF_EXAMPLES}, Route53; panther-labs/panther",
        (
            "The dot at the end of a name is not written, where AWS's mapping does: a host name of "
            "OCSF has none.",
            "Without a rule of the DNS firewall nobody has decided: `action_id` is 0.",
        ),
    ),
    Page(
        "AWS WAF",
        "waf",
        (4002,),
        waf.FIELDS,
        f"{OCSF_EXAMPLES}, WAF; SEKOIA-IO/intake-formats; panther-labs/panther; "
        "grafana/lambda-promtail",
        (
            "`Captcha` and `Challenge` are denied, `Count` is allowed. `http_response.code` is 0 "
            "where WAF has sent no response of its own; OCSF wants a number.",
        ),
    ),
    Page(
        "Application Load Balancer, access logs",
        "load-balancer",
        (4002,),
        load_balancers.APPLICATION_FIELDS,
        "vectordotdev/vrl; elastic/integrations, aws elb_logs; panther-labs/panther",
        (
            "What the load balancer has refused itself (401 and 403 without a target, or by WAF) "
            "is `Blocked`; any other status above 399 is let through and failed.",
            "Fields that AWS appends are in `unmapped.later`.",
        ),
    ),
    Page(
        "Application Load Balancer, connection logs",
        "load-balancer",
        (4001,),
        load_balancers.CONNECTION_FIELDS,
        "elastic/integrations, aws elb_logs",
    ),
    Page(
        "Network Load Balancer, access logs",
        "load-balancer",
        (4001,),
        load_balancers.NETWORK_FIELDS,
        "elastic/integrations, aws elb_logs; grafana/lambda-promtail",
    ),
    Page(
        "Classic Load Balancer, access logs",
        "load-balancer",
        (4002, 4001),
        load_balancers.CLASSIC_FIELDS,
        "logstash-plugins/logstash-patterns-core",
        ("Listeners of TCP have no request: those are Network Activity.",),
    ),
    Page(
        "S3 server access logs",
        "s3",
        (6003,),
        object_access.S3_FIELDS,
        "panther-labs/panther; logstash-plugins/logstash-patterns-core; grafana/lambda-promtail",
        ("Without a requester the request was not signed: the user is called `anonymous`.",),
    ),
    Page(
        "CloudFront standard logs",
        "cloudfront",
        (4002,),
        object_access.CLOUDFRONT_FIELDS,
        "elastic/integrations, aws cloudfront_logs; SEKOIA-IO/intake-formats; "
        "grafana/lambda-promtail",
        (
            "Text with tabs, by its `#Fields` or without them, and JSON of standard logging v2. "
            "`000` is a client that went away: code 0, and a failure.",
        ),
    ),
    Page(
        "EKS audit logs",
        "eks",
        (6003,),
        eks.FIELDS,
        f"{OCSF_EXAMPLES}, EKS Audit Logs; panther-labs/panther-analysis",
        (
            "`cloud.account.uid` is the account, where AWS's mapping writes the caller's ARN.",
            "Containers of requests and responses stay in `unmapped.requestObject` and "
            "`unmapped.responseObject`, whole.",
        ),
    ),
    Page(
        "AWS Network Firewall",
        "network-firewall",
        (4001,),
        firewall.FIELDS,
        "elastic/integrations, aws firewall_logs",
        ("Flow, alert and TLS logs. The severity of an alert is Suricata's, upside down.",),
    ),
    Page(
        "RDS and Aurora MySQL, audit logs",
        "rds",
        (6005, 3002),
        rds.MYSQL_FIELDS,
        "panther-labs/panther",
        ("Times of RDS have the clock of the server, of which `--timezone` says the zone.",),
    ),
    Page(
        "RDS and Aurora PostgreSQL, pgaudit and sign-ins",
        "rds",
        (6005, 3002, 0),
        rds.POSTGRES_FIELDS,
        "pgaudit's documentation; the RDS user guide",
    ),
    Page(
        "Security Hub, ASFF",
        "finding",
        (2003, 2002, 2004),
        asff.FIELDS,
        f"{OCSF_EXAMPLES}, Security Hub; panther-labs/panther-analysis",
        (
            "With vulnerabilities it is a Vulnerability Finding, with a compliance status a "
            "Compliance Finding, any other a Detection Finding.",
            "AWS's profile `linux` is not written: no attribute of it is.",
            "A finding that is OCSF already keeps its attributes as far as version 1.1 has them; "
            "the rest is in `unmapped`.",
        ),
    ),
    Page(
        "GuardDuty",
        "finding",
        (2004,),
        detections.GUARDDUTY_FIELDS,
        "SEKOIA-IO/intake-formats; panther-labs/panther and panther-analysis",
    ),
    Page("Inspector", "finding", (2002, 2004), vulnerabilities.FIELDS, "the Inspector user guide"),
    Page("Macie", "finding", (2004,), detections.MACIE_FIELDS, "the Macie user guide"),
)

INTRODUCTION = """# AWS's log formats

What `orchestrator logs ingest` makes of [AWS's own logs](../how-to/bring-aws-logs.md): OCSF 1.1, by
AWS's own mapping for Security Lake where there is one. Each format is known by itself, or named
with `--format`. What has no attribute is in `unmapped`, by its own name; the record itself is in
`raw_data`. `src_endpoint.ip`, `time` and the others are the attributes of
[the class](https://schema.ocsf.io/1.1.0/).

Beyond AWS's mapping, each event has `status_id`, `action_id` and `disposition_id` where its class
has them, so that one question finds what failed or was denied in all logs."""


def markdown(generated: str) -> str:
    """The whole page."""
    return "\n\n".join([generated, INTRODUCTION, *(_page(page) for page in PAGES)]) + "\n"


def _page(page: Page) -> str:
    classes = ", ".join(f"{ocsf_class(uid).name} ({uid})" for uid in page.classes)
    rows = [f"| `{field}` | {_cell(cell)} |" for field, cell in page.fields.items()]
    return "\n\n".join(
        [
            f"## {page.title}",
            f"`--format {page.format}` → {classes}. Judged by: {page.witness}.",
            *page.remarks,
            "\n".join(["| field | attribute |", "|---|---|", *rows]),
        ]
    )


def _cell(cell: str) -> str:
    return ", ".join(
        f"`{path}`{rest}" for path, rest in (_parted(part) for part in cell.split(", "))
    )


def _parted(part: str) -> tuple[str, str]:
    path, blank, rest = part.partition(" ")
    return path, f"{blank}{rest}"


PATH = re.compile(r"[a-z][A-Za-z0-9_]*(\[\])?([.][A-Za-z0-9_:()-]+(\[\])?)*")


def paths(cell: str) -> Iterator[str]:
    """The attributes that a cell of a table names."""
    for part in cell.split(", "):
        path, _ = _parted(part)
        if path != "and" and PATH.fullmatch(path):
            yield path
