"""A call that was made in the sandbox as CloudTrail's record of it.

What must be known at the time of the call is `Seen`; the record itself may be made later.
Source: AWS CloudTrail User Guide, "CloudTrail record contents", event version 1.11.
"""

from __future__ import annotations

import io
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from botocore.awsrequest import HeadersDict
from botocore.parsers import create_parser
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request
from moto.core.utils import get_service_model

from orchestrator.sandbox.exchange import Answer, Call, Exchange
from orchestrator.sandbox.trail import shapes
from orchestrator.sandbox.trail.identities import federated, from_outside, identity
from orchestrator.sandbox.trail.shapes import written

Json = dict[str, Any]

VERSION = "1.11"
NOT_KEPT = frozenset({"HTTP_AUTHORIZATION", "HTTP_X_AMZ_SECURITY_TOKEN"})
MESSAGE = re.compile(rb"<Message>([^<]*)</Message>|\"[mM]essage\"\s*:\s*\"((?:[^\"\\]|\\.)*)\"")
CODE = re.compile(rb"<Code>([^<]+)</Code>|\"(?:__type|[cC]ode)\"\s*:\s*\"([^\"]+)\"")
REQUEST_IDS = ("x-amzn-requestid", "x-amz-request-id")
ROLE = re.compile(r"arn:aws:iam::(\d{12}):role/.+")
RESOURCES: Mapping[str, str] = {
    "sts": "AWS::IAM::Role",
    "s3": "AWS::S3::Bucket",
    "kms": "AWS::KMS::Key",
}
"""Services whose records name the resource, and of which type it is."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A call and its answer, kept until a record is made of them."""

    time: datetime
    account: str
    """That of the caller; of who comes with a token, that of the role."""
    caller: Json
    call: Call
    environ: Mapping[str, object]
    """Without the signature and the session's token."""
    body: bytes
    resource: str
    answer: Answer


def see(exchange: Exchange, answer: Answer, time: datetime) -> Seen | None:
    """The call, if CloudTrail writes such calls down: known, of somebody, about a resource itself.

    Calls on what is in a resource are data events, which a trail does not have by default.
    """
    call, principal = exchange.call, exchange.principal
    if not call.operation or shapes.is_data(call.service, call.operation):
        return None
    caller = identity(principal) if principal else federated(exchange.parameters)
    if caller is None:
        return None
    kept = {
        name: value
        for name, value in exchange.environ.items()
        if name not in NOT_KEPT and isinstance(value, str | dict)
    }
    if answer.status < 400 and not _answers(call):
        answer = replace(answer, body=b"")
    role = ROLE.fullmatch(str(exchange.parameters.get("RoleArn", "")))
    account = principal.account_id if principal else role[1] if role else ""
    resource = exchange.resource or ""
    return Seen(time, account, caller, call, kept, exchange.body, resource, answer)


def _answers(call: Call) -> bool:
    """Whether a record has what the call was answered: of what is only read, roles alone."""
    return not shapes.reads(call.operation) or call.operation.startswith("AssumeRole")


def record(exchange: Exchange, answer: Answer, time: datetime) -> Json | None:
    """The record for the caller's account; None for calls that CloudTrail does not write down."""
    seen = see(exchange, answer, time)
    return of(seen) if seen else None


def of(seen: Seen) -> Json:
    """What CloudTrail delivers to the account of the caller."""
    call = seen.call
    where = "us-east-1" if call.service in shapes.GLOBAL else call.region
    error = _error(seen)
    answered = response(seen) if not error and _answers(call) else None
    return {
        "eventVersion": VERSION,
        "userIdentity": seen.caller,
        "eventTime": f"{seen.time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "eventSource": shapes.source(call.service, call.prefix),
        "eventName": shapes.event(call.service, call.operation),
        "awsRegion": where,
        "sourceIPAddress": str(seen.environ.get("REMOTE_ADDR", "")),
        "userAgent": str(seen.environ.get("HTTP_USER_AGENT", "")),
        **error,
        "requestParameters": parameters(seen),
        "responseElements": answered,
        "requestID": _request_id(seen.answer),
        "eventID": str(uuid.uuid4()),
        "readOnly": shapes.reads(call.operation),
        **_resources(seen),
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": seen.account,
        "eventCategory": "Management",
    }


def copies(seen: Seen) -> list[Json]:
    """The record, and the one of the other account whose role was taken.

    Source: CloudTrail User Guide, "Cross-account example": both have the same `sharedEventID`.
    """
    own = of(seen)
    role = ROLE.fullmatch(seen.resource)
    if seen.call.service != "sts" or not role or role[1] == own["recipientAccountId"]:
        return [own]
    if "errorCode" in own:
        return [own]
    own["sharedEventID"] = str(uuid.uuid4())
    theirs = {
        **own,
        "userIdentity": from_outside(seen.caller),
        "eventID": str(uuid.uuid4()),
        "recipientAccountId": role[1],
    }
    return [own, theirs]


def parameters(seen: Seen) -> Json | None:
    """What the call was given; None where it was nothing, or cannot be read."""
    call = seen.call
    try:
        model = get_service_model(call.service).operation_model(call.operation)
        request = Request({**seen.environ, "wsgi.input": io.BytesIO(seen.body)})
        parser = PROTOCOL_PARSERS[call.protocol](model, map_type=dict)
        found = parser.parse(
            {
                "method": request.method,
                "values": request.values,
                "headers": request.headers,
                "body": seen.body,
                "url_path": request.path,
                "url_params": dict(call.path_parameters),
            }
        )
    except Exception:  # noqa: BLE001  one call that cannot be read must not cost the others
        return None
    shown = written(call.service, model.input_shape, found)
    return of_bucket(shown, seen.environ) if call.service == "s3" else _at_aws(call, shown)


def _at_aws(call: Call, shown: Json | None) -> Json | None:
    """A queue's address is one of AWS, not of the sandbox: investigators look for that."""
    url = (shown or {}).get("queueUrl")
    if call.service != "sqs" or shown is None or not isinstance(url, str):
        return shown
    path = urlsplit(url).path
    return {**shown, "queueUrl": f"https://sqs.{call.region}.amazonaws.com{path}"}


def of_bucket(shown: Json | None, environ: Mapping[str, object]) -> Json:
    """S3 names the bucket, the host and the sub-resource, and writes a policy as JSON."""
    given = {name: value for name, value in (shown or {}).items() if name != "Bucket"}
    text = given.pop("Policy", None)
    if isinstance(text, str):
        try:
            given["bucketPolicy"] = json.loads(text)
        except ValueError:
            given["bucketPolicy"] = text
    bucket = (shown or {}).get("Bucket")
    marks = {part: "" for part in str(environ.get("QUERY_STRING", "")).split("&") if part}
    subresources = {name.rstrip("="): "" for name in marks if "=" not in name.rstrip("=")}
    return {
        **({"bucketName": bucket} if bucket else {}),
        "Host": str(environ.get("HTTP_HOST", "")),
        **subresources,
        **given,
    }


def response(seen: Seen) -> Json | None:
    """What the call was answered; None where it was nothing, or cannot be read."""
    call, answer = seen.call, seen.answer
    if call.service in ("s3", "s3control"):
        return None
    try:
        shape = get_service_model(call.service).operation_model(call.operation).output_shape
        found = create_parser(call.protocol).parse(
            {
                "status_code": answer.status,
                "headers": HeadersDict(answer.headers),
                "body": answer.body,
            },
            shape,
        )
    except Exception:  # noqa: BLE001  moto answers some calls in forms that AWS does not have
        return None
    return _at_aws(call, written(call.service, shape, found))


def _error(seen: Seen) -> Json:
    answer = seen.answer
    if answer.status < 400:
        return {}
    code = answer.code or _header_code(answer) or _first(CODE, answer.body) or str(answer.status)
    code = code.rpartition("#")[2]
    prefix = "Client." if seen.call.service == "ec2" else ""
    return {"errorCode": f"{prefix}{code}", "errorMessage": _first(MESSAGE, answer.body)}


def _header_code(answer: Answer) -> str:
    named = (value for name, value in answer.headers if name.lower() == "x-amzn-errortype")
    return next(named, "").partition(":")[0]


def _first(pattern: re.Pattern[bytes], body: bytes) -> str:
    match = pattern.search(body)
    found = next(filter(None, match.groups()), b"") if match else b""
    return found.decode("utf-8", "replace")


def _request_id(answer: Answer) -> str:
    found = (value for name, value in answer.headers if name.lower() in REQUEST_IDS)
    return next(found, "") or str(uuid.uuid4())


def _resources(seen: Seen) -> Json:
    kind = RESOURCES.get(seen.call.service)
    if not kind or not seen.resource.startswith("arn:") or "*" in seen.resource:
        return {}
    account = seen.resource.split(":")[4] or seen.account
    return {"resources": [{"accountId": account, "type": kind, "ARN": seen.resource}]}
