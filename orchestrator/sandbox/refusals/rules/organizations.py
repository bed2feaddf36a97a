"""AWS Organizations: policies that are enabled, well formed and not too many."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from moto.organizations.models import organizations_backends

from orchestrator.sandbox.refusals import Asked, Refused, Rules
from orchestrator.sandbox.refusals.rules import documents

MOST_POLICIES = 5
LARGEST = {"SERVICE_CONTROL_POLICY": 10240, "RESOURCE_CONTROL_POLICY": 5120, "TAG_POLICY": 10000}
"""Source: AWS Organizations User Guide, "Quotas": a service control policy 10,240 characters."""

EMAIL = re.compile(r"[^\s@<>(),;:\\\"\[\]]+@[^\s@<>(),;:\\\"\[\]]+\.[^\s@<>(),;:\\\"\[\]]+")
AUTHORIZATION = frozenset({"SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"})


def email(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Organizations API Reference, CreateAccount, "Email"."""
    if not EMAIL.fullmatch(asked.text("Email")):
        yield Refused("InvalidInputException", "You provided an email address that is not valid.")


def content(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Organizations User Guide, "SCP syntax" and "RCP syntax"."""
    text = asked.text("Content")
    kind = asked.text("Type") or _type_of(asked)
    if not text and asked.operation == "UpdatePolicy":
        return
    document = documents.loaded(text)
    malformed = Refused(
        "MalformedPolicyDocumentException", "The provided policy document is not valid."
    )
    if document is None:
        yield malformed
        return
    if len(text) > LARGEST.get(kind, 10240):
        text = "You have exceeded the allowed size of a policy document."
        yield Refused("ConstraintViolationException", text)
    if kind in AUTHORIZATION and next(_wrong(document, kind), None):
        yield malformed


def _wrong(document: documents.Json, kind: str) -> Iterator[str]:
    yield from documents.malformed(document, resources=True, principals=False)
    for one in documents.statements(document):
        if kind == "SERVICE_CONTROL_POLICY" and ("Principal" in one or "NotPrincipal" in one):
            yield "principals are not supported in a service control policy"
        denies = one.get("Effect") == "Deny" and one.get("Principal") in ("*", {"AWS": "*"})
        if kind == "RESOURCE_CONTROL_POLICY" and not denies:
            yield "a resource control policy denies everyone something"
        if one.get("Sid") and not documents.SID.fullmatch(str(one["Sid"])):
            yield "Sid"


def attached(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Organizations API Reference, AttachPolicy; quotas: 5 of a type for a target."""
    policy, target = _policy(asked), _target(asked)
    if policy is None or target is None:
        return
    enabled = {one["Type"] for one in _root(asked).policy_types if one["Status"] == "ENABLED"}
    if policy.type not in enabled:
        text = "This operation can be performed only for enabled policy types."
        yield Refused("PolicyTypeNotEnabledException", text)
    there = [one for one in target.attached_policies if one.type == policy.type]
    if policy in there:
        text = "A policy with the same name is attached to the target already."
        yield Refused("DuplicatePolicyAttachmentException", text)
    elif len(there) >= MOST_POLICIES:
        text = "You have attained the maximum number of policies that can be attached to a target."
        yield Refused("ConstraintViolationException", text)


def detached(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Organizations API Reference, DetachPolicy: one service control policy stays."""
    policy, target = _policy(asked), _target(asked)
    if policy is None or target is None:
        return
    there = [one for one in target.attached_policies if one.type == policy.type]
    if policy not in there:
        text = "The policy isn't attached to the specified target in the specified root."
        yield Refused("PolicyNotAttachedException", text)
    elif len(there) == 1 and policy.type == "SERVICE_CONTROL_POLICY":
        text = "You can't detach the last service control policy from a target."
        yield Refused("ConstraintViolationException", text)


def moved(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Organizations API Reference, MoveAccount."""
    backend = _backend(asked)
    account = next((a for a in backend.accounts if a.id == asked.text("AccountId")), None)
    units = {unit.id for unit in backend.ou}
    if asked.text("DestinationParentId") not in units:
        text = "We can't find the destination container (a root or OU)."
        yield Refused("DestinationParentNotFoundException", text)
    if account is not None and account.parent_id != asked.text("SourceParentId"):
        text = "We can't find a source root or OU with the ParentId that you specified."
        yield Refused("SourceParentNotFoundException", text)
    if account is not None and account.parent_id == asked.text("DestinationParentId"):
        text = "That account is already present in the specified destination."
        yield Refused("DuplicateAccountException", text)


def emptied(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Organizations API Reference, DeleteOrganizationalUnit."""
    backend, unit = _backend(asked), asked.text("OrganizationalUnitId")
    if any(one.parent_id == unit for one in (*backend.accounts, *backend.ou)):
        text = "The specified OU is not empty. Move all accounts to another root or to other OUs."
        yield Refused("OrganizationalUnitNotEmptyException", text)


def named(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Organizations API Reference, CreateOrganizationalUnit: any character."""
    units, parent = _backend(asked).ou, asked.text("ParentId")
    if parent not in {unit.id for unit in units}:
        text = "We can't find a root or OU with the ParentId that you specified."
        yield Refused("ParentNotFoundException", text)
    if any(u.parent_id == parent and u.name == asked.text("Name") for u in units):
        text = "An OU with the same name already exists."
        yield Refused("DuplicateOrganizationalUnitException", text)


def renamed(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Organizations API Reference, UpdateOrganizationalUnit."""
    units = _backend(asked).ou
    own = next((u for u in units if u.id == asked.text("OrganizationalUnitId")), None)
    others = [u for u in units if own is not None and u.parent_id == own.parent_id and u is not own]
    if any(u.name == asked.text("Name") for u in others):
        text = "An OU with the same name already exists."
        yield Refused("DuplicateOrganizationalUnitException", text)


def _backend(asked: Asked) -> Any:
    master, partition = organizations_backends.master_accounts.get(
        asked.account_id, (asked.account_id, "aws")
    )
    return organizations_backends[master][partition]


def _root(asked: Asked) -> Any:
    backend = _backend(asked)
    return next(unit for unit in backend.ou if unit.id == backend.org.root_id)


def _policy(asked: Asked) -> Any:
    policies = _backend(asked).policies
    return next((one for one in policies if one.id == asked.text("PolicyId")), None)


def _type_of(asked: Asked) -> str:
    policy = _policy(asked)
    return str(policy.type) if policy is not None else ""


def _target(asked: Asked) -> Any:
    backend, target = _backend(asked), asked.text("TargetId")
    return next((one for one in (*backend.ou, *backend.accounts) if one.id == target), None)


RULES: Rules = {
    "CreateAccount": (email,),
    "CreateOrganizationalUnit": (named,),
    "CreatePolicy": (content,),
    "UpdatePolicy": (content,),
    "AttachPolicy": (attached,),
    "DetachPolicy": (detached,),
    "MoveAccount": (moved,),
    "DeleteOrganizationalUnit": (emptied,),
    "UpdateOrganizationalUnit": (renamed,),
}
