"""Audit logs of databases in RDS: MariaDB's audit plugin and Aurora's, PostgreSQL's pgaudit.

Source: Amazon RDS user guide, "MariaDB Audit Plugin"; Amazon Aurora user guide, "Advanced Auditing
with an Amazon Aurora MySQL DB cluster"; pgaudit, "Format"; PostgreSQL, "log_line_prefix".
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from datetime import datetime

from orchestrator.logs.ingest.formats import aws, parser
from orchestrator.logs.ingest.formats.parser import Context, Ocsf, Product, Unparsed
from orchestrator.logs.ocsf.classes import AUTHENTICATION, BASE, DATASTORE

MYSQL = aws.Origin("Amazon RDS", "MariaDB audit plugin")
POSTGRES = aws.Origin("Amazon RDS", "PostgreSQL")

MYSQL_FIELDS: Mapping[str, str] = {
    "timestamp": "time",
    "serverhost": "dst_endpoint.hostname",
    "username": "actor.user.name, user.name",
    "host": "src_endpoint.ip, src_endpoint.hostname",
    "connectionid": "actor.session.uid, session.uid",
    "queryid": "query_info.uid",
    "operation": "metadata.event_code, activity_id",
    "database": "database.name, service.name",
    "object": "query_info.query_string, table.name",
    "retcode": "status_code, status_id",
    "connection_type": "unmapped.connection_type",
}
POSTGRES_FIELDS: Mapping[str, str] = {
    "time": "time",
    "remote host(port)": "src_endpoint.ip, src_endpoint.port",
    "user": "actor.user.name, user.name",
    "database": "database.name, service.name",
    "process": "actor.session.uid, session.uid",
    "AUDIT_TYPE": "unmapped.audit_type",
    "STATEMENT_ID": "query_info.uid",
    "SUBSTATEMENT_ID": "unmapped.substatement_id",
    "CLASS": "metadata.event_code, activity_id",
    "COMMAND": "unmapped.command",
    "OBJECT_TYPE": "unmapped.object_type",
    "OBJECT_NAME": "table.name",
    "STATEMENT": "query_info.query_string",
    "PARAMETER": "unmapped.parameter",
}
OPERATIONS = {
    "QUERY": 4,
    "READ": 1,
    "WRITE": 5,
    "CREATE": 6,
    "ALTER": 2,
    "RENAME": 2,
    "DROP": 7,
    "QUERY_DDL": 4,
    "QUERY_DML": 4,
    "QUERY_DCL": 4,
    "QUERY_DML_NO_SELECT": 4,
}
SIGN_INS = {"CONNECT": (1, 1), "FAILED_CONNECT": (1, 2), "DISCONNECT": (2, 1)}
COMMANDS = {"INSERT": 5, "COPY": 5, "UPDATE": 2, "DELETE": 7, "CREATE": 6, "DROP": 7, "ALTER": 2}
MYSQL_LINE = re.compile(
    r"(?P<time>\d{16}|\d{8} \d\d:\d\d:\d\d),(?P<server>[^,]*),(?P<user>[^,]*),(?P<host>[^,]*),"
    r"(?P<connection>\d+),(?P<query>\d+),(?P<operation>[A-Z_]+),(?P<rest>.*)",
    re.DOTALL,
)
MYSQL_END = re.compile(r"(?P<object>.*),(?P<code>\d*)(?:,(?P<type>[A-Za-z0-9/]*))?", re.DOTALL)
POSTGRES_LINE = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? [A-Z]{3,4}):"
    r"(?P<host>[^:(]*(?:\[?[0-9a-fA-F:]*\]?)?)(?:\((?P<port>\d+)\))?:"
    r"(?P<user>[^@:]*)@(?P<database>[^:]*):\[(?P<process>\d+)\]:(?P<level>[A-Z0-9]+): +"
    r"(?P<message>.*)",
    re.DOTALL,
)
CONNECTED = re.compile(r"connection authorized: user=(\S+)")
DISCONNECTED = re.compile(r"disconnection: session time: \S+ user=(\S+)")
REFUSED = re.compile(
    r'(?:password|\S+) authentication failed for user "([^"]+)"|'
    r'no pg_hba.conf entry for host "[^"]*", user "([^"]+)"|role "([^"]+)" does not exist'
)
OBSERVED = aws.observables({"src_endpoint.ip": 2, "actor.user.name": 4, "user.name": 4})


def looks(text: str) -> bool:
    start = text[:1000]
    return start[:4].isdigit() and bool(MYSQL_LINE.match(start) or POSTGRES_LINE.match(start))


def parse(source: str, context: Context) -> Ocsf:
    if match := MYSQL_LINE.fullmatch(source):
        return _mysql(match, context)
    if match := POSTGRES_LINE.fullmatch(source):
        return _postgres(match, context)
    raise Unparsed("no audit line of RDS")


def _mysql(match: re.Match[str], context: Context) -> Ocsf:
    operation, code, kind = match["operation"], "", ""
    database, _, rest = match["rest"].partition(",")
    end = MYSQL_END.fullmatch(rest)
    if end is None:
        raise Unparsed("an audit line of RDS that is cut")
    thing, code, kind = end["object"], end["code"], end["type"] or ""
    moment = _mysql_time(match["time"], context)
    failed = code not in ("", "0")
    if operation in SIGN_INS:
        activity, status = SIGN_INS[operation]
        event = _sign_in(activity, 2 if failed else status, moment, MYSQL, context, match["user"])
        event["service"] = {"name": database or "MySQL"}
        event["session"] = {"uid": match["connection"]}
    elif operation in OPERATIONS:
        event = aws.frame(DATASTORE, OPERATIONS[operation], moment, MYSQL, context)
        event |= {"status": "Failure" if failed else "Success", "status_id": 2 if failed else 1}
        event |= _stored(match["user"], match["connection"], database)
        if operation in ("QUERY",) or operation.startswith("QUERY_"):
            said = thing[1:-1].replace("\\'", "'") if thing[:1] == "'" else thing
            event["query_info"] = {"query_string": said, "uid": match["query"]}
        elif thing:
            event |= {"table": {"name": thing}, "type": "Table", "type_id": 3}
    else:
        raise Unparsed("an audit line of RDS with an operation that is not known")
    event["src_endpoint"] = aws.place(match["host"])
    if match["server"]:
        event["dst_endpoint"] = {"hostname": match["server"]}
    if code:
        event["status_code"] = code
    return _coded(event, operation, aws.said(connection_type=kind))


def _coded(event: Ocsf, code: str, more: Ocsf) -> Ocsf:
    metadata = event["metadata"]
    assert isinstance(metadata, dict)  # noqa: S101
    metadata["event_code"] = code
    aws.unmapped(event, more)
    aws.observe(event, OBSERVED)
    return event


def _mysql_time(said: str, context: Context) -> datetime:
    """Microseconds since 1970 as Aurora writes it, or the clock of the server, of its zone."""
    if said.isdigit():
        return aws.moment(int(said) // 1000).replace(microsecond=int(said) % 1_000_000)
    return aws.utc(parser.iso(said, context).isoformat())


def _sign_in(
    activity: int, status: int, moment: datetime, origin: aws.Origin, context: Context, user: str
) -> Ocsf:
    event = aws.frame(AUTHENTICATION, activity, moment, origin, context)
    return {
        **event,
        "user": {"name": user or "unknown"},
        "is_remote": True,
        "status": "Failure" if status == 2 else "Success",
        "status_id": status,
    }


def _stored(user: str, session: str, database: str) -> Ocsf:
    return {
        "actor": {"user": {"name": user or "unknown"}, "session": {"uid": session}},
        "type": "Database",
        "type_id": 1,
        **({"database": {"name": database, "type_id": 1}} if database else {}),
    }


def _postgres(match: re.Match[str], context: Context) -> Ocsf:
    moment, message = _postgres_time(match["time"], context), match["message"]
    address = match["host"].strip("[]")
    if message.startswith("AUDIT: "):
        event = _pgaudit(match, moment, message.removeprefix("AUDIT: "), context)
        event["src_endpoint"] = aws.place(address, match["port"] or "")
        return event
    for pattern, activity, status in (
        (CONNECTED, 1, 1),
        (DISCONNECTED, 2, 1),
        (REFUSED, 1, 2),
    ):
        if found := pattern.search(message):
            user = next(each for each in found.groups() if each)
            event = _sign_in(activity, status, moment, POSTGRES, context, user)
            event |= {
                "service": {"name": match["database"] or "PostgreSQL"},
                "session": {"uid": match["process"]},
                "src_endpoint": aws.place(address, match["port"] or ""),
            }
            if status == 2:
                event["status_detail"] = message
            return _coded(event, match["level"], {})
    event = parser.frame(BASE, 99, moment, Product("AWS", POSTGRES.feature), context)
    return {**event, "message": message, "unmapped": match.groupdict("")}


def _postgres_time(said: str, context: Context) -> datetime:
    stamp, _, zone = said.rpartition(" ")
    if zone in ("UTC", "GMT"):
        return aws.utc(stamp)
    return aws.utc(parser.iso(stamp, context).isoformat())


def _pgaudit(match: re.Match[str], moment: datetime, line: str, context: Context) -> Ocsf:
    try:
        values = next(csv.reader(io.StringIO(line)))
    except (csv.Error, StopIteration) as error:
        raise Unparsed("a record of pgaudit that is broken") from error
    if len(values) < 8:
        raise Unparsed("a record of pgaudit that is cut")
    kind, command = values[3], values[4]
    if kind == "READ":
        activity = 1
    else:
        activity = COMMANDS.get(command.partition(" ")[0], 5 if kind == "WRITE" else 4)
    event = aws.frame(DATASTORE, activity, moment, POSTGRES, context)
    event |= {"status": "Success", "status_id": 1}
    event |= _stored(match["user"], match["process"], match["database"])
    if values[6]:
        event |= {"table": {"name": values[6]}, "type": "Table", "type_id": 3}
    event["query_info"] = {"query_string": values[7], "uid": values[1]}
    more: Ocsf = {
        "audit_type": values[0],
        "substatement_id": values[2],
        "command": command,
        "object_type": values[5],
        "parameter": ",".join(values[8:]),
    }
    return _coded(event, kind, more)
