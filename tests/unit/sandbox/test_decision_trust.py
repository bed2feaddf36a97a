from __future__ import annotations

import json

import pytest

from orchestrator.sandbox.decision import Caller, Trust, lets_in, trust
from orchestrator.sandbox.exchange import Principal
from orchestrator.sandbox.policy import Effect, Question

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/team/runner"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/runner/one"
RUNNER = Caller(Principal(ACCOUNT, SESSION, ROLE, "ASIAEXAMPLE"))
ASSUME = Question("sts:AssumeRole")


def a_trust_policy(*statements: dict[str, object]) -> str:
    filled = [{"Effect": "Allow", "Action": "sts:AssumeRole"} | s for s in statements]
    return json.dumps({"Version": "2012-10-17", "Statement": filled})


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ({"AWS": ROLE}, Trust.BY_NAME),
        ({"AWS": SESSION}, Trust.BY_SESSION),
        ({"AWS": ACCOUNT}, Trust.BY_ACCOUNT),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, Trust.BY_ACCOUNT),
        ("*", Trust.BY_NAME),
        ({"AWS": ["arn:aws:iam::999999999999:root", ROLE]}, Trust.BY_NAME),
        ({"AWS": "arn:aws:iam::999999999999:root"}, Trust.NONE),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:role/team/*"}, Trust.NONE),
        ({"Service": "lambda.amazonaws.com"}, Trust.NONE),
        ({"Federated": ROLE}, Trust.NONE),
    ],
)
def test_a_principal_is_trusted_by_name_or_through_its_account(
    principal: object, expected: Trust
) -> None:
    assert trust(a_trust_policy({"Principal": principal}), RUNNER, ASSUME) is expected


def test_a_service_is_trusted_by_its_own_name_only() -> None:
    policy = a_trust_policy({"Principal": {"Service": ["config.amazonaws.com"]}})

    assert trust(policy, Caller(service="config.amazonaws.com"), ASSUME) is Trust.BY_NAME
    assert trust(policy, Caller(service="lambda.amazonaws.com"), ASSUME) is Trust.NONE
    assert trust(policy, RUNNER, ASSUME) is Trust.NONE


def test_a_deny_wins_over_every_trust() -> None:
    deny: dict[str, object] = {"Effect": "Deny", "Principal": "*"}

    assert trust(a_trust_policy({"Principal": {"AWS": ROLE}}, deny), RUNNER, ASSUME) is Trust.DENIED


def test_the_external_id_must_be_the_one_agreed_on() -> None:
    condition = {"StringEquals": {"sts:ExternalId": "agreed"}}
    policy = a_trust_policy({"Principal": {"AWS": ROLE}, "Condition": condition})

    def tried(*external_id: str) -> Trust:
        context = {"sts:externalid": list(external_id)} if external_id else {}
        return trust(policy, RUNNER, Question("sts:AssumeRole", ROLE, context))

    assert tried("agreed") is Trust.BY_NAME
    assert tried("guessed") is Trust.NONE
    assert tried() is Trust.NONE


def test_a_document_that_is_no_policy_lets_nobody_in() -> None:
    assert trust("{}", RUNNER, ASSUME) is Trust.NONE
    assert trust(a_trust_policy({}), RUNNER, ASSUME) is Trust.NONE


@pytest.mark.parametrize(
    ("how", "own", "same_account", "expected"),
    [
        (Trust.BY_NAME, Effect.SILENT, True, True),
        (Trust.BY_NAME, Effect.SILENT, False, False),
        (Trust.BY_NAME, Effect.ALLOW, False, True),
        (Trust.BY_ACCOUNT, Effect.SILENT, True, False),
        (Trust.BY_ACCOUNT, Effect.ALLOW, True, True),
        (Trust.BY_ACCOUNT, Effect.ALLOW, False, True),
        (Trust.BY_NAME, Effect.DENY, True, False),
        (Trust.NONE, Effect.ALLOW, True, False),
        (Trust.DENIED, Effect.ALLOW, True, False),
    ],
)
def test_across_accounts_both_sides_must_allow(
    how: Trust, own: Effect, same_account: bool, expected: bool
) -> None:
    assert lets_in(how, own, same_account=same_account) is expected
