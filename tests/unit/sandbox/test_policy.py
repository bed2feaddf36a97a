from __future__ import annotations

import json

import pytest

from orchestrator.sandbox.policy import Effect, NotAPolicy, Question, ask, parse

ALLOW, DENY, SILENT = Effect.ALLOW, Effect.DENY, Effect.SILENT


def a_policy(*statements: dict[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def a_statement(effect: str = "Allow", **elements: object) -> dict[str, object]:
    defaults: dict[str, object] = {"Effect": effect}
    defaults |= {} if "NotAction" in elements else {"Action": "s3:GetObject"}
    defaults |= {} if "NotResource" in elements else {"Resource": "*"}
    return defaults | elements


def answer(question: Question, *statements: dict[str, object]) -> Effect:
    return ask([a_policy(*statements)], question)


GET = Question("s3:GetObject", "arn:aws:s3:::logs/2026/a.json")


def test_what_no_statement_names_is_not_allowed() -> None:
    assert answer(GET, a_statement(Action="s3:PutObject")) is SILENT
    assert ask([], GET) is SILENT


@pytest.mark.parametrize("action", ["s3:GetObject", "S3:getobject", "s3:Get*", "s3:G?tObject", "*"])
def test_actions_match_without_case_and_by_wildcard(action: str) -> None:
    assert answer(GET, a_statement(Action=action)) is ALLOW


def test_a_deny_wins_wherever_it_stands() -> None:
    allow, deny = a_statement(), a_statement("Deny")

    assert answer(GET, allow, deny) is DENY
    assert answer(GET, deny, allow) is DENY
    assert ask([a_policy(deny), a_policy(allow)], GET) is DENY


def test_not_action_is_every_other_action() -> None:
    statement = a_statement(NotAction=["iam:*", "sts:*"])

    assert answer(GET, statement) is ALLOW
    assert answer(Question("iam:GetRole", "*"), statement) is SILENT


@pytest.mark.parametrize(
    ("resource", "effect"),
    [
        ("arn:aws:s3:::logs/*", ALLOW),
        ("arn:aws:s3:::log?/2026/*", ALLOW),
        ("arn:aws:s3:::logs", SILENT),
        ("arn:aws:s3:::LOGS/*", SILENT),
        ("arn:aws:s3:::logs.2026*", SILENT),
    ],
)
def test_resources_match_by_wildcard_and_case(resource: str, effect: Effect) -> None:
    assert answer(GET, a_statement(Resource=resource)) is effect


def test_not_resource_is_every_other_resource() -> None:
    statement = a_statement("Deny", NotResource="arn:aws:s3:::logs/*")

    assert answer(GET, a_statement(), statement) is ALLOW
    assert answer(Question("s3:GetObject", "arn:aws:s3:::x/y"), a_statement(), statement) is DENY


def test_an_action_without_a_resource_is_allowed_on_everything_or_not_at_all() -> None:
    question = Question("s3:ListAllMyBuckets")

    assert answer(question, a_statement(Action="s3:*")) is ALLOW
    assert answer(question, a_statement(Action="s3:*", Resource="arn:aws:s3:::*")) is SILENT
    narrow = a_statement("Deny", Action="*", NotResource="arn:aws:s3:::*")
    assert answer(question, a_statement(Action="s3:*"), narrow) is DENY


def test_every_condition_of_a_statement_must_hold() -> None:
    condition = {"StringEquals": {"aws:PrincipalOrgID": "o-1", "aws:RequestedRegion": "eu-west-1"}}
    statement = a_statement(Condition=condition)
    organization = {"aws:principalorgid": ["o-1"]}

    def asked(context: dict[str, list[str]]) -> Effect:
        return answer(Question("s3:GetObject", "x", context), statement)

    assert asked(organization) is SILENT
    assert asked(organization | {"aws:requestedregion": ["us-east-1"]}) is SILENT
    assert asked(organization | {"aws:requestedregion": ["eu-west-1"]}) is ALLOW


def test_an_unknown_operator_makes_an_allow_void_and_a_deny_hold() -> None:
    condition = {"StringResembles": {"aws:PrincipalOrgID": "o-1"}}

    assert answer(GET, a_statement(Condition=condition)) is SILENT
    assert answer(GET, a_statement(), a_statement("Deny", Condition=condition)) is DENY


def test_policy_variables_take_their_value_from_the_request() -> None:
    statement = a_statement(Resource="arn:aws:s3:::home/${aws:username}/*")
    mine = "arn:aws:s3:::home/ann/x"

    assert answer(Question("s3:GetObject", mine, {"aws:username": ["ann"]}), statement) is ALLOW
    assert answer(Question("s3:GetObject", mine, {"aws:username": ["bob"]}), statement) is SILENT
    assert answer(Question("s3:GetObject", mine), statement) is SILENT


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"Statement": [{"Effect": "Perhaps"}]}', "null"])
def test_what_is_no_policy_allows_nothing(text: str) -> None:
    assert ask([text], GET) is SILENT
    with pytest.raises(NotAPolicy):
        parse(text)


def test_a_single_statement_needs_no_list() -> None:
    text = json.dumps({"Statement": {"Effect": "Allow", "Action": ["s3:*"], "Resource": ["*"]}})

    assert ask([text], GET) is ALLOW
