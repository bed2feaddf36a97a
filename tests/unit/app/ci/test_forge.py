from __future__ import annotations

from orchestrator.app.ci.forge import body, marked, nothing
from orchestrator.model.plan import Action, Verdict
from orchestrator.model.run import Outcome, Run, StackResult
from orchestrator.views.run import markdown
from tests.builders import DIGEST, a_change, a_key, a_plan, an_account

ID = "20260601-000000-abcd"


def a_run(*results: StackResult) -> Run:
    return Run(ID, "plan", "2026-06-01T00:00:00+00:00", 12.3, results)


def planned(number: int, changes: int = 1) -> StackResult:
    key = a_key(an_account(number, f"shop-{number}-{'x' * 40}"))
    own = [
        a_change(Action.UPDATE, f'aws_iam_role.r{n}["{key.account_id}/{n * number}"]')
        for n in range(changes)
    ]
    return StackResult(key, Outcome.PLANNED, a_plan(*own, key=key), verdict=Verdict(DIGEST))


def test_the_first_line_names_the_run_and_the_rest_is_for_people() -> None:
    text = body(a_run(planned(10)), markdown)

    assert marked(text) == ID
    assert "### plan: 1 planned" in text
    assert "1 update" in text


def test_a_comment_fits_however_much_there_is_to_tell() -> None:
    text = body(a_run(*(planned(number, changes=60) for number in range(10, 510))), markdown)

    assert 40_000 < len(text.encode()) < 65_536
    assert marked(text) == ID


def test_a_mark_counts_only_where_a_comment_begins() -> None:
    assert marked(f"look: <!-- orchestrator plan {ID} -->") is None
    assert marked("<!-- orchestrator plan $(rm) -->") is None
    assert marked(nothing()) == ""
