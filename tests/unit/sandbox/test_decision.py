"""Who has a say on a call, and whose word is the last."""

from __future__ import annotations

import json
from typing import Any

import pytest

from orchestrator.sandbox.decision import Caller, Policies, decide, reason
from orchestrator.sandbox.exchange import Principal
from orchestrator.sandbox.policy import Question

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/runner"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/runner/one"
RUNNER = Caller(Principal(ACCOUNT, SESSION, ROLE, "ASIAEXAMPLE"))
SEND = Question("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{ACCOUNT}:work")


def a_policy(effect: str = "Allow", action: str = "*", **more: Any) -> str:
    statement = {"Effect": effect, "Action": action, "Resource": "*", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


ALL, DENY, OTHER = a_policy(), a_policy("Deny"), a_policy(action="sns:*")
TO_ROLE = a_policy(Principal={"AWS": ROLE})
TO_SESSION = a_policy(Principal={"AWS": SESSION})
TO_ACCOUNT = a_policy(Principal={"AWS": ACCOUNT})


def allowed(**policies: Any) -> bool:
    return decide(Policies(**policies), RUNNER, SEND).allowed


@pytest.mark.parametrize(
    ("policies", "said"),
    [
        ({"identity": [DENY]}, "with an explicit deny in an identity-based policy"),
        ({"service_control": [[ALL], [DENY]]}, "with an explicit deny in a service control policy"),
        ({"resource_control": [[DENY]]}, "with an explicit deny in a resource control policy"),
        ({"boundary": DENY}, "with an explicit deny in a permissions boundary"),
        ({"session": [DENY]}, "with an explicit deny in a session policy"),
        (
            {"resource": a_policy("Deny", Principal="*")},
            "with an explicit deny in a resource-based policy",
        ),
        ({"identity": []}, "because no identity-based policy allows the sqs:SendMessage action"),
        (
            {"service_control": [[ALL], [OTHER]]},
            "because no service control policy allows the sqs:SendMessage action",
        ),
        ({"boundary": OTHER}, "because no permissions boundary allows the sqs:SendMessage action"),
        ({"session": [OTHER]}, "because no session policy allows the sqs:SendMessage action"),
        (
            {"same_account": False},
            "because no resource-based policy allows the sqs:SendMessage action",
        ),
    ],
)
def test_a_refusal_names_the_kind_of_policy(policies: dict[str, Any], said: str) -> None:
    decision = decide(Policies(**{"identity": [ALL], **policies}), RUNNER, SEND)

    assert not decision.allowed
    assert reason(decision, SEND.action) == said


def test_a_resource_that_names_the_role_is_enough_at_home_within_its_limits() -> None:
    assert allowed(resource=TO_ROLE)
    assert not allowed(resource=TO_ROLE, boundary=OTHER)
    assert not allowed(resource=TO_ROLE, session=[OTHER])
    assert not allowed(resource=TO_ROLE, service_control=[[OTHER]])


def test_a_resource_that_names_the_session_is_enough_at_home_but_for_an_scp() -> None:
    assert allowed(resource=TO_SESSION, boundary=OTHER, session=[OTHER])
    assert not allowed(resource=TO_SESSION, service_control=[[OTHER]])


def test_abroad_both_sides_have_to_allow() -> None:
    assert allowed(resource=TO_ACCOUNT, identity=[ALL], same_account=False)
    assert not allowed(resource=TO_ROLE, same_account=False)
    assert not allowed(identity=[ALL], same_account=False)


def test_a_key_lets_nobody_in_whom_its_policy_does_not() -> None:
    assert not allowed(identity=[ALL], resource=OTHER, binding=True)
    assert allowed(identity=[ALL], resource=TO_ACCOUNT, binding=True)
    assert not allowed(resource=TO_ACCOUNT, binding=True)


def test_who_has_a_boundary_is_denied_by_every_not_principal() -> None:
    everyone_else = a_policy("Deny", NotPrincipal={"AWS": [ROLE, SESSION, ACCOUNT]})

    assert allowed(identity=[ALL], resource=everyone_else)
    assert not allowed(identity=[ALL], resource=everyone_else, boundary=ALL)
