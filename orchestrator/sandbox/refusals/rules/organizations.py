"""AWS Organizations: policies that are enabled, well formed and not too many."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from moto.organizations.models import organizations_backends

from orchestrator.model import organization_policies as policies
from orchestrator.model import policy_inheritance as inheritance
from orchestrator.sandbox.refusals import Asked, Refused, Rules
from orchestrator.sandbox.refusals.rules import documents
from orchestrator.sandbox.services.organizations import declarative

MOST_POLICIES, MOST_OTHERS = 10, 5
FIVE = frozenset({"RESOURCE_CONTROL_POLICY", "CHATBOT_POLICY", "AISERVICES_OPT_OUT_POLICY"})
LARGEST = {
    "SERVICE_CONTROL_POLICY": 10240,
    "RESOURCE_CONTROL_POLICY": 5120,
    "AISERVICES_OPT_OUT_POLICY": 2500,
}
LARGEST_OTHERS, MOST_OF_A_TYPE = 10000, 1000
"""Source: AWS Organizations User Guide, "Quotas": a service control policy 10,240 characters, a
declarative one, a Security Hub policy among them, 10,000; ten of most types at an entity."""

EMAIL = re.compile(r"[^\s@<>(),;:\\\"\[\]]+@[^\s@<>(),;:\\\"\[\]]+\.[^\s@<>(),;:\\\"\[\]]+")
SECURITY_HUB = "securityhub.amazonaws.com"
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
    if len(text) > LARGEST.get(kind, LARGEST_OTHERS):
        text = "You have exceeded the allowed size of a policy document."
        yield Refused("ConstraintViolationException", text)
    if kind in AUTHORIZATION and next(_wrong(document, kind), None):
        yield malformed
    if kind in SYNTAX and next(SYNTAX[kind](document), None):
        yield malformed


def numerous(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Organizations User Guide, "Quotas": number of policies of each type."""
    kind = asked.text("Type")
    there = [one for one in _backend(asked).policies if one.type == kind]
    if kind not in AUTHORIZATION and len(there) >= MOST_OF_A_TYPE:
        text = "You have attained the maximum number of policies in an organization."
        yield Refused("ConstraintViolationException", text)


def _regional(said: object, path: str) -> Iterator[str]:
    """Lists of regions under operators. A child policy may leave either list to its parents."""
    for name, value in said.items() if isinstance(said, dict) else ():
        if name not in (policies.ENABLE, policies.DISABLE):
            continue
        for operator, names in value.items() if isinstance(value, dict) else ():
            if operator.startswith("@@operators"):
                continue
            if not isinstance(names, list) or declarative.unknown_regions(names):
                yield f"{path}/{name}: a list of regions"


def _hub(document: documents.Json) -> Iterator[str]:
    """Source: AWS Organizations User Guide, "Security Hub policy syntax and examples"."""
    yield from inheritance.mistakes(document)
    if set(document) != {policies.HUB}:
        yield "one key alone at the top"
        return
    said = document[policies.HUB]
    yield from _keys(said, {policies.ENABLE, policies.DISABLE, "features"})
    yield from _regional(said, policies.HUB)
    for name, feature in said.get("features", {}).items():
        yield from _keys(feature, {policies.ENABLE, policies.DISABLE})
        yield from _regional(feature, name)
        if name != "network_scanning":
            yield f"{name} is not a feature"


def _cspm(document: documents.Json) -> Iterator[str]:
    """Source: AWS Organizations User Guide, "Security Hub CSPM policy syntax and examples", for
    the lists of regions; the other keys are assumed, see model/organization_policies.py.
    """
    yield from inheritance.mistakes(document)
    if set(document) != {policies.CSPM}:
        yield "one key alone at the top"
        return
    said = document[policies.CSPM]
    yield from _keys(said, {policies.ENABLEMENT, policies.CONFIGURATION})
    yield from _keys(said.get(policies.ENABLEMENT), {policies.ENABLE, policies.DISABLE})
    yield from _regional(said.get(policies.ENABLEMENT), policies.ENABLEMENT)
    for place, configuration in said.get(policies.CONFIGURATION, {}).items():
        if place != policies.DEFAULT and declarative.unknown_regions([place]):
            yield f"{place} is not a region"
        yield from _keys(configuration, {policies.STANDARDS, policies.OFF, policies.PARAMETERS})


def _keys(said: object, known: set[str]) -> Iterator[str]:
    named = said if isinstance(said, dict) else {}
    yield from (f"{key} is not known" for key in named if key[:2] != "@@" and key not in known)


SYNTAX: Mapping[str, Callable[[documents.Json], Iterator[str]]] = {
    "SECURITYHUB_POLICY": _hub,
    "SECURITYHUB_CSPM_POLICY": _cspm,
}


def turned_on(asked: Asked) -> Iterator[Refused]:
    """Source: AWS Organizations API Reference, ConstraintViolationException, reason
    SERVICE_ACCESS_NOT_ENABLED.
    """
    kind, backend = asked.text("PolicyType"), _backend(asked)
    trusted = {row["ServicePrincipal"] for row in backend.services}
    if kind in SYNTAX and SECURITY_HUB not in trusted:
        text = "You cannot enable this policy type before you enable service access."
        yield Refused("ConstraintViolationException", text)


def distrusted(asked: Asked) -> Iterator[Refused]:
    """Source: the same, reason POLICY_TYPE_ENABLED_FOR_THIS_SERVICE."""
    on = {one["Type"] for one in _root(asked).policy_types}
    if asked.text("ServicePrincipal") == SECURITY_HUB and on & SYNTAX.keys():
        text = "You must disable the policy type before you disable service access."
        yield Refused("ConstraintViolationException", text)


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
    """Source: AWS Organizations API Reference, AttachPolicy; User Guide, "Quotas"."""
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
    elif len(there) >= (MOST_OTHERS if policy.type in FIVE else MOST_POLICIES):
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
    "CreatePolicy": (content, numerous),
    "EnablePolicyType": (turned_on,),
    "DisableAWSServiceAccess": (distrusted,),
    "UpdatePolicy": (content,),
    "AttachPolicy": (attached,),
    "DetachPolicy": (detached,),
    "MoveAccount": (moved,),
    "DeleteOrganizationalUnit": (emptied,),
    "UpdateOrganizationalUnit": (renamed,),
}
