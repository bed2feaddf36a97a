"""The error code under which each service refuses what its model does not allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orchestrator.sandbox.exchange import Call
from orchestrator.sandbox.refusals.refused import Refused
from orchestrator.sandbox.refusals.shapes import Violation

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
    code = CODES.get(call.service, BY_PROTOCOL.get(call.protocol, "ValidationException"))
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
