from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pytest

from orchestrator.findings.registry import BY_CONTROL, REMEDIATIONS
from orchestrator.findings.remediation import Permission, Remediation
from orchestrator.findings.sessions import suffix
from orchestrator.model.names import ControlId
from orchestrator.model.organization import Account
from orchestrator.model.settings import ControlDecision, DecisionKind, When
from orchestrator.render import permissions
from orchestrator.sandbox.policy import Effect, Question, ask
from tests.unit.render.builders import a_decision, an_account

ID = "200000000007"
BUCKETS = Permission(("s3:GetBucketAcl", "s3:PutBucketAcl"), ("arn:{partition}:s3:::*",))
ALL_BUCKETS = Permission(("s3:ListAllMyBuckets",), why="It lists all of them.")


def everything() -> Account:
    """An account that remediates whatever can be remediated."""
    kinds = {
        ControlId(c): a_decision(DecisionKind.REMEDIATE) for r in REMEDIATIONS for c in r.controls
    }
    return an_account(decided=kinds)


def document(policy: tuple[permissions.Statement, ...]) -> str:
    """As the module remediation_role writes it."""
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": statement.sid,
                    "Effect": "Allow",
                    "Action": statement.actions,
                    "Resource": statement.resources,
                    **({"Condition": statement.conditions} if statement.conditions else {}),
                }
                for statement in policy
            ],
        },
        separators=(",", ":"),
    )


def deciding(**kinds: DecisionKind) -> Account:
    return an_account(
        decided={ControlId(c.replace("_", ".")): a_decision(k) for c, k in kinds.items()}
    )


def test_permissions_for_the_same_resources_become_one_statement() -> None:
    tags = Permission(("s3:GetBucketTagging",), ("arn:{partition}:s3:::*",))

    made = permissions.statements((BUCKETS, tags, BUCKETS), ID)

    assert made == (
        permissions.Statement(
            "S3n1",
            ("s3:GetBucketAcl", "s3:GetBucketTagging", "s3:PutBucketAcl"),
            ("arn:aws:s3:::*",),
            {},
        ),
    )


def test_what_is_allowed_on_everything_is_not_said_again_for_some_resources() -> None:
    some = Permission(("s3:ListAllMyBuckets",), ("arn:{partition}:s3:::*",))

    made = permissions.statements((some, ALL_BUCKETS), ID)

    assert [statement.resources for statement in made] == [("*",)]


def test_a_condition_keeps_a_permission_apart_and_its_values_become_lists() -> None:
    passing = Permission(
        ("iam:PassRole",),
        ("arn:{partition}:iam::{account}:role/*",),
        {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
    )
    reading = Permission(("iam:PassRole",), ("arn:{partition}:iam::{account}:role/a",))

    made = permissions.statements((passing, reading), ID)

    assert {(s.resources, json.dumps(s.conditions)) for s in made} == {
        (
            (f"arn:aws:iam::{ID}:role/*",),
            '{"StringEquals": {"iam:PassedToService": ["ec2.amazonaws.com"]}}',
        ),
        ((f"arn:aws:iam::{ID}:role/a",), "{}"),
    }


def test_a_region_is_any_and_the_account_is_the_one_the_role_is_in() -> None:
    groups = Permission(
        ("ec2:RevokeSecurityGroupIngress",),
        ("arn:{partition}:ec2:{region}:{account}:security-group/*",),
    )

    (made,) = permissions.statements((groups,), ID)

    assert made.resources == (f"arn:aws:ec2:*:{ID}:security-group/*",)


def test_only_controls_that_are_decided_to_be_remediated_bring_permissions() -> None:
    account = deciding(
        EC2_13=DecisionKind.REMEDIATE, S3_1=DecisionKind.DETECT, KMS_4=DecisionKind.DISABLE
    )

    assert [r.name for r in permissions.remediations(account)] == [BY_CONTROL["ec2.13"].name]


def test_what_waits_for_disuse_brings_what_it_takes_to_find_the_resource_in_logs() -> None:
    plain = a_decision(DecisionKind.REMEDIATE)
    waiting = plain.model_copy(update={"when": When(unused_for="30d")})
    looks = {"ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroupRules"}

    without, having = (
        {
            action
            for policy in permissions.policies(an_account(decided={ControlId("EC2.13"): each}), "")
            for statement in policy
            for action in statement.actions
        }
        for each in (plain, waiting)
    )

    assert looks <= having
    assert "ec2:DescribeNetworkInterfaces" not in without


def test_a_decision_for_some_tags_brings_permissions_too() -> None:
    decision = ControlDecision.model_validate(
        {
            **a_decision(DecisionKind.DETECT).model_dump(exclude={"by_tag"}),
            "by_tag": {
                "dev": {
                    "tags": {"stage": "dev"},
                    **a_decision(DecisionKind.REMEDIATE).model_dump(
                        include={"decision", "reason", "decided_by", "decided_on", "review_by"}
                    ),
                }
            },
        }
    )

    assert permissions.remediations(an_account(decided={ControlId("EC2.13"): decision}))


def test_an_account_that_remediates_nothing_has_a_role_that_may_do_nothing() -> None:
    assert permissions.policies(an_account()) == ()


@pytest.mark.parametrize("role", ("", "-2"))
def test_all_remediations_together_fit_into_the_policies_of_a_role(role: str) -> None:
    packed = permissions.policies(everything(), role)

    assert 0 < len(packed) <= permissions.MOST
    assert max(len(document(policy)) for policy in packed) <= permissions.LONGEST
    for policy in packed:
        assert len({statement.sid for statement in policy}) == len(policy)
        assert all(re.fullmatch("[A-Za-z0-9]+", statement.sid) for statement in policy)


def test_what_a_service_of_the_second_role_is_needed_for_is_all_the_second_roles() -> None:
    account = deciding(Athena_4=DecisionKind.REMEDIATE, Macie_1=DecisionKind.REMEDIATE)
    first = {a for policy in permissions.policies(account) for s in policy for a in s.actions}
    second = {
        a for policy in permissions.policies(account, "-2") for s in policy for a in s.actions
    }

    assert first == {"cloudtrail:LookupEvents"}
    assert {"athena:UpdateWorkGroup", "macie2:EnableMacie", "iam:CreateServiceLinkedRole"} < second


@pytest.mark.parametrize("remediation", REMEDIATIONS, ids=lambda r: r.name)
def test_who_looks_is_who_fixes(remediation: Remediation) -> None:
    assert suffix(remediation.reads) == suffix((*remediation.reads, *remediation.writes))


def test_more_than_a_role_can_hold_is_refused_and_names_the_account() -> None:
    many = tuple(
        Permission((f"service{n}:Do{m}",), (f"arn:aws:service{n}:::{'y' * 300}{m}",))
        for n in range(20)
        for m in range(20)
    )

    with pytest.raises(permissions.TooManyPermissions, match=r"orders-prod: .* IAM allows 10"):
        permissions.pack(permissions.statements(many, ID), "orders-prod")


@pytest.mark.parametrize("remediation", REMEDIATIONS, ids=lambda r: r.name)
def test_the_boundary_is_no_hindrance_to_a_remediation(remediation: Remediation) -> None:
    needed = (*remediation.reads, *remediation.writes)
    boundary = [json.dumps({"Version": "2012-10-17", "Statement": _boundary(suffix(needed))})]
    for permission in needed:
        for action in permission.actions:
            resource = permission.resources[0].replace("{account}", ID).replace("{region}", "x")
            resource = resource.replace("{partition}", "aws").replace("*", "some")
            context = {
                key.lower(): [_first(value)]
                for keys in permission.conditions.values()
                for key, value in keys.items()
            }
            asked = Question(action, resource, context)
            assert ask(boundary, asked) is Effect.ALLOW, f"{action} is out of bounds"


def test_who_remediates_may_also_ask_who_it_was_and_the_boundary_lets_it() -> None:
    lookup = "cloudtrail:LookupEvents"
    boundary = [json.dumps({"Version": "2012-10-17", "Statement": _boundary()})]

    (statement,) = (
        statement
        for policy in permissions.policies(everything())
        for statement in policy
        if lookup in statement.actions
    )

    assert statement.resources == ("*",)
    assert ask(boundary, Question(lookup, "*")) is Effect.ALLOW


def _first(value: object) -> str:
    text = str(value[0] if isinstance(value, list | tuple) else value)
    return text.replace("{partition}", "aws").replace("arn:*:", "arn:aws:")


@cache
def _boundary(role: str = "") -> list[Mapping[str, object]]:
    """What a remediation role's boundary allows, read from its Terraform code."""
    module = Path(__file__).parents[3] / "modules/orchestrator_roles"
    listed = (module / "boundary_actions.tf").read_text("utf-8")
    name = f"bound_remediations{role.replace('-', '_')} = "
    block = listed.partition(name)[2].partition(": [")[0]
    services = re.findall(r"([a-z0-9-]+)\s+= \[(.*?)\]", block, re.DOTALL)
    actions = [f"{service}:{name}" for service, names in services for name in _quoted(names)]
    assert len(services) > 10
    code = (module / "boundary.tf").read_text("utf-8")
    policies = _quoted(code.partition("bound_policies = [for name in ")[2].partition("]")[0])
    receivers = _quoted(code.partition("bound_receivers = ")[2].partition("]")[0])
    passed = {"iam:PassedToService": [f"{name}.amazonaws.com" for name in receivers]}
    arns = {"iam:PolicyARN": [f"arn:aws:iam::aws:policy/{name}" for name in policies]}
    return [
        {"Effect": "Allow", "Action": actions, "Resource": "*"},
        {**_ALLOWED, "Action": ["iam:PassRole"], "Condition": {"StringEquals": passed}},
        {
            **_ALLOWED,
            "Action": ["iam:AttachRolePolicy", "iam:DetachRolePolicy"],
            "Condition": {"ArnEquals": arns},
        },
    ]


_ALLOWED = {"Effect": "Allow", "Resource": "*"}


def _quoted(text: str) -> list[str]:
    return re.findall(r'"([^"]+)"', text)
