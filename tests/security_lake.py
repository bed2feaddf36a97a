"""Security Lake's table of CloudTrail, source version 2, and an Athena over it: by DuckDB.

The columns are written down from the views over the table that AWS publishes (Security Lake
visualization samples, security_insights_cloudtrail_vw2), and each row is made of a record as OCSF's
examples have it (mappings of AWS 1.1.0), by no code of the product. Athena's SQL is parsed and put
into DuckDB's words by sqlglot.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp

from tests.cloudtrail import Record

USER = (
    "STRUCT(type VARCHAR, name VARCHAR, uid_alt VARCHAR, uid VARCHAR, "
    "account STRUCT(uid VARCHAR), credential_uid VARCHAR)"
)
CLOUDTRAIL = {
    "metadata": "STRUCT(product STRUCT(version VARCHAR, name VARCHAR, vendor_name VARCHAR, "
    "feature STRUCT(name VARCHAR)), event_code VARCHAR, uid VARCHAR, profiles VARCHAR[], "
    "version VARCHAR)",
    "time": "BIGINT",
    "time_dt": "TIMESTAMP",
    "cloud": "STRUCT(region VARCHAR, provider VARCHAR)",
    "api": "STRUCT(response STRUCT(error VARCHAR, message VARCHAR, data VARCHAR), "
    "operation VARCHAR, version VARCHAR, service STRUCT(name VARCHAR), "
    "request STRUCT(data VARCHAR, uid VARCHAR))",
    "dst_endpoint": "STRUCT(svc_name VARCHAR)",
    "actor": f'STRUCT("user" {USER}, session STRUCT(created_time_dt TIMESTAMP, is_mfa BOOLEAN, '
    "issuer VARCHAR), invoked_by VARCHAR, idp STRUCT(name VARCHAR))",
    "http_request": "STRUCT(user_agent VARCHAR)",
    "src_endpoint": "STRUCT(uid VARCHAR, ip VARCHAR, domain VARCHAR)",
    "session": "STRUCT(uid VARCHAR, uid_alt VARCHAR, credential_uid VARCHAR, issuer VARCHAR)",
    "policy": "STRUCT(uid VARCHAR)",
    "resources": "STRUCT(uid VARCHAR, owner STRUCT(account STRUCT(uid VARCHAR)), type VARCHAR)[]",
    "class_name": "VARCHAR",
    "class_uid": "INTEGER",
    "category_name": "VARCHAR",
    "category_uid": "INTEGER",
    "severity_id": "INTEGER",
    "severity": "VARCHAR",
    "user": "STRUCT(uid_alt VARCHAR, uid VARCHAR, name VARCHAR)",
    "activity_name": "VARCHAR",
    "activity_id": "INTEGER",
    "type_uid": "BIGINT",
    "type_name": "VARCHAR",
    "status": "VARCHAR",
    "is_mfa": "BOOLEAN",
    "unmapped": "MAP(VARCHAR, VARCHAR)",
    "accountid": "VARCHAR",
    "region": "VARCHAR",
    "asl_version": "VARCHAR",
    "observables": "STRUCT(name VARCHAR, type VARCHAR, type_id INTEGER, value VARCHAR)[]",
}
"""Column → type."""

SIGN_INS = {
    *("ConsoleLogin", "ExternalIdPDirectoryLogin", "CheckMfa", "CredentialChallenge"),
    *("CredentialVerification", "UserAuthentication", "AssumeRole", "AssumeRoleWithSAML"),
    "AssumeRoleWithWebIdentity",
}
PLACED = {
    *("eventID", "eventTime", "eventName", "eventSource", "eventVersion", "eventType", "awsRegion"),
    *("userAgent", "sourceIPAddress", "requestID", "apiVersion", "errorCode", "errorMessage"),
    *("requestParameters", "responseElements", "eventCategory", "vpcEndpointId", "resources"),
    *("userIdentity.type", "userIdentity.arn", "userIdentity.accountId", "userIdentity.userName"),
    *("userIdentity.principalId", "userIdentity.accessKeyId", "userIdentity.invokedBy"),
    *("userIdentity.identityProvider", "userIdentity.credentialId"),
    "userIdentity.onBehalfOf.userId",
    "userIdentity.sessionContext.sessionIssuer.arn",
    "userIdentity.sessionContext.attributes.creationDate",
    "userIdentity.sessionContext.attributes.mfaAuthenticated",
    *("additionalEventData.MFAUsed", "additionalEventData.LoginTo", "additionalEventData.UserName"),
}
"""What has a place of its own; all else is in `unmapped`, as texts by dotted names."""


def at(tree: object, path: str) -> Any:
    for name in path.split("."):
        tree = tree.get(name) if isinstance(tree, Mapping) else None
    return tree


def flat(tree: object, above: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(tree, Mapping):
        for name, inner in tree.items():
            path = f"{above}.{name}" if above else name
            if path not in PLACED:
                yield from flat(inner, path)
    elif isinstance(tree, list):
        for each in tree:
            yield from flat(each, f"{above}[]")
    elif tree is not None:
        yield above, str(tree).lower() if isinstance(tree, bool) else str(tree)


def _text(value: object) -> str | None:
    return None if value is None else json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def row(record: Record) -> dict[str, Any]:
    """What Security Lake's table has of a record."""
    who = record.get("userIdentity") or {}
    name, source = at(record, "eventName"), at(record, "eventSource")
    insight = at(record, "insightDetails")
    signs_in = name in SIGN_INS
    address = str(at(record, "sourceIPAddress") or "")
    is_address = address.replace(".", "").isdigit() or ":" in address
    outcome = at(record, f"responseElements.{name}") or at(record, f"serviceEventDetails.{name}")
    failed = "errorCode" in record or outcome == "Failure"
    mfa = at(who, "sessionContext.attributes.mfaAuthenticated")
    moment = datetime.fromisoformat(str(record["eventTime"]))
    created = at(who, "sessionContext.attributes.creationDate")
    return {
        "metadata": {
            "product": {
                "version": at(record, "eventVersion"),
                "name": "CloudTrail",
                "vendor_name": "AWS",
                "feature": {"name": at(record, "eventCategory")},
            },
            "event_code": at(record, "eventType"),
            "uid": record["eventID"],
            "profiles": ["cloud", "datetime"],
            "version": "1.1.0",
        },
        "time": int(moment.timestamp() * 1000),
        "time_dt": f"{moment:%Y-%m-%d %H:%M:%S}",
        "cloud": {"region": at(record, "awsRegion"), "provider": "AWS"},
        "api": {
            "response": {
                "error": at(record, "errorCode"),
                "message": at(record, "errorMessage"),
                "data": _text(at(record, "responseElements")),
            },
            "operation": name or at(insight, "eventName"),
            "version": at(record, "apiVersion"),
            "service": {"name": source or at(insight, "eventSource")},
            "request": {
                "data": _text(at(record, "requestParameters")),
                "uid": at(record, "requestID"),
            },
        },
        "dst_endpoint": {"svc_name": at(record, "additionalEventData.LoginTo")},
        "actor": {
            "user": {
                "type": at(who, "type"),
                "name": at(who, "userName") or at(record, "additionalEventData.UserName"),
                "uid_alt": at(who, "principalId") or at(who, "onBehalfOf.userId"),
                "uid": at(who, "arn"),
                "account": {"uid": at(who, "accountId")},
                "credential_uid": at(who, "accessKeyId") or at(who, "credentialId"),
            },
            "session": {
                "created_time_dt": created and created.replace("T", " ").rstrip("Z"),
                "is_mfa": mfa and mfa == "true",
                "issuer": at(who, "sessionContext.sessionIssuer.arn"),
            },
            "invoked_by": at(who, "invokedBy"),
            "idp": {"name": at(who, "identityProvider")},
        },
        "http_request": {"user_agent": at(record, "userAgent")},
        "src_endpoint": {
            "uid": at(record, "vpcEndpointId"),
            "ip": address if is_address else None,
            "domain": None if is_address else address or None,
        },
        "resources": [
            {
                "uid": at(each, "ARN"),
                "type": at(each, "type"),
                "owner": {"account": {"uid": at(each, "accountId")}},
            }
            for each in at(record, "resources") or []
        ],
        "class_uid": 3002 if signs_in else 6003,
        "activity_id": 2 if at(record, "readOnly") is True else 99,
        "status": "Failure" if failed else "Success",
        "is_mfa": {"Yes": True, "No": False}.get(at(record, "additionalEventData.MFAUsed")),
        "unmapped": dict(flat(record)),
        "accountid": record["recipientAccountId"],
        "region": record["awsRegion"],
        "asl_version": "2.0",
    }


class DuckAthena:
    """Athena's calls, answered from tables in DuckDB; what it was asked is in `queries`."""

    def __init__(self) -> None:
        self.connection = duckdb.connect()
        self.connection.execute("SET TimeZone = 'UTC'")
        self.queries: list[str] = []
        self._answers: dict[str, list[list[str | None]]] = {}

    def load(self, database: str, table: str, records: Iterable[Record], folder: Path) -> None:
        file = folder / f"{table}.ndjson"
        file.write_text("\n".join(json.dumps(row(each)) for each in records))
        columns = ", ".join(f"'{name}': '{kind}'" for name, kind in CLOUDTRAIL.items())
        self.connection.execute(f'CREATE SCHEMA IF NOT EXISTS "{database}"')
        self.connection.execute(
            f'CREATE TABLE "{database}"."{table}" AS SELECT * FROM read_json('  # noqa: S608
            f"'{file}', format = 'newline_delimited', columns = {{{columns}}}, "
            "maximum_object_size = 67108864)"
        )

    def call(self, service: str, operation: str, region: str = "", **given: Any) -> Any:
        assert service == "athena"
        if operation == "StartQueryExecution":
            self.queries.append(given["QueryString"])
            answer = self.rows(given["QueryString"], given.get("ExecutionParameters", []))
            self._answers[str(len(self.queries))] = answer
            return {"QueryExecutionId": str(len(self.queries))}
        if operation == "GetQueryExecution":
            return {"QueryExecution": {"Status": {"State": "SUCCEEDED"}}}
        rows = self._answers[given["QueryExecutionId"]]
        cells = [{"Data": [{"VarCharValue": v} if v is not None else {} for v in r]} for r in rows]
        return {"ResultSet": {"Rows": cells}}

    def rows(self, query: str, parameters: Iterable[str]) -> list[list[str | None]]:
        """The header, then the rows as Athena writes values."""
        found = self.connection.execute(in_duckdb(query, parameters))
        names: list[str | None] = [name for name, *_ in found.description or []]
        return [names, *([_written(value) for value in each] for each in found.fetchall())]


def in_duckdb(query: str, parameters: Iterable[str]) -> str:
    """Athena's query in DuckDB's words; its parameters are put in as literals, as Athena does."""
    (tree,) = sqlglot.parse(query, read="athena")
    assert tree is not None
    marks, values = list(tree.find_all(exp.Placeholder, bfs=False)), list(parameters)
    assert len(marks) == len(values), "a value for each mark"
    for mark, value in zip(marks, values, strict=True):
        mark.replace(sqlglot.parse_one(value, read="athena"))
    return str(tree.transform(_any_match).sql(dialect="duckdb"))


def _any_match(node: exp.Expression) -> exp.Expression:
    """Trino's any_match, which DuckDB has not: some entry is left when others are taken out."""
    if isinstance(node, exp.Anonymous) and node.name.lower() == "any_match":
        return exp.GT(
            this=exp.ArraySize(this=exp.ArrayFilter(**_arguments(node))),
            expression=exp.Literal.number(0),
        )
    return node


def _arguments(node: exp.Anonymous) -> dict[str, exp.Expression]:
    list_, test = node.expressions
    return {"this": list_, "expression": test}


def _written(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:%Y-%m-%d %H:%M:%S}.000000" if isinstance(value, datetime) else str(value)


_HEAD = {
    "metadata": "STRUCT(product STRUCT(version VARCHAR, uid VARCHAR, name VARCHAR, "
    "vendor_name VARCHAR, feature STRUCT(uid VARCHAR, name VARCHAR)), profiles VARCHAR[], "
    "version VARCHAR, log_version VARCHAR, log_level VARCHAR, processed_time_dt TIMESTAMP, "
    "extensions STRUCT(name VARCHAR, uid VARCHAR, version VARCHAR)[])",
    "time": "BIGINT",
    "time_dt": "TIMESTAMP",
    "cloud": "STRUCT(account STRUCT(uid VARCHAR), region VARCHAR, zone VARCHAR, provider VARCHAR)",
    **{name: CLOUDTRAIL[name] for name in ("class_name", "class_uid", "category_name")},
    **{name: CLOUDTRAIL[name] for name in ("category_uid", "severity_id", "severity")},
    **{name: CLOUDTRAIL[name] for name in ("activity_name", "activity_id", "type_uid")},
    **{name: CLOUDTRAIL[name] for name in ("type_name", "unmapped", "accountid", "region")},
    **{name: CLOUDTRAIL[name] for name in ("asl_version", "observables")},
}
_ENDPOINT = (
    "STRUCT(port INTEGER, svc_name VARCHAR, ip VARCHAR, intermediate_ips VARCHAR[], "
    "interface_uid VARCHAR, vpc_uid VARCHAR, instance_uid VARCHAR, subnet_uid VARCHAR)"
)
_CALLED = dict.fromkeys(("action", "disposition"), "VARCHAR") | {"action_id": "INTEGER"}
OTHERS: Mapping[str, Mapping[str, str]] = {
    "vpc_flow": {
        **_HEAD,
        **_CALLED,
        "src_endpoint": _ENDPOINT,
        "dst_endpoint": _ENDPOINT,
        "connection_info": "STRUCT(protocol_num INTEGER, tcp_flags INTEGER, protocol_ver VARCHAR, "
        "boundary_id INTEGER, boundary VARCHAR, direction_id INTEGER, direction VARCHAR)",
        "traffic": "STRUCT(packets BIGINT, bytes BIGINT)",
        "start_time_dt": "TIMESTAMP",
        "end_time_dt": "TIMESTAMP",
        "status_code": "VARCHAR",
    },
    "route53": {
        **_HEAD,
        **_CALLED,
        "src_endpoint": _ENDPOINT,
        "dst_endpoint": _ENDPOINT,
        "query": "STRUCT(hostname VARCHAR, type VARCHAR, class VARCHAR)",
        "answers": "STRUCT(class VARCHAR, rdata VARCHAR, type VARCHAR)[]",
        "rcode": "VARCHAR",
        "rcode_id": "INTEGER",
        "connection_info": "STRUCT(direction VARCHAR, direction_id INTEGER, protocol_name VARCHAR)",
        "firewall_rule": "STRUCT(uid VARCHAR)",
    },
    "sh_findings": {
        **_HEAD,
        **dict.fromkeys(("message", "status"), "VARCHAR"),
        "confidence_score": "INTEGER",
        "resource": "STRUCT(type VARCHAR, uid VARCHAR, cloud_partition VARCHAR, region VARCHAR, "
        "labels VARCHAR[], data VARCHAR, criticality VARCHAR)",
        "finding_info": 'STRUCT(created_time_dt TIMESTAMP, uid VARCHAR, "desc" VARCHAR, '
        "title VARCHAR, modified_time_dt TIMESTAMP, first_seen_time_dt TIMESTAMP, "
        "last_seen_time_dt TIMESTAMP, related_events STRUCT(uid VARCHAR)[], types VARCHAR[], "
        "src_url VARCHAR)",
        "remediation": 'STRUCT("desc" VARCHAR, "references" VARCHAR[])',
        "compliance": "STRUCT(standards VARCHAR[], requirements VARCHAR[], control VARCHAR, "
        "status VARCHAR, status_detail VARCHAR, status_code VARCHAR)",
        "vulnerabilities": "STRUCT(title VARCHAR)[]",
        "resources": "STRUCT(uid VARCHAR, type VARCHAR)[]",
        "evidences": "STRUCT(data VARCHAR)[]",
    },
    "eks_audit": {
        **_HEAD,
        "message": "VARCHAR",
        "actor": 'STRUCT("user" STRUCT(name VARCHAR, uid VARCHAR, groups STRUCT(name VARCHAR)[], '
        "type_id INTEGER), session STRUCT(uid VARCHAR, issuer VARCHAR, credential_uid VARCHAR))",
        "api": "STRUCT(operation VARCHAR, version VARCHAR, request STRUCT(uid VARCHAR), "
        "response STRUCT(code INTEGER))",
        "http_request": "STRUCT(user_agent VARCHAR, url STRUCT(path VARCHAR))",
        "src_endpoint": "STRUCT(ip VARCHAR)",
        "resources": "STRUCT(name VARCHAR, type VARCHAR)[]",
        "start_time_dt": "TIMESTAMP",
    },
    "waf": {
        **_HEAD,
        **_CALLED,
        "http_request": "STRUCT(args VARCHAR, http_method VARCHAR, referrer VARCHAR, uid VARCHAR, "
        "user_agent VARCHAR, version VARCHAR, url STRUCT(hostname VARCHAR, path VARCHAR), "
        "http_headers STRUCT(name VARCHAR, value VARCHAR)[], x_forwarded_for VARCHAR[])",
        "http_status": "INTEGER",
        "firewall_rule": "STRUCT(condition VARCHAR, match_details VARCHAR[], "
        "match_location VARCHAR, rate_limit INTEGER, type VARCHAR, uid VARCHAR)",
        "src_endpoint": "STRUCT(ip VARCHAR, svc_name VARCHAR, uid VARCHAR, "
        "location STRUCT(country VARCHAR))",
    },
}
"""The other sources' columns: of vpc_flow and sh_findings from the views that AWS publishes, of
route53, eks_audit and waf from its published events (OCSF's examples, mappings of AWS 1.1.0).
"""
TABLES: Mapping[str, Mapping[str, str]] = {
    **dict.fromkeys(("cloud_trail_mgmt", "s3_data", "lambda_execution"), CLOUDTRAIL),
    **OTHERS,
}
