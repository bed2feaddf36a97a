from __future__ import annotations

import json
from dataclasses import replace

from orchestrator.model.import_candidates import ImportCandidate, Presence, StackImports
from orchestrator.model.plan import Action
from orchestrator.model.run import Outcome, StackResult
from orchestrator.views.imports import as_json, text
from tests.builders import a_change, a_key, a_plan

POLICY, BUCKET = "aws_iam_policy.this", "aws_s3_bucket.this"
CHANGED = replace(a_change(Action.UPDATE, POLICY), attributes=("description", "path"))
ADOPTION = StackImports(
    a_key(),
    a_plan(CHANGED, a_change(Action.CREATE, BUCKET)),
    {POLICY: "arn"},
    (
        ImportCandidate("aws_x.set", Presence.SET, says="HttpTokens optional"),
        ImportCandidate(
            "aws_x.way", Presence.IN_THE_WAY, says="a recorder 'x\x1b[2J'", fix="delete it"
        ),
        ImportCandidate("aws_x.dark", Presence.UNKNOWN, says="AccessDenied: no"),
    ),
    {"aws_x.held": "id"},
)


def test_a_person_sees_counts_first_and_then_all_that_needs_a_look() -> None:
    assert text([ADOPTION]).splitlines() == [
        "orders/account: 1 imported, 1 created, 1 changed",
        "  import     aws_iam_policy.this = arn",
        "  changes    aws_iam_policy.this: description, path",
        "  overwrites aws_x.set: now HttpTokens optional",
        "  taken out  aws_x.held",
        "  IN THE WAY aws_x.way: a recorder 'x\\x1b[2J'",
        "    fix: delete it",
        "  NOT KNOWN  aws_x.dark: AccessDenied: no",
    ]


def test_what_would_be_destroyed_is_said_loudly() -> None:
    plan = a_plan(a_change(Action.REPLACE, POLICY))

    said = text([replace(ADOPTION, plan=plan)])

    assert f"  DESTROYS   {POLICY}" in said
    assert "orchestrator plan orders" in said


def test_a_stack_that_came_to_nothing_says_why() -> None:
    failed = StackResult(a_key(), Outcome.DENIED, reason="plan: no")

    assert text([failed]) == "orders/account: denied: plan: no"
    assert json.loads(as_json([failed]))["stacks"][0]["reason"] == "plan: no"


def test_many_that_are_not_known_for_one_reason_take_two_lines() -> None:
    candidates = tuple(
        ImportCandidate(f"aws_x.n{n}", Presence.UNKNOWN, says="no") for n in range(9)
    )

    lines = text([replace(ADOPTION, candidates=candidates)]).splitlines()

    assert lines[-2:] == ["  NOT KNOWN  aws_x.n0: no", "  NOT KNOWN  and 8 more like it"]


def test_many_stacks_have_a_sum() -> None:
    failed = StackResult(a_key(), Outcome.DENIED, reason="plan: no")

    assert text([ADOPTION, failed]).splitlines()[-1] == (
        "2 stacks: 1 imported, 1 created, 1 changed, 1 in the way, 1 not known, "
        "1 stacks without an answer"
    )


def test_a_machine_gets_all_of_it() -> None:
    (stack,) = json.loads(as_json([ADOPTION]))["stacks"]

    assert stack["outcome"] == "refused"
    assert stack["imported"] == {POLICY: "arn"}
    assert stack["created"] == [BUCKET]
    assert stack["changed"] == {POLICY: ["description", "path"]}
    assert stack["overwritten"] == {"aws_x.set": "HttpTokens optional"}
    assert [each["fix"] for each in stack["in_the_way"]] == ["delete it"]
    assert stack["unknown"] == {"aws_x.dark": "AccessDenied: no"}
    assert stack["taken_out"] == ["aws_x.held"]
