from __future__ import annotations

from dataclasses import replace

from orchestrator.controls.explain import Question, answer
from orchestrator.findings.matrix import Matrix
from orchestrator.model.names import AccountId
from tests.builders import an_account
from tests.unit.findings.a_world import (
    ACCOUNT,
    BUCKET,
    CLOSING,
    HOME,
    NOW,
    a_decision,
    a_matrix,
    an_exception,
)

ORDERS = replace(an_account(7, "orders-prod"), id=AccountId(ACCOUNT))
PUBLISHED = {
    "published": {
        "tags": {"data-class": "public"},
        "decision": "detect",
        "reason": "Published on purpose.",
        "decided_by": "web",
        "review_by": "2027-06-01",
        "source": "account_configs/controls/s3.yaml:9 S3.8.by_tag.published",
    }
}


def ask(matrix: Matrix, **known: object) -> list[str]:
    question = Question("S3.8", ORDERS, **known)  # type: ignore[arg-type]
    return answer(question, matrix, {"s3.8": CLOSING}, NOW).splitlines()


def test_the_answer_names_what_happens_why_and_where_it_is_written() -> None:
    assert ask(a_matrix())[:4] == [
        f"S3.8 on a resource in {ACCOUNT}/{HOME}: it is fixed, and the team is told",
        "  why: It was decided for this test.",
        "  written in: account_configs/controls/s3.yaml S3.8",
        "  team: orders",
    ]


def test_an_exception_for_one_resource_is_named_and_holds_for_it_alone() -> None:
    matrix = a_matrix(exceptions={"public": an_exception(resources=[BUCKET])})

    assert f"  excepted until 2026-12-31: {BUCKET}, written in " in "\n".join(ask(matrix))
    assert ask(matrix, resource=BUCKET)[0].endswith("nothing is done")
    assert ask(matrix, resource=f"{BUCKET}-2")[0].endswith("it is fixed, and the team is told")


def test_where_tags_decide_each_rule_is_shown_until_the_tags_are_given() -> None:
    matrix = a_matrix(a_decision(by_tag=PUBLISHED))

    assert "  with data-class=public: detect, written in" in "\n".join(ask(matrix))
    assert ask(matrix, tags={"data-class": "public"})[0].endswith(": the team is told")
    assert ask(matrix, tags={})[0].endswith("it is fixed, and the team is told")


def test_of_a_retired_control_no_finding_is_to_be_expected() -> None:
    lines = answer(Question("S3.4", ORDERS), a_matrix(), {}, NOW).splitlines()

    assert "  no such finding comes: AWS retired it in 2024; S3 encrypts every object" in next(
        line for line in lines if "no such finding" in line
    )
