"""What holds of a caller wherever it calls: its own policies, its limits, who it is.

Source: IAM User Guide, "AWS global condition context keys"; AWS STS API Reference, AssumeRole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from moto.iam.models import iam_backends

from orchestrator.sandbox.conditions import Context
from orchestrator.sandbox.exchange import Principal
from orchestrator.sandbox.organization import Levels, organization_of, service_control


@dataclass(frozen=True, slots=True)
class Standing:
    """A caller's policies at one moment; a boundary that names nothing allows nothing."""

    principal: Principal
    identity: Sequence[str]
    boundary: str | None
    session: Sequence[str] | None
    service_control: Levels


def standing(principal: Principal) -> Standing:
    """Read from moto's IAM and Organizations."""
    identity, boundary = documents(principal)
    limits = service_control(principal.account_id, principal.identity)
    return Standing(principal, identity, boundary, session_documents(principal), limits)


def session_documents(principal: Principal) -> Sequence[str] | None:
    """The policies a session was narrowed with, None where it was not."""
    texts = [principal.session_policy] if principal.session_policy else []
    texts += [document_of(principal.account_id, arn) for arn in principal.session_policy_arns]
    return texts or None


def owner_of(principal: Principal) -> Any:
    """The role or user that moto has; None when it is gone."""
    iam = iam_backends[principal.account_id]["aws"]
    if principal.is_role:
        roles = list(iam.roles.values())
        return next((role for role in roles if role.arn == principal.identity), None)
    return iam.users.get(principal.identity.rpartition("/")[2])


def documents(principal: Principal) -> tuple[Sequence[str], str | None]:
    """The policies of a role or user as moto holds them, and its permissions boundary."""
    owner = owner_of(principal)
    if owner is None:
        return [], None
    iam = iam_backends[principal.account_id]["aws"]
    groups = [] if principal.is_role else [g for g in list(iam.groups.values()) if owner in g.users]
    found = [text for one in (owner, *groups) for text in granted(one)]
    boundary = getattr(owner, "permissions_boundary_arn", None)
    return found, document_of(principal.account_id, boundary) if boundary else None


def granted(one: Any) -> list[str]:
    """The policies of a role, user or group itself, inline and attached."""
    attached = [_default(policy) for policy in list(one.managed_policies.values())]
    return [*_inline(one.policies), *attached]


def document_of(account_id: str, arn: str) -> str:
    """The default version of a managed policy; '' for one that is not there."""
    policy = iam_backends[account_id]["aws"].managed_policies.get(arn)
    return _default(policy) if policy else ""


def _inline(policies: object) -> list[str]:
    values = list(policies.values()) if isinstance(policies, dict) else []
    return [value if isinstance(value, str) else value.policy_document for value in values]


def _default(policy: object) -> str:
    versions = getattr(policy, "versions", [])
    return str(next((version.document for version in versions if version.is_default), ""))


def about_caller(principal: Principal) -> Context:
    """The keys that say who calls."""
    owner = owner_of(principal)
    name = principal.arn.rpartition("/")[2]
    unique = str(getattr(owner, "id", "")) or "unknown"
    keys: dict[str, Sequence[str]] = {
        "aws:principalarn": [principal.identity],
        "aws:principalaccount": [principal.account_id],
        "aws:principaltype": ["AssumedRole" if principal.is_role else "User"],
        "aws:principalisawsservice": ["false"],
        "aws:viaawsservice": ["false"],
        "aws:userid": [f"{unique}:{name}" if principal.is_role else unique],
    }
    if not principal.is_role:
        keys["aws:username"] = [name]
    if principal.issued:
        keys["aws:tokenissuetime"] = [principal.issued]
        keys["aws:multifactorauthpresent"] = ["false"]
    if principal.source_identity:
        keys["aws:sourceidentity"] = [principal.source_identity]
    tags = {**_tags(owner), **principal.tags}
    keys |= {f"aws:principaltag/{key.lower()}": [value] for key, value in tags.items()}
    return {**keys, **of_organization("principal", principal.account_id)}


def of_organization(whose: str, account_id: str) -> Context:
    """`aws:PrincipalOrgID` and `aws:PrincipalOrgPaths`, or those of the resource."""
    organization = organization_of(account_id) if account_id.isdigit() else None
    if organization is None:
        return {}
    path = "/".join((organization.id, *reversed(organization.path(account_id)[1:])))
    return {f"aws:{whose}orgid": [organization.id], f"aws:{whose}orgpaths": [f"{path}/"]}


def _tags(owner: Any) -> dict[str, str]:
    tags = getattr(owner, "tags", None) or {}
    if isinstance(tags, dict):
        return {str(k): str(v["Value"] if isinstance(v, dict) else v) for k, v in tags.items()}
    return {str(tag["Key"]): str(tag["Value"]) for tag in tags}
