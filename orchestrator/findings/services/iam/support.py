"""A role that may talk to AWS Support."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.findings import arn
from orchestrator.findings.causes import Cause, mentions
from orchestrator.findings.errors import unless
from orchestrator.findings.parameters import required
from orchestrator.findings.remediation import (
    Aws,
    Check,
    Json,
    Parameter,
    Permission,
    Place,
    Refused,
    Remediation,
    Risk,
    Status,
    Target,
)

POLICY = "arn:{partition}:iam::aws:policy/AWSSupportAccess"


def find(place: Place, _: Aws) -> Iterator[str]:
    yield arn.account(place)


def policy(target: Target) -> str:
    return POLICY.replace("{partition}", target.place.partition)


def holders(target: Target, aws: Aws) -> list[str]:
    """Users, groups and roles with the policy, each as 'role/name'."""
    pages = aws("iam").get_paginator("list_entities_for_policy").paginate(PolicyArn=policy(target))
    return sorted(
        f"{kind.lower()}/{entity[f'{kind}Name']}"
        for page in pages
        for kind in ("User", "Group", "Role")
        for entity in page[f"Policy{kind}s"]
    )


def check(target: Target, aws: Aws) -> Check:
    if holders(target, aws):
        return Check(Status.PASSES)
    return Check(Status.FAILS, "no principal has the policy AWSSupportAccess")


def before(target: Target, aws: Aws) -> Json:
    return {"holders": holders(target, aws)}


def attach(target: Target, aws: Aws, _: Json) -> None:
    role = required(target, "role")
    if unless(("NoSuchEntity",), aws("iam").get_role, RoleName=role) is None:
        raise Refused(f"the account has no role '{role}'")
    aws("iam").attach_role_policy(RoleName=role, PolicyArn=policy(target))


def detach(target: Target, aws: Aws, before: Json) -> None:
    role = required(target, "role")
    if f"role/{role}" not in before["holders"]:
        call = aws("iam").detach_role_policy
        unless(("NoSuchEntity",), call, RoleName=role, PolicyArn=policy(target))


ROLES = ("arn:{partition}:iam::{account}:role/*",)

SUPPORT_ACCESS = tuple(
    POLICY.format(partition=partition) for partition in ("aws", "aws-cn", "aws-us-gov")
)

REMEDIATIONS = (
    Remediation(
        name="let-role-reach-support",
        controls=("IAM.18",),
        causes=(Cause("iam", ("DetachRolePolicy",), mentions(*SUPPORT_ACCESS)),),
        resource_type="AwsAccount",
        risk=Risk.REVERSIBLE,
        effect="Attaches AWS's policy AWSSupportAccess to the role the decision names.",
        breaks="Nothing: who may take the role on may open and read support cases.",
        reads=(Permission(("iam:ListEntitiesForPolicy",), (POLICY,)),),
        writes=(
            Permission(("iam:GetRole",), ROLES),
            Permission(
                ("iam:AttachRolePolicy", "iam:DetachRolePolicy"),
                ROLES,
                {"ArnLike": {"iam:PolicyARN": POLICY.replace("{partition}", "*")}},
            ),
        ),
        find=find,
        check=check,
        before=before,
        fix=attach,
        undo=detach,
        tags=None,
        parameters={"role": Parameter("", "Name of a role that is there; required.")},
        everywhere=True,
    ),
)
