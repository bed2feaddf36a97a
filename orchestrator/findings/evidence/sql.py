"""A question as one query, for Athena and DuckDB alike; every value from outside is a parameter.

The columns are those of Security Lake's tables of source version 2, and of the tables that the
Athena User Guide makes of access logs. One pass over the log counts three things: lines of the
account (is it collected, from when, until when), lines about the resource, and its uses.

Source: Security Lake User Guide, "Queries for AWS source version 2"; OCSF's examples, mappings of
AWS 1.1.0: VPC Flowlogs, CloudTrail; Athena User Guide, "Query AWS service logs".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from orchestrator.findings.evidence.question import Asks, Kind, Log, Question, Subject

Parameter = str | int
TABLE = "{table}"
"""What an engine puts its own table for."""

MOST = 1000
"""Rows of an answer."""

LOG, ABOUT, LOST, USE = range(4)
"""Kinds of lines: of the account, about the resource, left out by the log, a use."""


@dataclass(frozen=True, slots=True)
class Sql:
    """SQL with a `?` for each parameter, in order."""

    text: str
    parameters: tuple[Parameter, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """What an engine is asked; `sql` has TABLE where its table goes."""

    log: Log
    sql: Sql
    account: str
    region: str
    since: int
    until: int


class Dialect(Protocol):
    """What differs between the engines."""

    scoped: bool
    """Whether the account, the region and the day must be said, since one table has all."""

    def matches(self, text: str, pattern: str) -> str:
        """A condition that a pattern of ours is found in `text`."""

    def names(self, list_: str) -> str:
        """A condition that an entry's `uid` is the first parameter or begins with the second."""

    def entry(self, map_: str, key: str) -> str:
        """The value under a key of ours in a map of texts; null where there is none."""

    def millis(self, text: str, form: str) -> str:
        """Milliseconds since 1970 of a time in text of a form: 'iso', 's3' or 'cloudfront'."""


class Athena:
    """Trino's SQL. Source: Athena User Guide, "Functions in Amazon Athena"."""

    scoped = True

    def matches(self, text: str, pattern: str) -> str:
        return f"regexp_like({text}, '{pattern}')"

    def names(self, list_: str) -> str:
        return f"any_match({list_}, r -> r.uid = ? OR strpos(r.uid, ?) = 1)"

    def entry(self, map_: str, key: str) -> str:
        return f"element_at({map_}, '{key}')"

    def millis(self, text: str, form: str) -> str:
        parsed = {
            "iso": f"from_iso8601_timestamp({text})",
            "s3": f"parse_datetime({text}, 'dd/MMM/yyyy:HH:mm:ss Z')",
            "cloudfront": f"parse_datetime({text}, 'yyyy-MM-dd HH:mm:ss')",
        }[form]
        return f"CAST(to_unixtime({parsed}) * 1000 AS bigint)"


PRIVATE = (
    r"^(10[.]|127[.]|169[.]254[.]|172[.](1[6-9]|2[0-9]|3[01])[.]|192[.]168[.]"
    r"|100[.](6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])[.]|[fF][cCdD]|[fF][eE]80)"
)
"""Addresses that no one outside has. Source: RFC 1918, RFC 6598, RFC 4193."""

OLD = "'SSLv3', 'TLSv1', 'TLSv1.1'"
"""As access logs write them. Source: Elastic Load Balancing User Guide, access log entries;
CloudFront Developer Guide, standard logs, ssl-protocol."""

TIME: Mapping[Log, tuple[str, str]] = {
    Log.S3_ACCESS: ("requestdatetime", "s3"),
    Log.ELB_ACCESS: ("time", "iso"),
    Log.CLOUDFRONT_ACCESS: ('concat(CAST("date" AS varchar), \' \', "time")', "cloudfront"),
}
"""Where the time is a text, and its form."""


@dataclass(frozen=True, slots=True)
class Parts:
    """Of a query: what a line about the resource is, what a use is, and by whom."""

    about: Sql
    use: Sql
    who: str = "CAST(NULL AS varchar)"
    account: str = "CAST(NULL AS varchar)"
    network: str = "CAST(NULL AS varchar)"
    lost: Sql = Sql("false")


def query(question: Question, log: Log, subject: Subject, dialect: Dialect) -> Query:
    """The query whose rows `answer.judge` takes."""
    parts = _parts(question, log, subject, dialect)
    time = dialect.millis(*TIME[log]) if log in TIME else '"time"'
    where = both(_window(time, log, subject, dialect))
    kinds = ((USE, parts.use), (LOST, parts.lost), (ABOUT, parts.about))
    kind = " ".join(f"WHEN {sql.text} THEN {number}" for number, sql in kinds)
    parameters = (each for _, sql in kinds for each in sql.parameters)
    by = ", ".join(
        f"CASE WHEN kind = {USE} THEN {name} END AS {name}"
        for name in ("who", "account", "network")
    )
    text = (
        f"SELECT kind, {by}, count(*) AS lines, min(moment) AS earliest, max(moment) AS latest, "  # noqa: S608
        f"count(DISTINCT floor(moment / 86400000)) AS days "
        f"FROM (SELECT CASE {kind} ELSE {LOG} END AS kind, {parts.who} AS who, "
        f"{parts.account} AS account, {parts.network} AS network, {time} AS moment "
        f"FROM {TABLE} WHERE {where.text}) AS seen "
        f"GROUP BY 1, 2, 3, 4 ORDER BY kind, lines DESC, network, who LIMIT {MOST}"
    )
    region = "" if question.kind in (Kind.USER, Kind.ROOT) else subject.region
    sql = Sql(text, (*parameters, *where.parameters))
    return Query(log, sql, subject.account, region, subject.since, subject.until)


def _window(time: str, log: Log, subject: Subject, dialect: Dialect) -> Iterable[Sql]:
    yield Sql(f"{time} >= ?", (subject.since,))
    yield Sql(f"{time} < ?", (subject.until,))
    if not dialect.scoped or log in TIME:
        return
    for sign, moment in ((">=", subject.since), ("<", subject.until)):
        at = datetime.fromtimestamp(moment / 1000, UTC)
        yield Sql(f"time_dt {sign} CAST(? AS timestamp)", (f"{at:%Y-%m-%d %H:%M:%S}",))
    yield Sql("accountid = ?", (subject.account,))
    if subject.control.lower() not in _EVERYWHERE:
        yield Sql("region = ?", (subject.region,))


_EVERYWHERE = frozenset({"iam.3", "iam.4", "iam.5", "iam.8", "iam.22"})
"""Users call in every region, and so their calls are in all of them."""


def _parts(question: Question, log: Log, subject: Subject, dialect: Dialect) -> Parts:
    if question.asks is Asks.INBOUND:
        return _inbound(question, subject, dialect)
    if log in (Log.ELB_ACCESS, Log.CLOUDFRONT_ACCESS):
        return _of_front(question, log, subject)
    if log is Log.S3_ACCESS:
        return _of_bucket(question, subject)
    return _of_calls(question, subject, dialect)


def _inbound(question: Question, subject: Subject, dialect: Dialect) -> Parts:
    """Lines of an interface that came in and were not refused.

    `dst_endpoint.interface_uid` is there for ingress alone, `src_…` for egress. A line that holds
    a SYN-ACK (16) is an answer to what went out. A word for refused that is not known counts as
    let in.
    """
    comes = _among("dst_endpoint.interface_uid", subject.interfaces)
    goes = _among("src_endpoint.interface_uid", subject.interfaces)
    said = "lower(coalesce(disposition, ''))"
    ports = [Sql("dst_endpoint.port BETWEEN ? AND ?", each) for each in subject.ports]
    flags = "coalesce(connection_info.tcp_flags, 0)"
    conditions = [
        comes,
        Sql("src_endpoint.ip IS NOT NULL"),
        Sql(f"{said} NOT IN ('denied', 'blocked', 'rejected', 'dropped')"),
        Sql(f"coalesce(status_code, '') NOT IN ('{NODATA}', '{SKIPDATA}')"),
        Sql(f"mod(CAST(floor({flags} / 16) AS integer), 2) = 0"),
        *([either(ports)] if ports else []),
    ]
    if question.kind not in (Kind.SECURITY_GROUP, Kind.NETWORK_ACL):
        conditions.append(Sql(f"NOT {dialect.matches('src_endpoint.ip', PRIVATE)}"))
    about = either([comes, goes])
    lost = both([about, Sql(f"status_code = '{SKIPDATA}'")])
    return Parts(about, both(conditions), network="src_endpoint.ip", lost=lost)


NODATA, SKIPDATA = "NODATA", "SKIPDATA"
"""Source: Amazon VPC User Guide, flow log records, log-status."""


def _of_calls(question: Question, subject: Subject, dialect: Dialect) -> Parts:
    """CloudTrail's events. A call that failed is no use of a resource, but one of a key."""
    caller = "coalesce(actor.user.uid, actor.user.name, actor.user.type)"
    account = "actor.user.account.uid"
    network = "src_endpoint.ip"
    if question.kind in (Kind.USER, Kind.ROOT):
        did = "concat(api.service.name, ' ', api.operation)"
        return Parts(Sql("false"), _caller(question.kind, subject), did, account, network)
    separator = "/" if ":s3:::" in subject.arn else ":"
    about = Sql(dialect.names("resources"), (subject.arn, f"{subject.arn}{separator}"))
    worked = Sql("coalesce(api.response.error, '') = ''")
    if question.asks is Asks.OUTSIDERS:
        home = " ".join(sorted(subject.organization))
        outside = Sql(f"strpos(?, coalesce(nullif({account}, ''), '-')) = 0", (home,))
        person = Sql("coalesce(actor.user.type, '') <> 'AWSService'")
        return Parts(about, both([about, worked, outside, person]), caller, account, network)
    if question.asks is Asks.CLEARTEXT:
        keys = ("tlsDetails.tlsVersion", "additionalEventData.CipherSuite")
        plain = [Sql(f"{dialect.entry('unmapped', key)} IS NULL") for key in keys]
        return Parts(about, both([about, worked, *plain]), caller, account, network)
    return Parts(about, both([about, worked]), caller, account, network)


def _caller(kind: Kind, subject: Subject) -> Sql:
    if kind is Kind.ROOT:
        keys = "coalesce(actor.user.credential_uid, '') LIKE 'AKIA%'"
        return Sql(f"(actor.user.type = 'Root' AND {keys})")
    names = (subject.arn, subject.name or subject.arn)
    return Sql("(actor.user.uid = ? OR actor.user.uid_alt = ?)", names)


def _of_bucket(question: Question, subject: Subject) -> Parts:
    """S3's own log writes '-' for what a request did not have.

    Source: Amazon S3 User Guide, "Amazon S3 server access log format".
    """
    about = Sql("bucket_name = ?", (subject.arn.rpartition(":")[2],))
    if question.asks is Asks.CLEARTEXT:
        use = Sql("coalesce(nullif(ciphersuite, ''), '-') = '-'")
        return Parts(about, both([about, use]), "requester", network="remoteip")
    home = " ".join(sorted(subject.organization))
    account = "split_part(requester, ':', 5)"
    outside = Sql(f"strpos(?, coalesce(nullif({account}, ''), '-')) = 0", (home,))
    worked = Sql("substr(CAST(httpstatus AS varchar), 1, 1) IN ('2', '3')")
    return Parts(about, both([about, worked, outside]), "requester", account, "remoteip")


def _of_front(question: Question, log: Log, subject: Subject) -> Parts:
    """Load balancers and distributions.

    Source: Athena User Guide, "Create the table for ALB access logs", "Create a table for
    CloudFront standard logs".
    """
    balancer = log is Log.ELB_ACCESS
    about = Sql("elb = ?" if balancer else "cs_host = ?", (subject.name,))
    plain = "type IN ('http', 'ws')" if balancer else "cs_protocol IN ('http', 'ws')"
    use = plain if question.asks is Asks.CLEARTEXT else f"ssl_protocol IN ({OLD})"
    who = "CAST(NULL AS varchar)" if question.asks is Asks.CLEARTEXT else "ssl_protocol"
    network = "client_ip" if balancer else "c_ip"
    return Parts(about, both([about, Sql(use)]), who, network=network)


MAKES_INTERFACES = ("CreateNetworkInterface", "ModifyNetworkInterfaceAttribute", "RunInstances")
"""Source: Amazon EC2 API Reference; each names security groups."""


def former(subject: Subject, dialect: Dialect) -> Query:
    """Calls that gave the group to an interface: those that are gone are in no answer of EC2's.

    The row without a text counts all other calls, and so tells how far back they go.
    """
    marks = ", ".join("?" for _ in MAKES_INTERFACES)
    both_texts = "concat(coalesce(api.request.data, ''), ' ', coalesce(api.response.data, ''))"
    group = subject.arn.rpartition("/")[2]
    gives = f"api.operation IN ({marks}) AND strpos({both_texts}, ?) > 0"
    where = both(_window('"time"', Log.CLOUD_TRAIL, subject, dialect))
    text = (
        f"SELECT CASE WHEN {gives} THEN {both_texts} END AS texts, count(*) AS lines, "  # noqa: S608
        f'min("time") AS earliest FROM {TABLE} WHERE {where.text} '
        f"GROUP BY 1 ORDER BY texts NULLS FIRST LIMIT {MOST}"
    )
    sql = Sql(text, (*MAKES_INTERFACES, group, *where.parameters))
    return Query(
        Log.CLOUD_TRAIL, sql, subject.account, subject.region, subject.since, subject.until
    )


def _among(column: str, values: tuple[str, ...]) -> Sql:
    marks = ", ".join("?" for _ in values)
    return Sql(f"coalesce({column}, '') IN ({marks})", values) if values else Sql("false")


def both(conditions: Iterable[Sql]) -> Sql:
    """All of the conditions."""
    found = tuple(conditions)
    text = " AND ".join(each.text for each in found)
    return Sql(f"({text})", tuple(value for each in found for value in each.parameters))


def either(conditions: Iterable[Sql]) -> Sql:
    """At least one of the conditions."""
    found = tuple(conditions)
    text = " OR ".join(each.text for each in found)
    return Sql(f"({text})", tuple(value for each in found for value in each.parameters))
