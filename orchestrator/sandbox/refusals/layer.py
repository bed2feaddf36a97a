"""The layer that refuses what AWS refuses: the input read by its shape, held against all rules."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

from moto.core.parse import PROTOCOL_PARSERS, RequestParserError
from moto.core.request import EnvironHeaders
from moto.core.utils import get_service_model
from werkzeug.datastructures import MultiDict

from orchestrator.sandbox.exchange import Answer, Call, Exchange, Handle, error
from orchestrator.sandbox.operations import protocol
from orchestrator.sandbox.refusals import Asked, Refused
from orchestrator.sandbox.refusals.rules import RULES
from orchestrator.sandbox.refusals.shapes import Violation, check_of

UNREADABLE = (ValueError, TypeError, AttributeError, KeyError, RequestParserError)
"""What moto's parsers stumble over when a member has the wrong type."""


def read(exchange: Exchange) -> Mapping[str, Any]:
    """The members that were given. Raises one of UNREADABLE."""
    call = exchange.call
    model = get_service_model(call.service).operation_model(call.operation)
    parser = PROTOCOL_PARSERS[call.protocol](model)
    found = parser.parse(
        {
            "method": exchange.text("REQUEST_METHOD"),
            "values": _values(exchange),
            "headers": EnvironHeaders(exchange.environ),
            "body": exchange.body,
            "url_path": exchange.text("PATH_INFO"),
            "url_params": dict(call.path_parameters),
        }
    )
    return found or {}


def _values(exchange: Exchange) -> MultiDict[str, str]:
    pairs = parse_qsl(exchange.text("QUERY_STRING"), keep_blank_values=True)
    if exchange.call.protocol in ("query", "ec2"):
        pairs += parse_qsl(exchange.body.decode("utf-8", "replace"), keep_blank_values=True)
    return MultiDict(pairs)


CODES: Mapping[str, str] = {
    "apigateway": "BadRequestException",
    "apigatewayv2": "BadRequestException",
    "appsync": "BadRequestException",
    "athena": "InvalidRequestException",
    "backup": "InvalidParameterValueException",
    "batch": "ClientException",
    "cloudfront": "InvalidArgument",
    "codebuild": "InvalidInputException",
    "cognito-identity": "InvalidParameterException",
    "cognito-idp": "InvalidParameterException",
    "datasync": "InvalidRequestException",
    "dms": "InvalidParameterValueException",
    "ecr": "InvalidParameterException",
    "ecs": "InvalidParameterException",
    "efs": "BadRequest",
    "eks": "InvalidParameterException",
    "fms": "InvalidInputException",
    "glue": "InvalidInputException",
    "guardduty": "BadRequestException",
    "kafka": "BadRequestException",
    "logs": "InvalidParameterException",
    "mq": "BadRequestException",
    "network-firewall": "InvalidRequestException",
    "organizations": "InvalidInputException",
    "ram": "InvalidParameterException",
    "route53": "InvalidInput",
    "s3": "MalformedXML",
    "s3control": "InvalidRequest",
    "securityhub": "InvalidInputException",
    "securitylake": "BadRequestException",
    "sesv2": "BadRequestException",
    "sns": "InvalidParameter",
    "sqs": "InvalidParameterValue",
    "waf-regional": "WAFInvalidParameterException",
    "wafv2": "WAFInvalidParameterException",
    "xray": "InvalidRequestException",
}
"""Services with a name of their own for it. Source: each one's API Reference, "Errors"."""

BY_PROTOCOL: Mapping[str, str] = {
    "json": "ValidationException",
    "rest-json": "ValidationException",
    "query": "ValidationError",
    "rest-xml": "InvalidArgument",
    "ec2": "InvalidParameterValue",
}
"""Source: "Common Error Types" in each API Reference."""

PLAIN_QUERY = frozenset(
    ("rds", "docdb", "neptune", "redshift", "elasticache", "cloudwatch", "ec2", "sqs")
)
"""Services that answer for one parameter at a time. Source: Amazon EC2 and RDS API References,
"Common errors": MissingParameter, InvalidParameterValue."""

MALFORMED: Mapping[str, str] = {
    "json": "SerializationException",
    "rest-json": "SerializationException",
    "query": "MalformedInput",
    "rest-xml": "MalformedXML",
    "ec2": "InvalidParameterValue",
}
"""What cannot be read at all. Source: Smithy's AWS protocols, "SerializationException"."""


def refusal(call: Call, violations: Sequence[Violation]) -> Refused:
    """Every wrong member in one sentence, as AWS says it; the first alone where AWS does that."""
    if call.service in PLAIN_QUERY:
        return _one(violations[0])
    unified = call.service == "securityhub" and call.operation.endswith("V2")
    code = (
        "ValidationException"
        if unified
        else CODES.get(call.service, BY_PROTOCOL.get(call.protocol, "ValidationException"))
    )
    if call.service == "s3":
        return _of_s3(violations[0])
    many = "error" if len(violations) == 1 else "errors"
    text = "; ".join(str(violation) for violation in violations)
    return Refused(code, f"{len(violations)} validation {many} detected: {text}")


def _one(violation: Violation) -> Refused:
    name = violation.path[:1].upper() + violation.path[1:]
    if violation.kind == "required":
        return Refused("MissingParameter", f"The request must contain the parameter {name}")
    text = f"Value ({violation.value}) for parameter {name} is invalid. {violation.rule}"
    return Refused("InvalidParameterValue", text)


def _of_s3(violation: Violation) -> Refused:
    """Source: Amazon S3 API Reference, "Error responses"."""
    if violation.path.endswith("locationConstraint"):
        text = "The specified location-constraint is not valid"
        return Refused("InvalidLocationConstraint", text)
    if violation.path == "storageClass":
        return Refused("InvalidStorageClass", "The storage class you specified is not valid")
    if "." not in violation.path:
        return Refused("InvalidArgument", str(violation))
    text = "The XML you provided was not well-formed or did not validate against our published"
    return Refused("MalformedXML", f"{text} schema ({violation})")


log = logging.getLogger(__name__)


def refusals(inner: Handle) -> Handle:
    """Hold each request against its model and the rules of its operation; refuse, or go on."""

    def handle(exchange: Exchange) -> Answer:
        call = exchange.call
        if not call.operation or not protocol(call.service):
            return inner(exchange)
        refused = judged(exchange)
        if refused is None:
            return inner(exchange)
        return error(call, refused.status, refused.code, refused.message)

    return handle


def judged(exchange: Exchange) -> Refused | None:
    """Why AWS refuses the request; None where nothing is wrong with it."""
    call = exchange.call
    check = check_of(call.service, call.operation)
    rules = RULES.get(call.service, {}).get(call.operation, ())
    if check is None and not rules:
        return None
    try:
        params = read(exchange)
    except UNREADABLE as unreadable:
        return _unreadable(call, unreadable)
    violations = list(check(params, "")) if check else []
    if violations:
        return refusal(call, violations)
    who = exchange.principal
    account_id, caller = (who.account_id, who.identity) if who else ("", "")
    asked = Asked(call.service, call.operation, params, account_id, call.region, caller)
    return next((refused for rule in rules for refused in rule(asked)), None)


def _unreadable(call: Call, why: Exception) -> Refused:
    log.warning("%s:%s could not be read: %s", call.service, call.operation, why)
    return Refused(MALFORMED[call.protocol], f"the request could not be read: {why}")
