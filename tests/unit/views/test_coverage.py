from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from orchestrator.model.coverage import Area, Coverage, Gap, Row, Seen
from orchestrator.model.names import AccountId
from orchestrator.model.organization import Quarantine
from orchestrator.model.run import Answer, Outcome, Probe
from orchestrator.views.coverage import VIEWS, age
from tests.pages import on_its_own

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
GOOD = Row(
    AccountId("200000000006"), "orders", "Workloads/Prod", "orders", has_state=True, applied=NOW
)
BAD = Row(
    AccountId("200000000007"),
    "<script>alert(1)</script>",
    "",
    gaps=(Gap.FAILED, Gap.DIFFERENT, Gap.UNCHECKED),
    tried=Seen(NOW, Outcome.DENIED, "sts:AssumeRole"),
    probes=(Probe("the recorder records", Answer.DIFFERENT), Probe("hub", Answer.AS_DECLARED)),
)
HELD = Quarantine(
    reason="The team moves it to another network, and until then nobody may change anything in it.",
    owner="orders",
    until=date(2026, 6, 30),
)
ASIDE = Row(
    AccountId("200000000008"), "aside", "Workloads/Prod", gaps=(Gap.FAILED,), quarantine=HELD
)
LEDGER = Coverage(NOW, (BAD, GOOD), asked=True)


def test_the_text_names_what_each_account_lacks_and_counts_the_rest() -> None:
    assert VIEWS["text"](LEDGER).splitlines() == [
        "200000000007  <script>alert(1)</script>  (root)",
        "    the last apply did not come through: denied, 2026-06-01 12:00 UTC",
        "    AWS is not as declared: the recorder records",
        "    not checked for drift lately: never",
        "",
        "1 of 2 accounts covered; 1 the last apply did not come through, 1 AWS is not as",
        "    declared, 1 not checked for drift lately",
    ]


def test_what_is_on_its_way_is_a_note_and_no_gap() -> None:
    probe = Probe("us-east-1: standards", Answer.ON_ITS_WAY, "a is PENDING")
    late = Coverage(NOW, (replace(GOOD, probes=(probe,)),), asked=True)

    assert VIEWS["text"](late).splitlines() == [
        "200000000006  orders  Workloads/Prod",
        "    us-east-1: standards: on its way (a is PENDING)",
        "",
        "1 of 1 accounts covered, 1 with something on its way",
    ]
    assert late.covered
    assert "<li>us-east-1: standards: on its way (a is PENDING)</li>" in VIEWS["html"](late)


def test_where_all_are_covered_one_line_says_so_and_what_was_not_asked() -> None:
    assert VIEWS["text"](Coverage(NOW, (GOOD,))) == (
        "1 of 1 accounts covered (AWS was not asked: --ask)"
    )


def test_the_json_says_the_same_for_machines() -> None:
    document = json.loads(VIEWS["json"](LEDGER))

    assert (document["version"], document["covered"], document["asked"]) == (1, False, True)
    assert document["accounts"][0]["gaps"] == [str(gap) for gap in BAD.gaps]
    assert document["accounts"][1]["applied"] == "2026-06-01T12:00:00+00:00"


def test_an_account_that_is_set_aside_is_named_with_its_reason_and_is_not_missed() -> None:
    coverage = Coverage(NOW, (ASIDE, GOOD), asked=True)

    assert coverage.covered
    assert VIEWS["text"](coverage).splitlines() == [
        "200000000008  aside  Workloads/Prod",
        "    set aside until 2026-06-30 by orders: The team moves it to another network,",
        "        and until then nobody may change anything in it.",
        "",
        "1 of 2 accounts covered, 1 set aside",
    ]
    document = json.loads(VIEWS["json"](coverage))
    assert document["counts"] == {"accounts": 2, "covered": 1, "missed": 0, "set_aside": 1}
    assert document["accounts"][0]["quarantine"]["until"] == "2026-06-30"


def test_five_hundred_accounts_fit_eighty_columns_and_only_those_not_covered_are_named() -> None:
    rows = tuple(replace(GOOD, id=AccountId(f"3{n:011}"), name=f"team-{n}") for n in range(497))
    long = replace(
        BAD, name="a-name-of-fifty-characters-as-aws-allows-it-at-mo", ou="Workloads/" * 9
    )
    lines = VIEWS["text"](Coverage(NOW, (*rows, long, BAD, ASIDE), asked=True)).splitlines()

    assert max(map(len, lines)) <= 100  # the OU's path is one word
    assert max(len(line) for line in lines if "Workloads/" * 9 not in line) <= 80
    assert len(lines) < 20
    assert "497 of 500 accounts covered, 1 set aside; 2" in lines[-2]


def test_the_age_of_the_last_look_is_said_in_hours_and_then_in_days() -> None:
    assert age(NOW - timedelta(hours=3), NOW) == "3 hours ago"
    assert age(NOW - timedelta(days=9), NOW) == "9 days ago"
    document = json.loads(VIEWS["json"](Coverage(NOW + timedelta(days=1), (GOOD,))))
    assert document["accounts"][0]["last_looked_age_seconds"] == 86400


def test_what_aws_answered_is_said_by_what_it_is_about() -> None:
    answers = {Area.CONFIG: Answer.DIFFERENT, Area.ROLES: Answer.AS_DECLARED}
    coverage = Coverage(NOW, (replace(BAD, answers=answers),), asked=True)

    document = json.loads(VIEWS["json"](coverage))
    assert document["accounts"][0]["answers"] == {
        "AWS Config": "different",
        "roles": "as declared",
    }
    assert '<td class="bad">different</td>' in VIEWS["html"](coverage)


def test_the_page_needs_nothing_else_and_takes_no_name_for_markup() -> None:
    rows = tuple(replace(GOOD, id=AccountId(f"3{n:011}")) for n in range(500))
    page = VIEWS["html"](Coverage(NOW, (BAD, ASIDE, *rows), asked=True))

    assert on_its_own(page).counts["tr"] == 503
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "set aside until 2026-06-30 by orders" in page


def test_where_there_is_no_account_the_page_says_what_to_do() -> None:
    page = VIEWS["html"](Coverage(NOW, ()))

    assert "There is no account yet." in page
    assert on_its_own(page).counts["table"] == 0


def test_what_no_service_watches_is_a_note_and_no_gap() -> None:
    row = replace(GOOD, unwatched=("us-east-1: <b>GuardDuty</b>",))
    noted = Coverage(NOW, (row,), asked=True)

    assert noted.covered
    assert VIEWS["text"](noted).splitlines() == [
        "200000000006  orders  Workloads/Prod",
        "    not watched: us-east-1: <b>GuardDuty</b>",
        "",
        "1 of 1 accounts covered, 1 not watched by a security service",
    ]
    assert json.loads(VIEWS["json"](noted))["accounts"][0]["unwatched"] == list(row.unwatched)
    assert "not watched: us-east-1: &lt;b&gt;" in VIEWS["html"](noted)
