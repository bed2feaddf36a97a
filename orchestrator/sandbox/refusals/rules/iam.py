"""AWS IAM: sizes, principals and boundaries that exist, and roles that are AWS's own.

Roles that a service is given are looked up, which is not yet to take one on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from moto.iam.models import iam_backends

from orchestrator.sandbox.admission import ACTION as ASSUME
from orchestrator.sandbox.conditions import Context
from orchestrator.sandbox.policy import Effect, Question
from orchestrator.sandbox.refusals import Asked, Refused, Rules
from orchestrator.sandbox.refusals.rules import documents
from orchestrator.sandbox.service_access import says

BLANK = re.compile(r"\s")
SERVICE_PATH = "/aws-service-role/"
TRUST_SIZE, POLICY_SIZE, MANAGED = 2048, 6144, 10
INLINE = {"PutRolePolicy": ("role", 10240), "PutUserPolicy": ("user", 2048)}
INLINE |= {"PutGroupPolicy": ("group", 5120)}


def _size(document: str) -> int:
    """White space does not count. Source: IAM User Guide, "IAM and AWS STS quotas"."""
    return len(BLANK.sub("", document))


def trust(asked: Asked) -> Iterator[Refused]:
    """Source: IAM User Guide, "AWS JSON policy elements: Principal", and quotas."""
    text = asked.text("AssumeRolePolicyDocument") or asked.text("PolicyDocument")
    document = documents.loaded(text)
    if document is None:
        yield Refused("MalformedPolicyDocument", "This policy contains invalid Json")
        return
    for wrong in documents.malformed(document, resources=False, principals=True):
        yield Refused("MalformedPolicyDocument", wrong)
    for action in _actions(document):
        if not action.lower().startswith("sts:"):
            text = "AssumeRole policy may only specify STS AssumeRole actions."
            yield Refused("MalformedPolicyDocument", text)
    for name in documents.unknown_principals(document):
        yield Refused("MalformedPolicyDocument", f"Invalid principal in policy: {name}")
    if sid := documents.bad_sid(document):
        yield Refused(
            "MalformedPolicyDocument", f"Statement IDs (SID) must be alpha-numeric: {sid}"
        )
    if _size(text) > TRUST_SIZE:
        yield Refused("LimitExceeded", f"Cannot exceed quota for ACLSizePerRole: {TRUST_SIZE}", 409)


def _actions(document: documents.Json) -> list[str]:
    said = documents.statements(document)
    return [action for one in said for action in documents.texts(one.get("Action"))]


def boundary(asked: Asked) -> Iterator[Refused]:
    """Source: IAM API Reference, CreateRole, PutRolePermissionsBoundary."""
    arn = asked.text("PermissionsBoundary")
    if arn and arn not in iam_backends[asked.account_id]["aws"].managed_policies:
        text = f"Scope ARN: {arn} does not exist or is not attachable."
        yield Refused("NoSuchEntity", text, 404)


def path(asked: Asked) -> Iterator[Refused]:
    """Inferred from the User Guide, "Create a service-linked role": the path is AWS's."""
    if asked.text("Path").startswith(SERVICE_PATH):
        yield Refused("AccessDenied", f"The path {SERVICE_PATH} is reserved for AWS services", 403)


def linked(asked: Asked) -> Iterator[Refused]:
    """Source: IAM API Reference, UnmodifiableEntity."""
    name = asked.text("RoleName")
    role = _role(asked)
    if role is not None and str(role.path).startswith(SERVICE_PATH):
        text = f"Cannot perform the operation on the protected role '{name}' - this role is only "
        yield Refused("UnmodifiableEntity", text + "modifiable by AWS")


def unlinked(asked: Asked) -> Iterator[Refused]:
    """Inferred from the errors of DeleteServiceLinkedRole: other kinds it does not know."""
    role = _role(asked)
    if role is not None and not str(role.path).startswith(SERVICE_PATH):
        yield Refused("NoSuchEntity", f"There is no service-linked role {role.name}.", 404)


def _role(asked: Asked) -> Any:
    roles = list(iam_backends[asked.account_id]["aws"].roles.values())
    return next((role for role in roles if role.name == asked.text("RoleName")), None)


def identity_policy(asked: Asked) -> Iterator[Refused]:
    """Source: IAM User Guide, "IAM JSON policy element reference"."""
    document = documents.loaded(asked.text("PolicyDocument"))
    if document is None:
        yield Refused("MalformedPolicyDocument", "Syntax errors in policy.")
        return
    for one in documents.statements(document):
        if "Principal" in one or "NotPrincipal" in one:
            text = "Policy document should not specify a principal."
            yield Refused("MalformedPolicyDocument", text)
    if sid := documents.bad_sid(document):
        yield Refused(
            "MalformedPolicyDocument", f"Statement IDs (SID) must be alpha-numeric: {sid}"
        )


def managed_size(asked: Asked) -> Iterator[Refused]:
    """Source: IAM User Guide, quotas."""
    if _size(asked.text("PolicyDocument")) > POLICY_SIZE:
        yield Refused("LimitExceeded", f"Cannot exceed quota for PolicySize: {POLICY_SIZE}", 409)


def inline_size(asked: Asked) -> Iterator[Refused]:
    """All inline policies of a role, user or group together. Source: IAM User Guide, quotas."""
    kind, most = INLINE[asked.operation]
    name = asked.text(f"{kind.capitalize()}Name")
    backend = iam_backends[asked.account_id]["aws"]
    held = {"role": backend.roles, "user": backend.users, "group": backend.groups}[kind]
    owner = next((one for one in list(held.values()) if one.name == name), None)
    others = {**owner.policies} if owner else {}
    others[asked.text("PolicyName")] = asked.text("PolicyDocument")
    texts = [one if isinstance(one, str) else one.policy_document for one in others.values()]
    if sum(_size(text) for text in texts) > most:
        text = f"Maximum policy size of {most} bytes exceeded for {kind} {name}"
        yield Refused("LimitExceeded", text, 409)


def attached(asked: Asked) -> Iterator[Refused]:
    """Source: IAM User Guide, quotas: 10 managed policies a role."""
    role = _role(asked)
    held = role.managed_policies if role is not None else {}
    if asked.text("PolicyArn") not in held and len(held) >= MANAGED:
        text = f"Cannot exceed quota for PoliciesPerRole: {MANAGED}"
        yield Refused("LimitExceeded", text, 409)


def own_service(asked: Asked) -> Iterator[Refused]:
    """Source: IAM API Reference, CreateServiceLinkedRole, InvalidInput."""
    principal = {"Statement": [{"Principal": {"Service": asked.text("AWSServiceName")}}]}
    if next(documents.unknown_principals(principal), None):
        yield Refused("InvalidInput", f"Service {asked.text('AWSServiceName')} is not recognized")


RULES: Rules = {
    "CreateRole": (path, trust, boundary),
    "UpdateAssumeRolePolicy": (linked, trust),
    "PutRolePermissionsBoundary": (linked, boundary),
    "DeleteRolePermissionsBoundary": (linked,),
    "PutRolePolicy": (linked, identity_policy, inline_size),
    "PutUserPolicy": (identity_policy, inline_size),
    "PutGroupPolicy": (identity_policy, inline_size),
    "CreateUser": (boundary,),
    "DeleteRolePolicy": (linked,),
    "AttachRolePolicy": (linked, attached),
    "DetachRolePolicy": (linked,),
    "DeleteRole": (linked,),
    "CreatePolicy": (identity_policy, managed_size),
    "CreatePolicyVersion": (identity_policy, managed_size),
    "CreateServiceLinkedRole": (own_service,),
    "DeleteServiceLinkedRole": (unlinked,),
}


ROLE = re.compile(r"arn:aws[\w-]*:iam::(\d{12}):role/.+")


def trusts(role_arn: str, service: str, keys: Context) -> bool:
    """Whether there is such a role, and its trust policy lets the service in.

    A role that was just made will do, though STS need not know it yet: the Terraform AWS provider
    hands roles to AWS Config and EventBridge as soon as IAM shows them, and does not try again.
    `keys` are those of the service's AssumeRole.
    """
    match = ROLE.fullmatch(role_arn)
    if match is None or match[1] not in iam_backends:
        return False
    roles = list(iam_backends[match[1]]["aws"].roles.values())
    found = next((one for one in roles if one.arn == role_arn), None)
    if found is None:
        return False
    policy = str(found.assume_role_policy_document)
    return says(policy, service, Question(ASSUME, role_arn, keys)) is Effect.ALLOW
