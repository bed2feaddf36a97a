"""One request and its answer, as the layers of the sandbox see them; errors by protocol.

Source: Smithy's AWS protocols (awsJson, restJson1, awsQuery, ec2Query, restXml).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import uuid4
from xml.sax.saxutils import escape

Environ = dict[str, object]
Headers = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back. `code` is AWS's error code when a layer refused the request."""

    status: int
    headers: Headers
    body: bytes
    code: str = ""


@dataclass(frozen=True, slots=True)
class Call:
    """What a request asks for, in AWS's words.

    `service` is botocore's name ('s3control'), `prefix` the one of IAM actions ('s3');
    `operation` is '' when the service has no such operation. `protocol` is one of query, ec2,
    json, rest-json and rest-xml, and decides the shape of an error.
    """

    service: str = ""
    prefix: str = ""
    operation: str = ""
    protocol: str = "rest-json"
    region: str = "us-east-1"
    path_parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who makes a call.

    `arn` is the form AWS shows: for a role, the session (`…:assumed-role/name/session`);
    `identity` is what owns the policies: the role's or the user's ARN.
    """

    account_id: str
    arn: str
    identity: str
    access_key_id: str
    session_policy: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    session_policy_arns: tuple[str, ...] = ()
    source_identity: str = ""
    issued: str = ""
    """When a session began, as AWS writes moments; '' for a key that does not end."""

    @property
    def is_role(self) -> bool:
        return ":role/" in self.identity


@dataclass(frozen=True, slots=True)
class Need:
    """What a call needs of its caller: an action, the ARN it is asked on, the call's own keys.

    `resource` is '*' for an action that has no type of resource.
    """

    action: str
    resource: str
    keys: Mapping[str, Sequence[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Exchange:
    """A request on its way through the layers; each adds what it finds out."""

    environ: Environ
    body: bytes
    call: Call = field(default_factory=Call)
    principal: Principal | None = None
    action: str = ""
    resource: str | None = None
    """The IAM action and the ARN it is about, where they are known."""
    needs: tuple[Need, ...] = ()
    """All that the caller has to be allowed, the call's own action first."""
    refused: Need | None = None
    """The first of them that the caller is not allowed."""
    allowed: bool | None = None
    """What the caller's policies say; None where nobody asked them."""
    parameters: Mapping[str, object] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A variable of the environ as text; '' when it is not there."""
        value = self.environ.get(name, "")
        return value if isinstance(value, str) else ""


Handle = Callable[[Exchange], Answer]
"""A layer, or all layers from one inwards."""


NOT_IMPLEMENTED = "SandboxNotImplemented"


def error(call: Call, status: int, code: str, message: str) -> Answer:
    """An error that the caller's SDK reads as `code` and `message`."""
    request_id = str(uuid4())
    if call.protocol in ("json", "rest-json"):
        return _json(call, status, code, message, request_id)
    return _xml(call, status, code, message, request_id)


def plain(status: int, code: str, message: str) -> Answer:
    """An error for a request of which not even the service is known."""
    return error(Call(), status, code, message)


def not_implemented(call: Call, detail: str = "") -> Answer:
    """The sandbox lacks this call. A 400, which no SDK tries again."""
    what = f"{call.service}:{call.operation}" if call.operation else f"this call of {call.service}"
    message = f"the sandbox does not implement {what}" + (f" ({detail})" if detail else "")
    return error(call, 400, NOT_IMPLEMENTED, message)


def _json(call: Call, status: int, code: str, message: str, request_id: str) -> Answer:
    version = "x-amz-json-1.1" if call.protocol == "json" else "json"
    headers: Headers = [
        ("Content-Type", f"application/{version}"),
        ("x-amzn-ErrorType", code),
        ("x-amzn-RequestId", request_id),
    ]
    body = json.dumps({"__type": code, "message": message, "Message": message}).encode()
    return Answer(status, headers, body, code)


def _xml(call: Call, status: int, code: str, message: str, request_id: str) -> Answer:
    sender = "Sender" if status < 500 else "Receiver"
    inner = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    if call.protocol == "ec2":
        text = f"<Response><Errors><Error>{inner}</Error></Errors><RequestID>{request_id}"
        text += "</RequestID></Response>"
    elif call.service == "s3":
        text = f"<Error>{inner}<RequestId>{request_id}</RequestId></Error>"
    else:
        text = f"<ErrorResponse><Error><Type>{sender}</Type>{inner}</Error>"
        text += f"<RequestId>{request_id}</RequestId></ErrorResponse>"
    headers = [("Content-Type", "text/xml"), ("x-amzn-RequestId", request_id)]
    headers += [("x-amz-request-id", request_id)] if call.service == "s3" else []
    return Answer(status, headers, f'<?xml version="1.0"?>{text}'.encode(), code)


def denied(call: Call, message: str) -> Answer:
    """What the service says to a caller whose policies do not allow the call."""
    if call.protocol == "ec2":
        return error(call, 403, "UnauthorizedOperation", message)
    if call.protocol in ("query", "rest-xml"):
        return error(call, 403, "AccessDenied", message)
    status = 403 if call.protocol == "rest-json" else 400
    return error(call, status, "AccessDeniedException", message)


def unknown_key(call: Call) -> Answer:
    """What the service says to an access key that nobody has issued.

    Source: "Common Errors" in the API References of Amazon EC2, AWS STS, AWS Lambda and Amazon
    DynamoDB; Amazon SQS's JSON has kept the codes of its query protocol.
    """
    if call.service == "s3":
        text = "The AWS Access Key Id you provided does not exist in our records."
        return error(call, 403, "InvalidAccessKeyId", text)
    if call.protocol == "ec2":
        text = "AWS was not able to validate the provided access credentials"
        return error(call, 401, "AuthFailure", text)
    text = "The security token included in the request is invalid."
    if call.protocol in ("json", "rest-json") and call.service not in ("sqs", ""):
        status = 400 if call.protocol == "json" else 403
        return error(call, status, "UnrecognizedClientException", text)
    return error(call, 403, "InvalidClientTokenId", text)


def not_enabled(call: Call, *, session: bool) -> Answer:
    """What the service says in a region that the account has not enabled: it knows no such key.

    Source: AWS General Reference, "Troubleshooting AWS access keys", and AWS re:Post, "How do I
    resolve InvalidClientTokenId errors" (the region has to be enabled).
    """
    if call.service == "s3" and session:
        return error(
            call, 400, "InvalidToken", "The provided token is malformed or otherwise invalid."
        )
    return unknown_key(call)


def expired(call: Call) -> Answer:
    """What the service says to temporary credentials after their time."""
    code = "ExpiredToken" if call.protocol in ("query", "rest-xml") else "ExpiredTokenException"
    text = "The security token included in the request is expired"
    return error(call, 400 if call.service == "s3" else 403, code, text)


def unsigned(call: Call) -> Answer:
    """What the service says to a request without credentials."""
    if call.service == "s3":
        return error(call, 403, "AccessDenied", "Access Denied")
    return error(call, 403, "MissingAuthenticationToken", "Missing Authentication Token")
