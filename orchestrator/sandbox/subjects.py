"""Condition keys that say something of the resource a call is about, as it is now."""

from __future__ import annotations

from collections.abc import Mapping

from moto.iam.models import iam_backends

from orchestrator.sandbox.conditions import Context
from orchestrator.sandbox.exchange import Call, Principal
from orchestrator.sandbox.resource_policies import existing


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


def resource_tags(arn: str) -> Mapping[str, str]:
    """The tags of a resource, where moto keeps them in one of its usual ways."""
    parts = arn.split(":", 5)
    if len(parts) < 6 or "*" in arn:
        return {}
    _, _, service, region, account_id, resource = parts
    if service == "iam":
        return _of_identity(account_id, resource)
    backend = existing(service, account_id, region)
    if service == "ec2":
        tags = backend.tags.get(resource.rpartition("/")[2], {}) if backend is not None else {}
        return {str(key): str(value) for key, value in tags.items()}
    tagger = getattr(backend, "tagger", None)
    return dict(tagger.get_tag_dict_for_resource(arn)) if tagger is not None else {}


def _of_identity(account_id: str, resource: str) -> Mapping[str, str]:
    if account_id not in iam_backends:
        return {}
    iam = iam_backends[account_id]["aws"]
    kind, name = resource.partition("/")[0], resource.rpartition("/")[2]
    things = {"role": iam.roles, "policy": iam.managed_policies, "user": iam.users}.get(kind, {})
    thing = next((each for each in list(things.values()) if each.name == name), None)
    tags = getattr(thing, "tags", None) or {}
    return {str(k): str(v["Value"] if isinstance(v, dict) else v) for k, v in tags.items()}
