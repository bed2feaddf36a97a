"""Condition keys that say something of the resource a call is about, as it is now."""

from __future__ import annotations

from collections.abc import Mapping

from moto.iam.models import iam_backends

from orchestrator.sandbox.conditions import Context
from orchestrator.sandbox.exchange import Call, Principal


def about(principal: Principal, call: Call, parameters: Mapping[str, object]) -> Context:
    """Source: Service Authorization Reference, of IAM and of AWS Lambda."""
    match call.service:
        case "iam" if "PermissionsBoundary" not in parameters:
            return _boundary(principal, parameters)
        case "lambda" if "EventSourceMapping" in call.operation:
            return _function(principal, call, parameters)
    return {}


def _boundary(principal: Principal, parameters: Mapping[str, object]) -> Context:
    """`iam:PermissionsBoundary` is also the boundary that a role has already."""
    roles = list(iam_backends[principal.account_id]["aws"].roles.values())
    role = next((r for r in roles if r.name == parameters.get("RoleName")), None)
    arn = role.permissions_boundary_arn if role else None
    return {"iam:permissionsboundary": [arn]} if arn else {}


def _function(principal: Principal, call: Call, parameters: Mapping[str, object]) -> Context:
    """`lambda:FunctionArn`, that of the mapping that is there or of the one to be made."""
    from moto.awslambda.utils import get_backend  # noqa: PLC0415  loads a service of moto

    mappings = get_backend(principal.account_id, call.region)._event_source_mappings
    mapping = mappings.get(parameters.get("UUID"))
    arn = mapping.function_arn if mapping else parameters.get("FunctionName")
    return {"lambda:functionarn": [str(arn)]} if arn else {}
