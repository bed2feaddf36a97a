from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from orchestrator import config
from orchestrator.accounts.coverage import Known, answers, area_of, draw
from orchestrator.adapters.aws.conformance import CHECKS
from orchestrator.adapters.aws.conformance.checks import Subject
from orchestrator.adapters.aws.credential_cache import CredentialCache
from orchestrator.model.coverage import Area, Coverage, Gap, Row, Seen
from orchestrator.model.inventory import Member, Standing
from orchestrator.model.names import AccountId, StackName
from orchestrator.model.organization import Organization, Quarantine
from orchestrator.model.run import Answer, Outcome, Probe
from tests.unit.render.builders import ROOT
from tests.unit.render.test_forwarding import with_logs

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ORGANIZATION = config.load(ROOT / "account_configs", date(2026, 6, 1))
UNITS = {unit.path: unit.id for unit in ORGANIZATION.units}
MEMBERS = tuple(
    Member(a.id, a.name, a.email, Standing.ACTIVE, UNITS[a.ou]) for a in ORGANIZATION.accounts
)
IDS = frozenset(member.id for member in MEMBERS)
ORDERS = ORGANIZATION.named("orders-prod").id


def seen(outcome: Outcome, days: float = 0) -> tuple[Seen, ...]:
    return (Seen(NOW - days * DAY, outcome),)


ALL_GOOD = Known(MEMBERS, IDS, dict.fromkeys(IDS, seen(Outcome.APPLIED)))


def coverage(known: Known) -> Coverage:
    return draw(ORGANIZATION, known, NOW, 2 * DAY)


def gaps(known: Known, account: AccountId = ORDERS) -> tuple[Gap, ...]:
    drawn = coverage(known)
    others = [row for row in drawn.rows if row.id != account and row.gaps]
    assert others == []
    return next(row.gaps for row in drawn.rows if row.id == account)


def with_orders(member: Member) -> Known:
    rest = tuple(each for each in MEMBERS if each.id != ORDERS)
    return replace(ALL_GOOD, members=(*rest, member))


ORDERS_IN_AWS = next(member for member in MEMBERS if member.id == ORDERS)


def test_an_organization_in_which_all_was_applied_today_is_covered() -> None:
    assert coverage(ALL_GOOD).covered
    assert len(coverage(ALL_GOOD).rows) == len(MEMBERS)


def test_an_account_without_a_file_is_in_the_ledger_and_not_covered() -> None:
    new = Member(AccountId("299999999999"), "New", "n@example.com", Standing.ACTIVE, "r-ex01")
    known = replace(ALL_GOOD, members=(*MEMBERS, new))

    assert gaps(known, new.id) == (Gap.NOT_CONFIGURED,)


def test_a_closed_account_without_a_file_asks_for_nothing() -> None:
    gone = Member(AccountId("299999999999"), "Old", "o@example.com", Standing.SUSPENDED, "r-ex01")

    assert coverage(replace(ALL_GOOD, members=(*MEMBERS, gone))).covered


@pytest.mark.parametrize(
    ("known", "gap"),
    [
        (replace(ALL_GOOD, members=tuple(m for m in MEMBERS if m.id != ORDERS)), Gap.NOT_IN_AWS),
        (with_orders(replace(ORDERS_IN_AWS, standing=Standing.SUSPENDED)), Gap.CLOSED),
        (with_orders(replace(ORDERS_IN_AWS, parent="r-ex01")), Gap.IN_ANOTHER_OU),
        (with_orders(replace(ORDERS_IN_AWS, parent="ou-ex01-unheard0")), Gap.IN_ANOTHER_OU),
        (replace(ALL_GOOD, states=IDS - {ORDERS}), Gap.NEVER_APPLIED),
    ],
)
def test_what_organizations_and_states_say_otherwise_is_a_gap(known: Known, gap: Gap) -> None:
    assert gaps(known) == (gap,)


def applies(*results: tuple[Seen, ...]) -> Known:
    history = tuple(each for result in results for each in result)
    return replace(ALL_GOOD, applies={**ALL_GOOD.applies, ORDERS: history})


def test_an_apply_that_failed_after_one_that_came_through_is_a_gap() -> None:
    known = applies(seen(Outcome.APPLIED, 1), seen(Outcome.FAILED))

    assert gaps(known) == (Gap.FAILED,)
    row = next(row for row in coverage(known).rows if row.id == ORDERS)
    assert row.applied == NOW - DAY


def test_who_was_not_looked_at_for_longer_than_allowed_is_not_covered() -> None:
    assert gaps(applies(seen(Outcome.APPLIED, 1.9))) == ()
    assert gaps(applies(seen(Outcome.APPLIED, 3))) == (Gap.UNCHECKED,)


@pytest.mark.parametrize(
    ("outcome", "days", "expected"),
    [
        (Outcome.IN_SYNC, 1, ()),
        (Outcome.IN_SYNC, 3, (Gap.UNCHECKED,)),
        (Outcome.DRIFTED, 1, (Gap.DRIFTED,)),
        (Outcome.DRIFTED, 3, (Gap.DRIFTED, Gap.UNCHECKED)),
        (Outcome.DENIED, 1, (Gap.UNCHECKED,)),
    ],
)
def test_a_drift_check_counts_for_as_long_as_it_is_fresh(
    outcome: Outcome, days: float, expected: tuple[Gap, ...]
) -> None:
    known = replace(applies(seen(Outcome.APPLIED, 9)), drifts={ORDERS: seen(outcome, days)})

    assert gaps(known) == expected


def test_an_apply_after_the_drift_has_put_it_right() -> None:
    known = replace(ALL_GOOD, drifts={ORDERS: seen(Outcome.DRIFTED, 1)})

    assert gaps(known) == ()


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ((Answer.AS_DECLARED,), ()),
        ((Answer.AS_DECLARED, Answer.DIFFERENT), (Gap.DIFFERENT,)),
        ((Answer.DENIED, Answer.DIFFERENT), (Gap.DENIED, Gap.DIFFERENT)),
        ((), (Gap.DENIED,)),
    ],
)
def test_where_aws_was_asked_no_answer_is_no_coverage(
    answers: tuple[Answer, ...], expected: tuple[Gap, ...]
) -> None:
    good = dict.fromkeys(IDS, (Probe("hub", Answer.AS_DECLARED),))
    probes = {**good, ORDERS: tuple(Probe("hub", answer) for answer in answers)}

    assert gaps(replace(ALL_GOOD, probes=probes)) == expected


HELD = Quarantine(reason="The team moves it.", owner="orders", until=NOW.date())


def drawn(quarantine: Quarantine, known: Known) -> Row:
    accounts = tuple(
        replace(a, quarantine=quarantine) if a.id == ORDERS else a for a in ORGANIZATION.accounts
    )
    rows = draw(replace(ORGANIZATION, accounts=accounts), known, NOW, 2 * DAY).rows
    return next(row for row in rows if row.id == ORDERS)


def test_an_account_that_is_set_aside_is_neither_covered_nor_missed() -> None:
    never = replace(ALL_GOOD, states=IDS - {ORDERS})

    row = drawn(HELD, never)

    assert (row.quarantine, row.gaps) == (HELD, (Gap.NEVER_APPLIED,))
    assert not row.covered
    assert not row.missed


def test_a_quarantine_that_ran_out_is_a_gap_of_its_own() -> None:
    row = drawn(HELD.model_copy(update={"until": NOW.date() - DAY}), ALL_GOOD)

    assert (row.quarantine, row.gaps) == (None, (Gap.OVERDUE,))
    assert row.missed


NOBODY = cast(
    CredentialCache,
    SimpleNamespace(session=lambda *_: cast(Any, None), reads_only=False, keys=None),
)


def asked(
    stack: StackName, name: str, organization: Organization = ORGANIZATION
) -> dict[str, Area]:
    """The questions a stack's account is asked, by what they are about. None is put to AWS."""
    subject = Subject(organization.named(name), organization, NOBODY)
    return {what: area_of(what) for what, _ in CHECKS[stack](subject)}


def test_the_questions_about_an_account_cover_every_area() -> None:
    found = asked(StackName.ACCOUNT, "orders-prod")

    assert set(found.values()) == set(Area)
    assert {w for w, area in found.items() if area is Area.BASELINE} == {
        "S3 account public access block",
        *(f"{region}: EBS encryption by default" for region in ("ap-northeast-1", "us-east-1")),
        *(f"{region}: IMDSv2 by default" for region in ("ap-northeast-1", "us-east-1")),
    }


@pytest.mark.parametrize("stack", [StackName.LOG_ARCHIVE, StackName.ORGANIZATION])
def test_what_delivers_everybodys_logs_is_about_log_delivery(stack: StackName) -> None:
    names = {StackName.LOG_ARCHIVE: "log-archive", StackName.ORGANIZATION: "management"}

    assert Area.LOG_DELIVERY in asked(stack, names[stack]).values()


@pytest.mark.parametrize("name", ["orders-prod", "security"])
def test_logs_that_are_to_be_collected_are_asked_for(name: str) -> None:
    organization = with_logs()
    stack = StackName.SECURITY if name == "security" else StackName.ACCOUNT
    before, now = asked(stack, name), asked(stack, name, organization)

    assert {w: area for w, area in now.items() if w not in before} == dict.fromkeys(
        {
            "orders-prod": (
                "ap-northeast-1: log groups are forwarded",
                "ap-northeast-1: traffic of vpc-0a1b2c3d is delivered",
            ),
            "security": (
                "ap-northeast-1: Security Lake collects",
                "us-east-1: Security Lake collects",
            ),
        }[name],
        Area.LOG_DELIVERY,
    )


def test_the_worst_answer_stands_for_its_area() -> None:
    probes = (
        Probe("eu-west-1: AWS Config records", Answer.AS_DECLARED),
        Probe("us-east-1: AWS Config records", Answer.DIFFERENT, "nothing is recorded"),
        Probe("orders: plan role can be assumed", Answer.AS_DECLARED),
    )

    assert answers(probes) == {Area.ROLES: Answer.AS_DECLARED, Area.CONFIG: Answer.DIFFERENT}


def test_where_nobody_is_let_in_nothing_is_known_of_any_area() -> None:
    probes = (Probe("all other questions", Answer.DENIED, "sts:AssumeRole"),)

    assert answers(probes) == dict.fromkeys(Area, Answer.DENIED)


def test_what_no_service_watches_stands_with_its_account_which_stays_covered() -> None:
    drawn = coverage(replace(ALL_GOOD, unwatched={ORDERS: ("us-east-1: GuardDuty",)}))

    assert drawn.covered
    assert {row.id: row.unwatched for row in drawn.rows if row.unwatched} == {
        ORDERS: ("us-east-1: GuardDuty",)
    }
