"""Roles and policies. What is not by hand bears our names, and was left by a state that is lost."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.adapters.aws.presence.wanted import (
    Finder,
    Wanted,
    asked,
    first,
    listed,
    named,
    same,
)

GONE = "NoSuchEntity"


def policy_arn(wanted: Wanted) -> str:
    return f"arn:aws:iam::{wanted.account}:policy{wanted['path']}{wanted['name']}"


FINDERS: Mapping[str, Finder] = {
    "aws_iam_policy": asked(
        *("iam", "GetPolicy", lambda wanted: {"PolicyArn": policy_arn(wanted)}),
        lambda wanted, _answer: policy_arn(wanted),
        GONE,
    ),
    "aws_iam_role": asked("iam", "GetRole", named("RoleName"), same("name"), GONE),
    "aws_iam_role_policy": asked(
        "iam",
        "GetRolePolicy",
        lambda wanted: {"RoleName": wanted["role"], "PolicyName": wanted["name"]},
        lambda wanted, _answer: f"{wanted['role']}:{wanted['name']}",
        GONE,
    ),
    "aws_iam_role_policy_attachment": listed(
        "iam",
        "ListAttachedRolePolicies",
        "AttachedPolicies",
        named("RoleName", "role"),
        lambda wanted, items: (
            f"{wanted['role']}/{wanted['policy_arn']}"
            if first(items, "PolicyArn", PolicyArn=wanted["policy_arn"])
            else None
        ),
        GONE,
    ),
}
