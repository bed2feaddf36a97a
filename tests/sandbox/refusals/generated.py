"""Probes made by machine from AWS's own service models, at the edges of what they allow.

The models are read as botocore keeps them; the codes are written down here, from each service's
API Reference ("Errors", "Common Error Types").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import ServiceModel

from tests.sandbox.refusals.probe import GONE, Case, Params

CODES: Mapping[str, str] = {
    "accessanalyzer": "ValidationException",
    "cloudtrail": "ValidationException",
    "config": "ValidationException",
    "dynamodb": "ValidationException",
    "ecr": "InvalidParameterException",
    "events": "ValidationException",
    "firehose": "ValidationException",
    "guardduty": "BadRequestException",
    "iam": "ValidationError",
    "inspector2": "ValidationException",
    "kms": "ValidationException",
    "lambda": "ValidationException",
    "logs": "InvalidParameterException",
    "organizations": "InvalidInputException",
    "secretsmanager": "ValidationException",
    "securityhub": "InvalidInputException",
    "ssm": "ValidationException",
    "stepfunctions": "ValidationException",
    "sts": "ValidationError",
}
CLIENT_SIDE = frozenset({"EndpointId"})
"""Members from which the client makes the address it asks."""
UNSENT = ("uri", "header", "headers", "querystring")


def generated(cases: Iterable[Case]) -> Iterator[Case]:
    """For each case, one whose rows break one top-level member each, as the model has it."""
    for case in cases:
        rows = list(_rows(case)) if case.service in CODES else []
        if rows:
            source = f"botocore's model of {case.service}, {case.operation}"
            sane, management = case.sane, case.management
            yield Case(case.service, case.operation, sane, rows, source, management)


def _rows(case: Case) -> Iterator[tuple[str, Params, str]]:
    loaded = Loader().load_service_model(case.service, "service-2")
    model = ServiceModel(loaded, case.service)
    names = {xform_name(name): name for name in model.operation_names}
    shape: Any = model.operation_model(names[case.operation]).input_shape
    code = CODES[case.service]
    for name, member in shape.members.items():
        if member.serialization.get("location") in UNSENT or name in CLIENT_SIDE:
            continue
        if name in shape.required_members:
            yield f"without {name}", {name: GONE}, code
        for what, value in _broken(member):
            yield f"{name} {what}", {name: value}, code


def _broken(member: Any) -> Iterator[tuple[str, Any]]:
    least, most = member.metadata.get("min"), member.metadata.get("max")
    kind = member.type_name
    if kind == "string":
        if member.enum:
            yield "of no kind the model has", "no-such-value"
        if most is not None and most < 300_000:
            yield f"of {most + 1} characters", "a" * (most + 1)
        if least:
            yield f"of {least - 1} characters", "a" * (least - 1)
    elif kind in ("integer", "long"):
        if most is not None:
            yield f"of {most + 1}", most + 1
        if least is not None:
            yield f"of {least - 1}", least - 1
    elif kind == "list" and least:
        yield "of nothing", []
