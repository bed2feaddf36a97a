"""A lake with planted use and planted disuse, made of AWS's own fields by AWS's own mapping.

Records are written as AWS writes them (flow records of version 5, CloudTrail's records, lines of
access logs) and turned into the columns of Security Lake by the mapping that OCSF publishes for
AWS; nothing here knows how they are read.

Source: Amazon VPC User Guide, flow log records; CloudTrail User Guide, record contents; OCSF's
examples, mappings of AWS 1.1.0, "VPC Flowlogs" and "CloudTrail"; Athena User Guide, tables of S3,
ALB and CloudFront access logs.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import duckdb

from orchestrator.findings.evidence.question import Log, Ports, Subject

NOW = datetime(2026, 11, 30, tzinfo=UTC)
DAYS = 30
REGION = "eu-west-1"
COLLECTED, BARE = "111122223333", "444455556666"
"""An account with every log, and one with none."""
OTHER, PARTNER = "555566667777", "999988887777"
"""Of the organization, and of another."""
ORGANIZATION = frozenset({COLLECTED, BARE, OTHER})
OUTSIDE, INSIDE = "203.0.113.9", "10.0.3.7"


@dataclass(frozen=True, slots=True)
class Planted:
    """A control with a resource that is used by `who` so many times, and one that is not."""

    control: str
    log: Log
    used: Mapping[str, Any]
    unused: Mapping[str, Any]
    who: str
    count: int


def millis(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def subject(control: str, account: str = COLLECTED, days: int = DAYS, **more: Any) -> Subject:
    return Subject(
        control=control,
        account=account,
        region=REGION,
        since=millis(NOW - timedelta(days=days)),
        until=millis(NOW),
        organization=ORGANIZATION,
        **more,
    )


def _group(number: int, *ports: Ports) -> tuple[dict[str, Any], dict[str, Any]]:
    made = (
        {
            "arn": f"arn:aws:ec2:{REGION}:{COLLECTED}:security-group/sg-{number:08x}{letter}",
            "interfaces": (f"eni-{number:08x}{letter}0000000",),
            "ports": ports,
        }
        for letter in ("a", "b")
    )
    return next(made), next(made)


def _named(service: str, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two ARNs of a service; '{}' in the name tells them apart."""
    return {"arn": f"arn:aws:{service}:{name.format('a')}"}, {
        "arn": f"arn:aws:{service}:{name.format('b')}"
    }


FLOWS: tuple[tuple[str, tuple[Ports, ...]], ...] = (
    ("EC2.13", ((22, 22),)),
    ("EC2.14", ((3389, 3389),)),
    ("EC2.18", ((8000, 9000),)),
    ("EC2.19", ((3306, 3306),)),
    ("EC2.2", ()),
    ("EC2.21", ((22, 22), (3389, 3389))),
    ("RDS.2", ((5432, 5432),)),
    ("Redshift.1", ((5439, 5439),)),
    ("DMS.1", ()),
)
HERE = f"{REGION}:{COLLECTED}"
CALLS = (
    ("S3.2", Log.S3_DATA, "s3::", ":read-{}"),
    ("S3.3", Log.S3_DATA, "s3::", ":written-{}"),
    ("S3.8", Log.S3_DATA, "s3::", ":open-{}"),
    ("Lambda.1", Log.LAMBDA, "lambda", HERE + ":function:hook-{}"),
    ("SQS.3", Log.DATA_EVENTS, "sqs", HERE + ":orders-{}"),
    ("SNS.4", Log.DATA_EVENTS, "sns", HERE + ":news-{}"),
    ("KMS.5", Log.CLOUD_TRAIL, "kms", HERE + ":key/0000000{}-1111-2222"),
)
BALANCER = HERE + ":loadbalancer/app/web-{}/50dc6c495c0c9188"


def _plants() -> Iterator[Planted]:
    for number, (control, ports) in enumerate(FLOWS):
        used, unused = _group(number, *ports)
        yield Planted(control, Log.VPC_FLOW, used, unused, OUTSIDE, 40 + number)
    for number, (control, log, service, name) in enumerate(CALLS):
        used, unused = _named(service, name)
        reader = f"arn:aws:iam::{PARTNER}:user/reader"
        yield Planted(control, log, used, unused, reader, 7 + number)
    for control in ("IAM.3", "IAM.8", "IAM.22"):
        user = f":{COLLECTED}:user/{control.lower().replace('.', '-')}-{{}}"
        used, unused = ({**each, "last_used": 0} for each in _named("iam", user))
        asked = "sts.amazonaws.com GetCallerIdentity"
        yield Planted(control, Log.CLOUD_TRAIL, used, unused, asked, 5)
    used, unused = _named("s3::", ":plain-{}")
    yield Planted("S3.5", Log.S3_ACCESS, used, unused, OUTSIDE, 9)
    used, unused = _named("elasticloadbalancing", BALANCER)
    used["name"], unused["name"] = (f"app/web-{each}/50dc6c495c0c9188" for each in "ab")
    for control in ("ELB.1", "ELB.17"):
        yield Planted(control, Log.ELB_ACCESS, used, unused, OUTSIDE, 11)
    used, unused = _named("cloudfront", f":{COLLECTED}:distribution/E{{}}")
    used["name"], unused["name"] = (f"d11111{each}.cloudfront.net" for each in "ab")
    for control in ("CloudFront.3", "CloudFront.15"):
        yield Planted(control, Log.CLOUDFRONT_ACCESS, used, unused, OUTSIDE, 13)


PLANTS: Mapping[str, Planted] = {each.control: each for each in _plants()}

FLOW_FIELDS = (
    "interface_id VARCHAR, srcaddr VARCHAR, dstaddr VARCHAR, srcport INTEGER, dstport INTEGER, "
    "protocol INTEGER, packets BIGINT, bytes BIGINT, start BIGINT, action VARCHAR, "
    "log_status VARCHAR, tcp_flags INTEGER, flow_direction VARCHAR"
)
"""Of version 5, as far as something depends on them."""

FLOW_AS_OCSF = """SELECT
  {'product': {'version': '5', 'name': 'Amazon VPC', 'feature': {'name': 'Flowlogs'},
    'vendor_name': 'AWS'}, 'profiles': ['cloud', 'security_control', 'datetime'],
    'version': '1.1.0'} AS metadata,
  {'account': {'uid': $account}, 'region': $region, 'zone': 'euw1-az1', 'provider': 'AWS'} AS cloud,
  {'port': srcport, 'svc_name': '-', 'ip': srcaddr, 'intermediate_ips': NULL::VARCHAR[],
    'interface_uid': CASE WHEN flow_direction = 'egress' THEN interface_id END,
    'vpc_uid': CASE WHEN flow_direction = 'egress' THEN 'vpc-0f1' END,
    'instance_uid': NULL::VARCHAR, 'subnet_uid': NULL::VARCHAR} AS src_endpoint,
  {'port': dstport, 'svc_name': '-', 'ip': dstaddr, 'intermediate_ips': NULL::VARCHAR[],
    'interface_uid': CASE WHEN flow_direction = 'ingress' THEN interface_id END,
    'vpc_uid': CASE WHEN flow_direction = 'ingress' THEN 'vpc-0f1' END,
    'instance_uid': NULL::VARCHAR, 'subnet_uid': NULL::VARCHAR} AS dst_endpoint,
  {'protocol_num': protocol, 'tcp_flags': tcp_flags, 'protocol_ver': 'IPv4', 'boundary_id': 99,
    'boundary': '-', 'direction': CASE flow_direction WHEN 'ingress' THEN 'Inbound' ELSE 'Outbound'
    END, 'direction_id': CASE flow_direction WHEN 'ingress' THEN 1 ELSE 2 END} AS connection_info,
  {'packets': packets, 'bytes': bytes} AS traffic,
  start * 1000 AS "time", make_timestamp(start * 1000000) AS time_dt,
  make_timestamp(start * 1000000) AS start_time_dt,
  make_timestamp((start + 60) * 1000000) AS end_time_dt,
  log_status AS status_code, 1 AS severity_id, 'Informational' AS severity,
  'Network Activity' AS class_name, 4001 AS class_uid, 'Network Activity' AS category_name,
  4 AS category_uid,
  CASE action WHEN 'ACCEPT' THEN 'Traffic' WHEN 'REJECT' THEN 'Refuse' ELSE 'Unknown' END
    AS activity_name,
  CASE action WHEN 'ACCEPT' THEN 6 WHEN 'REJECT' THEN 5 ELSE 0 END AS activity_id,
  CASE action WHEN 'ACCEPT' THEN 'Allowed' WHEN 'REJECT' THEN 'Denied' ELSE 'Unknown' END AS action,
  CASE action WHEN 'ACCEPT' THEN 1 WHEN 'REJECT' THEN 2 ELSE 0 END AS action_id,
  CASE action WHEN 'ACCEPT' THEN 'Allowed' WHEN 'REJECT' THEN 'Blocked' ELSE 'Unknown' END
    AS disposition,
  CASE action WHEN 'ACCEPT' THEN 400106 WHEN 'REJECT' THEN 400105 ELSE 400100 END AS type_uid,
  MAP {'sublocation_id': '-', 'sublocation_type': '-'} AS unmapped,
  $account AS "accountId", $region AS region,
  strftime(make_timestamp(start * 1000000), '%Y%m%d') AS "eventDay"
FROM flows"""

CALL_FIELDS = (
    '"eventTime" BIGINT, "eventSource" VARCHAR, "eventName" VARCHAR, "identityType" VARCHAR, '
    'arn VARCHAR, "principalId" VARCHAR, "accountId" VARCHAR, "accessKeyId" VARCHAR, '
    '"sourceIPAddress" VARCHAR, "errorCode" VARCHAR, "requestParameters" VARCHAR, '
    '"responseElements" VARCHAR, resource VARCHAR, "tlsVersion" VARCHAR, "cipherSuite" VARCHAR'
)

CALL_AS_OCSF = """SELECT
  {'product': {'version': '1.11', 'name': 'CloudTrail', 'vendor_name': 'AWS',
    'feature': {'name': 'Management, Data, and Insights'}}, 'event_code': 'AwsApiCall',
    'uid': uuid()::VARCHAR, 'profiles': ['cloud', 'datetime'], 'version': '1.1.0'} AS metadata,
  {'region': $region, 'provider': 'AWS'} AS cloud,
  {'response': {'error': "errorCode", 'message': NULL::VARCHAR, 'data': "responseElements"},
    'operation': "eventName", 'version': NULL::VARCHAR,
    'service': {'name': "eventSource"},
    'request': {'data': "requestParameters", 'uid': uuid()::VARCHAR}} AS api,
  {'user': {'type': "identityType", 'name': NULL::VARCHAR, 'uid': arn, 'uid_alt': "principalId",
    'account': {'uid': "accountId"}, 'credential_uid': "accessKeyId"},
    'session': {'created_time_dt': NULL::TIMESTAMP, 'is_mfa': false, 'issuer': NULL::VARCHAR},
    'invoked_by': NULL::VARCHAR, 'idp': {'name': NULL::VARCHAR}} AS actor,
  {'user_agent': 'aws-sdk-java/2.20'} AS http_request,
  {'uid': NULL::VARCHAR, 'ip': "sourceIPAddress", 'domain': NULL::VARCHAR} AS src_endpoint,
  CASE WHEN resource IS NULL THEN []::STRUCT(uid VARCHAR, account STRUCT(uid VARCHAR),
    type VARCHAR)[] ELSE [{'uid': resource, 'account': {'uid': $account}, 'type': '-'}] END
    AS resources,
  'API Activity' AS class_name, 6003 AS class_uid, 'Application Activity' AS category_name,
  6 AS category_uid, 1 AS severity_id, 'Informational' AS severity,
  CASE WHEN "errorCode" IS NULL THEN 'Success' ELSE 'Failure' END AS status,
  "eventTime" AS "time", make_timestamp("eventTime" * 1000) AS time_dt,
  map_from_entries(list_filter([('eventType', 'AwsApiCall'), ('recipientAccountId', $account),
    ('tlsDetails.tlsVersion', "tlsVersion"),
    ('additionalEventData.CipherSuite', "cipherSuite")], lambda e: e[2] IS NOT NULL)) AS unmapped,
  $account AS "accountId", $region AS region,
  strftime(make_timestamp("eventTime" * 1000), '%Y%m%d') AS "eventDay"
FROM calls"""


S3_LINE = (
    "bucketowner VARCHAR, bucket_name VARCHAR, requestdatetime VARCHAR, remoteip VARCHAR, "
    "requester VARCHAR, requestid VARCHAR, operation VARCHAR, httpstatus VARCHAR, "
    "ciphersuite VARCHAR, tlsversion VARCHAR"
)
ELB_LINE = (
    "type VARCHAR, time VARCHAR, elb VARCHAR, client_ip VARCHAR, client_port INTEGER, "
    "elb_status_code INTEGER, ssl_cipher VARCHAR, ssl_protocol VARCHAR"
)
CLOUDFRONT_LINE = (
    '"date" DATE, "time" VARCHAR, x_edge_location VARCHAR, c_ip VARCHAR, cs_method VARCHAR, '
    "cs_host VARCHAR, sc_status INTEGER, cs_protocol VARCHAR, ssl_protocol VARCHAR, "
    "ssl_cipher VARCHAR"
)
FOLDERS: Mapping[Log, str] = {
    Log.VPC_FLOW: "aws/VPC_FLOW/2.0",
    Log.CLOUD_TRAIL: "aws/CLOUD_TRAIL_MGMT/2.0",
    Log.S3_DATA: "aws/S3_DATA/2.0",
    Log.LAMBDA: "aws/LAMBDA_EXECUTION/2.0",
    Log.DATA_EVENTS: "ext/CLOUD_TRAIL_DATA/1.0",
    Log.S3_ACCESS: "ext/S3_ACCESS/1.0",
    Log.ELB_ACCESS: "ext/ELB_ACCESS/1.0",
    Log.CLOUDFRONT_ACCESS: "ext/CLOUDFRONT_ACCESS/1.0",
}
DAY_OF: Mapping[Log, str] = {
    Log.S3_ACCESS: "strptime(requestdatetime, '%d/%b/%Y:%H:%M:%S %z')",
    Log.ELB_ACCESS: "CAST(time AS TIMESTAMP)",
    Log.CLOUDFRONT_ACCESS: '"date"',
}
Values = tuple[object, ...]


def moments(count: int) -> list[datetime]:
    """So many, the last two days before NOW."""
    last = NOW - timedelta(days=2)
    return [last - timedelta(hours=number) for number in range(count)]


def last(planted: Planted) -> datetime:
    return moments(planted.count)[0]


def _flow(interface: str, port: int, at: datetime, **more: Any) -> Values:
    raw = {
        "src": OUTSIDE,
        "action": "ACCEPT",
        "status": "OK",
        "flags": 2,
        "way": "ingress",
        **more,
    }
    start = int(at.timestamp())
    packet = (6, 10, 840) if raw["status"] == "OK" else (None, None, None)
    return (
        *(interface, raw["src"], "10.0.1.5", 41000, port, *packet, start),
        *(raw["action"], raw["status"], raw["flags"], raw["way"]),
    )


def flows() -> Iterator[Values]:
    for each in (plant for plant in PLANTS.values() if plant.log is Log.VPC_FLOW):
        (used,), (unused,) = each.used["interfaces"], each.unused["interfaces"]
        port = each.used["ports"][0][0] if each.used["ports"] else 443
        yield from (_flow(used, port, at) for at in moments(each.count))
        for at in moments(60):
            yield _flow(unused, port, at, action="REJECT")
            yield _flow(unused, 41000, at, flags=18)
            yield _flow(unused, port, at, way="egress")
            if each.used["ports"]:
                yield _flow(unused, 49152, at)
            if each.control in ("RDS.2", "Redshift.1", "DMS.1"):
                yield _flow(unused, port, at, src=INSIDE)
        yield _flow(unused, port, NOW - timedelta(days=DAYS + 5))
        nothing = {"action": "-", "status": "NODATA", "flags": None, "way": None, "src": None}
        yield _flow(unused, port, moments(1)[0], **nothing)


def _call(at: datetime, source: str, name: str, **more: Any) -> Values:
    raw = {
        "type": "IAMUser",
        "arn": f"arn:aws:iam::{PARTNER}:user/reader",
        "account": PARTNER,
        "error": None,
        "request": "{}",
        "resource": None,
        **more,
    }
    return (
        *(millis(at), source, name, raw["type"], raw["arn"], "AIDAEXAMPLE", raw["account"]),
        *("AKIAEXAMPLE", OUTSIDE, raw["error"], raw["request"], "{}", raw["resource"]),
        *("TLSv1.3", "TLS_AES_128_GCM_SHA256"),
    )


CALLED = {
    "S3.2": ("s3.amazonaws.com", "GetObject", "/report.csv"),
    "S3.3": ("s3.amazonaws.com", "PutObject", "/in/1"),
    "S3.8": ("s3.amazonaws.com", "ListObjects", ""),
    "Lambda.1": ("lambda.amazonaws.com", "Invoke", ""),
    "SQS.3": ("sqs.amazonaws.com", "SendMessage", ""),
    "SNS.4": ("sns.amazonaws.com", "Publish", ""),
    "KMS.5": ("kms.amazonaws.com", "Decrypt", ""),
}


def calls(log: Log) -> Iterator[Values]:
    for each in (plant for plant in PLANTS.values() if plant.log is log):
        if each.control not in CALLED:
            asks = ("sts.amazonaws.com", "GetCallerIdentity")
            own = {"arn": each.used["arn"], "account": COLLECTED}
            yield from (_call(at, *asks, **own) for at in moments(each.count))
            yield _call(NOW - timedelta(days=DAYS + 5), *asks, arn=each.unused["arn"])
            continue
        source, name, inner = CALLED[each.control]
        used, unused = each.used["arn"] + inner, each.unused["arn"] + inner
        yield from (_call(at, source, name, resource=used) for at in moments(each.count))
        ours = {"arn": f"arn:aws:sts::{OTHER}:assumed-role/app/i-1", "account": OTHER}
        for at in moments(30):
            yield _call(at, source, name, resource=unused, error="AccessDenied")
            yield _call(at, source, name, resource=unused, type="AssumedRole", **ours)
            service = {"type": "AWSService", "arn": None, "account": None}
            yield _call(at, source, name, resource=unused, **service)
            yield _call(at, source, name, resource=f"{each.unused['arn']}-other{inner}")


def _in_use() -> list[datetime]:
    """Four times a day, all the time."""
    return [NOW - timedelta(hours=6 * number + 1) for number in range(4 * (DAYS + 2))]


def s3_lines() -> Iterator[Values]:
    plant = PLANTS["S3.5"]
    used, unused = (side["arn"].rpartition(":")[2] for side in (plant.used, plant.unused))
    tail = (OUTSIDE, "-", "3E57427F3EXAMPLE", "REST.GET.OBJECT", "200")
    for at in moments(plant.count):
        yield ("ownerid", used, f"{at:%d/%b/%Y:%H:%M:%S} +0000", *tail, "-", "-")
    for at in _in_use():
        when = f"{at:%d/%b/%Y:%H:%M:%S} +0000"
        yield ("ownerid", unused, when, *tail, "ECDHE-RSA-AES128-GCM-SHA256", "TLSv1.2")


def elb_lines() -> Iterator[Values]:
    plain, old = PLANTS["ELB.1"], PLANTS["ELB.17"]
    client = (OUTSIDE, 2817, 200)
    for at in moments(plain.count):
        when = f"{at:%Y-%m-%dT%H:%M:%S}.000000Z"
        yield ("http", when, plain.used["name"], *client, "-", "-")
        yield ("https", when, old.used["name"], *client, "ECDHE-RSA-AES128-SHA", "TLSv1")
    for at in _in_use():
        when = f"{at:%Y-%m-%dT%H:%M:%S}.000000Z"
        cipher = ("ECDHE-RSA-AES128-GCM-SHA256", "TLSv1.2")
        yield ("h2", when, plain.unused["name"], *client, *cipher)


def cloudfront_lines() -> Iterator[Values]:
    plain, old = PLANTS["CloudFront.3"], PLANTS["CloudFront.15"]
    for at in moments(plain.count):
        when = (at.date(), f"{at:%H:%M:%S}", "DUB2-C1", OUTSIDE, "GET")
        yield (*when, plain.used["name"], 200, "http", "-", "-")
        yield (*when, old.used["name"], 200, "https", "TLSv1.1", "ECDHE-RSA-AES128-SHA")
    for at in _in_use():
        when = (at.date(), f"{at:%H:%M:%S}", "DUB2-C1", OUTSIDE, "GET")
        yield (*when, plain.unused["name"], 200, "https", "TLSv1.3", "TLS_AES_128_GCM_SHA256")


def lake(folder: Path, lines: int = 2_000, calls_too: int = 2_000, threads: int = 2) -> None:
    """All of it in Security Lake's layout, among so many other flow records and calls."""
    connection = duckdb.connect(config={"threads": threads})
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute(f"CREATE TABLE flows ({FLOW_FIELDS})")
    connection.execute(_FLOWS_AROUND, {"rows": lines, "end": int(NOW.timestamp()), "days": DAYS})
    _insert(connection, "flows", list(flows()))
    _write(connection, FLOW_AS_OCSF, folder / FOLDERS[Log.VPC_FLOW])
    for log in (Log.CLOUD_TRAIL, Log.S3_DATA, Log.LAMBDA, Log.DATA_EVENTS):
        connection.execute(f"CREATE OR REPLACE TABLE calls ({CALL_FIELDS})")
        most = calls_too if log in (Log.CLOUD_TRAIL, Log.S3_DATA) else 1_000
        connection.execute(_CALLS_AROUND, {"rows": most, "end": millis(NOW), "days": DAYS})
        _insert(connection, "calls", list(calls(log)))
        _write(connection, CALL_AS_OCSF, folder / FOLDERS[log])
    for log, fields, values in (
        (Log.S3_ACCESS, S3_LINE, s3_lines()),
        (Log.ELB_ACCESS, ELB_LINE, elb_lines()),
        (Log.CLOUDFRONT_ACCESS, CLOUDFRONT_LINE, cloudfront_lines()),
    ):
        connection.execute(f"CREATE OR REPLACE TABLE lines ({fields})")
        _insert(connection, "lines", list(values))
        day = f"strftime({DAY_OF[log]}, '%Y%m%d')"
        place = f"'{REGION}' AS region, '{COLLECTED}' AS \"accountId\", {day} AS \"eventDay\""
        _write(connection, f"SELECT *, {place} FROM lines", folder / FOLDERS[log])  # noqa: S608
    connection.close()


def _insert(connection: duckdb.DuckDBPyConnection, table: str, values: list[Values]) -> None:
    with NamedTemporaryFile("w", suffix=".csv", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(
            ["\\N" if value is None else value for value in row] for row in values
        )
        file.flush()
        connection.execute(f"COPY {table} FROM '{file.name}' (HEADER false, NULLSTR '\\N')")


def _write(connection: duckdb.DuckDBPyConnection, select: str, folder: Path) -> None:
    folder.mkdir(parents=True)
    given = {"account": COLLECTED, "region": REGION}
    used = {name: value for name, value in given.items() if f"${name}" in select}
    connection.execute(
        f"COPY ({select}) TO '{folder}' (FORMAT parquet, COMPRESSION zstd, "
        'PARTITION_BY (region, "accountId", "eventDay"))',
        used or None,
    )


_FLOWS_AROUND = """INSERT INTO flows SELECT
  'eni-f' || printf('%07d', i % 500) || '000000000', '198.51.' || i % 100 || '.' || i % 250,
  '10.0.' || i % 16 || '.' || i % 200, 1024 + i % 60000, CASE i % 3 WHEN 0 THEN 443 WHEN 1 THEN 22
  ELSE 5432 END, 6, 10, 840, $end - 1 - (i::DOUBLE / $rows * $days * 86400)::BIGINT,
  CASE i % 5 WHEN 0 THEN 'REJECT' ELSE 'ACCEPT' END, 'OK', 2,
  CASE i % 2 WHEN 0 THEN 'ingress' ELSE 'egress' END FROM range($rows) t(i)"""

_CALLS_AROUND = """INSERT INTO calls SELECT
  $end - 1000 - (i::DOUBLE / $rows * $days * 86400000)::BIGINT, 's3.amazonaws.com', 'GetObject',
  'AssumedRole', 'arn:aws:sts::555566667777:assumed-role/app/i-' || i % 300, 'AROA:i',
  '555566667777', 'ASIA' || i % 300, '198.51.100.' || i % 250, NULL,
  '{"bucketName":"assets-' || i % 400 || '","key":"' || i || '"}', NULL,
  'arn:aws:s3:::assets-' || i % 400 || '/' || i, 'TLSv1.3', 'TLS_AES_128_GCM_SHA256'
  FROM range($rows) t(i)"""
