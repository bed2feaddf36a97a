"""Who has read objects: server access logs of S3, standard logs of CloudFront (text and JSON).

Source: Amazon S3 user guide, "Amazon S3 server access log format"; Amazon CloudFront developer
guide, "Standard log file fields" and "Standard logging (v2)".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from urllib.parse import unquote

from orchestrator.logs.ingest.formats import aws
from orchestrator.logs.ingest.formats.parser import MONTHS, Context, Ocsf, Skipped, Unparsed
from orchestrator.logs.ocsf.classes import API, HTTP

S3 = aws.Origin("Amazon S3", "Server access logs")
CLOUDFRONT = aws.Origin("Amazon CloudFront", "Standard logs")

S3_FIELDS: Mapping[str, str] = {
    "bucket_owner": "resources[].owner.uid",
    "bucket": "resources[].name",
    "time": "time",
    "remote_ip": "src_endpoint.ip",
    "requester": "actor.user.uid, actor.user.name, actor.user.account.uid, actor.invoked_by",
    "request_id": "api.request.uid",
    "operation": "api.operation",
    "key": "resources[].uid",
    "request_uri": "http_request.http_method, http_request.url.url_string, http_request.version",
    "http_status": "api.response.code, status_id",
    "error_code": "api.response.error",
    "bytes_sent": "unmapped.bytes_sent",
    "object_size": "unmapped.object_size",
    "total_time": "duration",
    "turn_around_time": "unmapped.turn_around_time",
    "referer": "http_request.referrer",
    "user_agent": "http_request.user_agent",
    "version_id": "resources[].version",
    "host_id": "unmapped.host_id",
    "signature_version": "unmapped.signature_version",
    "cipher_suite": "unmapped.cipher_suite",
    "authentication_type": "unmapped.authentication_type",
    "host_header": "unmapped.host_header, cloud.region",
    "tls_version": "unmapped.tls_version",
    "access_point_arn": "unmapped.access_point_arn",
    "acl_required": "unmapped.acl_required",
    "source_region": "unmapped.source_region",
}
"""Field, in the order in which they stand → attribute. What AWS appends is in `unmapped.later`."""

CLOUDFRONT_FIELDS: Mapping[str, str] = {
    "date": "time",
    "time": "time",
    "x-edge-location": "unmapped.x-edge-location",
    "sc-bytes": "traffic.bytes_out",
    "c-ip": "src_endpoint.ip",
    "cs-method": "http_request.http_method",
    "cs(Host)": "dst_endpoint.hostname",
    "cs-uri-stem": "http_request.url.path",
    "sc-status": "http_response.code, status_id",
    "cs(Referer)": "http_request.referrer",
    "cs(User-Agent)": "http_request.user_agent",
    "cs-uri-query": "http_request.url.query_string",
    "cs(Cookie)": "unmapped.cs(Cookie)",
    "x-edge-result-type": "unmapped.x-edge-result-type",
    "x-edge-request-id": "http_request.uid",
    "x-host-header": "http_request.url.hostname",
    "cs-protocol": "http_request.url.scheme",
    "cs-bytes": "traffic.bytes_in",
    "time-taken": "duration",
    "x-forwarded-for": "http_request.x_forwarded_for",
    "ssl-protocol": "tls.version",
    "ssl-cipher": "tls.cipher",
    "x-edge-response-result-type": "unmapped.x-edge-response-result-type",
    "cs-protocol-version": "http_request.version",
    "fle-status": "unmapped.fle-status",
    "fle-encrypted-fields": "unmapped.fle-encrypted-fields",
    "c-port": "src_endpoint.port",
    "time-to-first-byte": "unmapped.time-to-first-byte",
    "x-edge-detailed-result-type": "status_detail",
    "sc-content-type": "http_response.content_type",
    "sc-content-len": "http_response.length",
    "sc-range-start": "unmapped.sc-range-start",
    "sc-range-end": "unmapped.sc-range-end",
}
"""Field, in the order of files without a header → attribute. Others are in `unmapped`."""

USED = frozenset(
    name for name, path in CLOUDFRONT_FIELDS.items() if not path.startswith("unmapped.")
)
LINE = re.compile(
    r"(?P<bucket_owner>\S+) (?P<bucket>\S+) \[(?P<time>[^\]]{20,32})\] (?P<remote_ip>\S+) "
    r"(?P<requester>\S+) (?P<request_id>\S+) (?P<operation>\S+) (?P<key>\S+) "
    r'(?:"(?P<request_uri>.*?)"|-) (?P<http_status>\d{3}|-) (?P<error_code>\S+) '
    r"(?P<bytes_sent>\d+|-) (?P<object_size>\d+|-) (?P<total_time>\d+|-) "
    r'(?P<turn_around_time>\d+|-) (?:"(?P<referer>.*?)"|-) (?:"(?P<user_agent>.*)"|-) '
    r'(?P<rest>[^"]*)'
)
"""Agents have quotes of their own, which S3 does not escape: the last quote of the line ends it."""

OPERATION = re.compile(r"(?:REST|SOAP|BATCH|WEBSITE|S3)\.[A-Z]+\.[A-Z_]+")
TIME = re.compile(r"(\d\d)/([A-Z][a-z]{2})/(\d{4}):(\d\d):(\d\d):(\d\d) [+]0000")
REGION = re.compile(r"(?:^|\.)s3[.-](?:dualstack\.)?([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com")
SERVICE = "s3.amazonaws.com"
OBSERVED = aws.observables({"src_endpoint.ip": 2, "actor.user.uid": 10, "resources[].uid": 10})
VERBS = {
    "GET": 2,
    "HEAD": 2,
    "OPTIONS": 2,
    "PUT": 3,
    "POST": 3,
    "COPY": 3,
    "DELETE": 4,
    "EXPIRE": 4,
}
FRONT_OBSERVED = aws.observables({"src_endpoint.ip": 2, "http_request.url.hostname": 1})


def looks(text: str) -> bool:
    """A line of S3: operation and time stand where they must."""
    parts = text[:2000].split(" ", 9)
    return len(parts) > 9 and parts[2][:1] == "[" and OPERATION.fullmatch(parts[7]) is not None


def parse(text: str, context: Context) -> Ocsf:
    match = LINE.fullmatch(text) if len(text) <= aws.PORTION else None
    if match is None:
        raise Unparsed("a line of S3's access log that is cut or broken")
    names = list(S3_FIELDS)[17:]
    values = {name: value or "-" for name, value in match.groupdict().items()}
    rest = values.pop("rest").split(" ")
    values |= dict(zip(names, rest, strict=False))
    if len(rest) > len(names):
        values["later"] = " ".join(rest[len(names) :])
    return _s3(values, context)


def _s3(values: dict[str, str], context: Context) -> Ocsf:
    operation = values["operation"]
    event = aws.frame(API, VERBS.get(_verb(operation), 99), _s3_time(values["time"]), S3, context)
    status, error = aws.integer(values["http_status"]), values["error_code"]
    failed = (status or 0) >= 400
    event |= {"status": "Failure" if failed else "Success", "status_id": 2 if failed else 1}
    if (duration := aws.integer(values["total_time"])) is not None:
        event["duration"] = min(duration, 2**31 - 1)
    address = values["remote_ip"]
    event |= {
        "api": {
            "operation": operation,
            "service": {"name": SERVICE},
            "request": {"uid": values["request_id"]},
            "response": aws.said(code=status, error=error),
        },
        "src_endpoint": aws.place(address) if address != "-" else {"svc_name": SERVICE},
        "actor": _requester(values["requester"]),
        "resources": _resources(values),
    }
    if (line := values["request_uri"]) != "-":
        request, _, other = aws.request_of(line)
        request |= aws.said(user_agent=values["user_agent"], referrer=values["referer"])
        event["http_request"] = request
        values |= {name: str(value) for name, value in other.items()}
    if region := REGION.search(values.get("host_header", "")):
        aws.located(event, region=region[1])
    used = (*S3_FIELDS,)[:11]
    kept = aws.without(values, *used, "total_time", "referer", "user_agent", "version_id")
    for name in ("bytes_sent", "object_size", "turn_around_time"):
        kept[name] = aws.integer(str(kept[name]))
    aws.unmapped(event, kept)
    aws.observe(event, OBSERVED)
    return event


def _verb(operation: str) -> str:
    """Of `REST.GET.OBJECT`; a batch says it in the same place."""
    parts = operation.split(".")
    return parts[1] if len(parts) == 3 else ""


@lru_cache(4096)
def _s3_time(said: str) -> datetime:
    match = TIME.fullmatch(said)
    if match is None or match[2] not in MONTHS:
        raise Unparsed("the time cannot be read")
    day, month, year, *clock = match.groups()
    return aws.utc(f"{year}-{MONTHS[month]:02d}-{day}T{':'.join(clock)}Z")


def _requester(said: str) -> Ocsf:
    """A canonical id, an ARN, a service of AWS, or nobody that has signed the request."""
    if said == "-":
        return {"user": {"name": "anonymous"}}
    if said.startswith("arn:"):
        parts = said.split(":", 5)
        user: Ocsf = {"uid": said, "name": said.rpartition("/")[2]}
        if len(parts) == 6 and parts[4]:
            user["account"] = {"uid": parts[4]}
        return {"user": user}
    if said.startswith(("svc:", "AmazonS3")) or "." in said:
        return {"invoked_by": said}
    return {"user": {"uid": said}}


def _resources(values: Mapping[str, str]) -> list[Ocsf]:
    bucket, key = values["bucket"], values["key"]
    found: list[Ocsf] = [
        {
            "type": "AWS::S3::Bucket",
            "uid": f"arn:aws:s3:::{bucket}",
            "name": bucket,
            "owner": {"uid": values["bucket_owner"]},
        }
    ]
    if key != "-":
        name = unquote(key)
        of_key = {"type": "AWS::S3::Object", "uid": f"arn:aws:s3:::{bucket}/{name}", "name": name}
        found.insert(0, {**of_key, **aws.said(version=values.get("version_id"))})
    return found


def front_looks(text: str) -> bool:
    """A line of CloudFront, its header, or its JSON."""
    if text[:1] == "{":
        return '"x-edge-' in text[:8192]
    if text.startswith("#"):
        return text.startswith(("#Version: ", "#Fields: date\ttime", "#Fields: date time"))
    parts = text[:4096].split("\t")
    return len(parts) >= 23 and len(parts[0]) == 10 and parts[0][4:5] == "-" and ":" in parts[1]


def front_heads(head: str) -> bool:
    return bool(_front_names(head))


@lru_cache(64)
def _front_names(head: str) -> tuple[str, ...]:
    for line in head.splitlines():
        if line.startswith("#Fields:") and ("x-edge-" in line or "c-ip" in line):
            return tuple(line.removeprefix("#Fields:").split())
    return ()


def parse_front(text: str, context: Context) -> Ocsf:
    if text.startswith("#"):
        raise Skipped("header of a log of CloudFront")
    if text[:1] == "{":
        tree = aws.json_object(text)
        return _front({name: "-" if v is None else str(v) for name, v in tree.items()}, context)
    names = _front_names(context.head) or tuple(CLOUDFRONT_FIELDS)
    parts = text.split("\t")
    if len(parts) > len(names) or len(parts) < min(len(names), 23):
        raise Unparsed("a line of CloudFront with other fields than its header names")
    return _front(dict(zip(names, parts, strict=False)), context)


def _front(values: dict[str, str], context: Context) -> Ocsf:
    get = values.get
    method = get("cs-method", "-")
    moment = _front_time(values)
    event = aws.frame(HTTP, aws.METHODS.get(method, 99), moment, CLOUDFRONT, context)
    status = aws.integer(get("sc-status", "-"))
    detail = get("x-edge-detailed-result-type", "-")
    failed = not status or status >= 400
    refused = detail in REFUSED
    event |= aws.BLOCKED if refused else aws.FAILED if failed else aws.ALLOWED
    if detail != "-":
        event["status_detail"] = detail
    if (taken := _milliseconds(get("time-taken", "-"))) is not None:
        event["duration"] = taken
    event |= {
        "src_endpoint": aws.place(get("c-ip", "-"), get("c-port", "-")),
        "dst_endpoint": aws.place(get("cs(Host)", "-")),
        "http_request": _front_request(values),
        "http_response": {
            "code": status or 0,
            **aws.said(
                length=aws.integer(get("sc-content-len", "-")),
                content_type=_decoded(get("sc-content-type", "-")),
            ),
        },
        "traffic": aws.said(
            bytes_in=aws.integer(get("cs-bytes", "-")),
            bytes_out=aws.integer(get("sc-bytes", "-")),
        ),
    }
    if (version := get("ssl-protocol", "-")) != "-":
        event["tls"] = aws.said(version=version, cipher=get("ssl-cipher"))
    kept = {name: value for name, value in values.items() if name not in USED}
    if method not in aws.METHODS:
        kept["cs-method"] = method
    aws.unmapped(event, kept)
    aws.observe(event, FRONT_OBSERVED)
    return event


REFUSED = frozenset({"ClientGeoBlocked", "LimitExceeded"})
"""Results that CloudFront gives by its own restrictions."""


def _front_time(values: Mapping[str, str]) -> datetime:
    if "date" in values and (clock := values.get("time") or values.get("start_time")):
        return aws.utc(f"{values['date']}T{clock}")
    for name in ("timestamp(ms)", "timestamp"):
        if (number := aws.integer(values.get(name, "").partition(".")[0])) is not None:
            return aws.moment(number if name.endswith("(ms)") else number * 1000)
    raise Unparsed("a line of CloudFront without a time")


def _front_request(values: Mapping[str, str]) -> Ocsf:
    get = values.get
    path, query = get("cs-uri-stem", "-"), get("cs-uri-query", "-")
    method, forwarded = get("cs-method", "-"), get("x-forwarded-for", "-")
    host = get("x-host-header", "-")
    url = aws.said(
        path=path,
        query_string=query,
        hostname=host if host != "-" else get("cs(Host)"),
        scheme=get("cs-protocol"),
    )
    url["url_string"] = f"{'' if path == '-' else path}{'' if query == '-' else f'?{query}'}" or "/"
    return {
        "url": url,
        **aws.said(
            http_method=method if method in aws.METHODS else None,
            version=get("cs-protocol-version"),
            user_agent=_decoded(get("cs(User-Agent)", "-")),
            referrer=_decoded(get("cs(Referer)", "-")),
            uid=get("x-edge-request-id"),
            x_forwarded_for=aws.addresses(_decoded(forwarded)),
        ),
    }


def _decoded(said: str) -> str:
    """CloudFront writes `%20` for a blank; in files of before 2017 `%2520`."""
    if "\\" in said:
        said = aws.unescaped(said)
    if "%" not in said:
        return said
    return unquote(unquote(said) if "%25" in said else said)


def _milliseconds(seconds: str) -> int | None:
    try:
        return min(round(float(seconds) * 1000), 2**31 - 1) if seconds != "-" else None
    except (ValueError, OverflowError):
        return None
