"""The known ways from some rights to more, as requests, and those that are a role's very job.

Sources: Rhino Security Labs, "AWS IAM Privilege Escalation Methods"; pathfinding.cloud (Datadog);
MITRE ATT&CK, cloud matrix (defense evasion, exfiltration). {account} is the role's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

VICTIM = "arn:aws:iam::{account}:role/administrator-of-somebody"
"""A role of the account with all rights, that trusts services and the account."""
USER = "arn:aws:iam::{account}:user/somebody"
POLICY = "arn:aws:iam::{account}:policy/somebodys"
HERE = "ap-northeast-1:{account}"


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: an action, on what, and the keys of its context besides those of all."""

    action: str
    resource: str = "*"
    keys: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Way:
    """Requests that together give somebody more than he had, or blind those who watch."""

    name: str
    asks: tuple[Ask, ...]


def passing(service: str, role: str = VICTIM) -> Ask:
    return Ask("iam:PassRole", role, {"iam:PassedToService": f"{service}.amazonaws.com"})


def way(name: str, *asks: Ask) -> Way:
    return Way(name, asks)


def one(action: str, resource: str = "*", **keys: str) -> Way:
    return Way(action, (Ask(action, resource, {k.replace("__", ":"): v for k, v in keys.items()}),))


ADMIN = {"iam:PolicyARN": "arn:aws:iam::aws:policy/AdministratorAccess"}
IAM = (
    one("iam:CreatePolicyVersion", POLICY),
    one("iam:SetDefaultPolicyVersion", POLICY),
    way("iam:AttachUserPolicy", Ask("iam:AttachUserPolicy", USER, ADMIN)),
    way(
        "iam:AttachGroupPolicy",
        Ask("iam:AttachGroupPolicy", "arn:aws:iam::{account}:group/g", ADMIN),
    ),
    way("iam:AttachRolePolicy", Ask("iam:AttachRolePolicy", VICTIM, ADMIN)),
    way("iam:AttachRolePolicy to oneself", Ask("iam:AttachRolePolicy", "{self}", ADMIN)),
    one("iam:PutUserPolicy", USER),
    one("iam:PutGroupPolicy", "arn:aws:iam::{account}:group/g"),
    one("iam:PutRolePolicy", VICTIM),
    way("iam:PutRolePolicy to oneself", Ask("iam:PutRolePolicy", "{self}")),
    one("iam:UpdateAssumeRolePolicy", VICTIM),
    way(
        "iam:UpdateAssumeRolePolicy of the remediation",
        Ask("iam:UpdateAssumeRolePolicy", "{remediation}"),
    ),
    way("iam:UpdateAssumeRolePolicy of the runner", Ask("iam:UpdateAssumeRolePolicy", "{runner}")),
    one("iam:CreateAccessKey", USER),
    one("iam:CreateLoginProfile", USER),
    one("iam:UpdateLoginProfile", USER),
    one("iam:AddUserToGroup", "arn:aws:iam::{account}:group/administrators"),
    one("iam:CreateUser", USER),
    one("iam:DeactivateMFADevice", USER),
    one("iam:DeleteRolePermissionsBoundary", "{self}"),
    one("iam:DeleteUserPermissionsBoundary", USER),
    one("iam:PutUserPermissionsBoundary", USER),
    way("iam:CreateRole without a boundary", Ask("iam:CreateRole", VICTIM)),
    way("iam:CreateRole of a stack without a boundary", Ask("iam:CreateRole", "{remediation}")),
    way(
        "iam:PutRolePolicy of a stack's role without a boundary",
        Ask("iam:PutRolePolicy", "{remediation}"),
    ),
    way(
        "iam:DeleteRolePermissionsBoundary of a stack",
        Ask("iam:DeleteRolePermissionsBoundary", "{remediation}"),
    ),
    way("the boundary itself", Ask("iam:CreatePolicyVersion", "{boundary}")),
    way("the boundary, taken away", Ask("iam:DeletePolicy", "{boundary}")),
    one("iam:CreateOpenIDConnectProvider", "arn:aws:iam::{account}:oidc-provider/evil.example.com"),
    one("iam:UpdateSAMLProvider", "arn:aws:iam::{account}:saml-provider/idp"),
    one("iam:AddRoleToInstanceProfile", "arn:aws:iam::{account}:instance-profile/p"),
    way("sts:AssumeRole of an administrator", Ask("sts:AssumeRole", VICTIM)),
    way("sts:AssumeRole of the remediation", Ask("sts:AssumeRole", "{remediation}")),
    way(
        "sts:AssumeRole of the entry role",
        Ask("sts:AssumeRole", "{entry}", {"aws:ResourceOrgID": "o-exampleorg1"}),
    ),
    way(
        "sts:AssumeRole of the apply role",
        Ask("sts:AssumeRole", "{apply}", {"aws:ResourceOrgID": "o-exampleorg1"}),
    ),
    way(
        "sts:AssumeRole outside of the organization",
        Ask(
            "sts:AssumeRole",
            "arn:aws:iam::999999999999:role/x",
            {"aws:ResourceOrgID": "o-anotherorg2"},
        ),
    ),
)
