"""What owners answer in tickets, on its way to a proposed change of exceptions.yaml."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from orchestrator import config
from orchestrator.accounts.files import Need
from orchestrator.app.ticket_answers import FILE, appended, proposed, title
from orchestrator.findings.tickets.answers import Unread, Wish, entry, last, pattern, read
from orchestrator.findings.tickets.failures import Failures, Head
from orchestrator.findings.tickets.trackers.api import Comment
from orchestrator.model.names import AccountId
from orchestrator.model.organization import Organization
from tests.unit.config.trees import TODAY, a_tree
from tests.unit.findings.a_world import ACCOUNT, BUCKET
from tests.unit.findings.tickets.fakes import FAKES
from tests.unit.findings.tickets.test_keeper import a_keeping_world, failing, tick

HEAD = Head(ACCOUNT, "S3.8", "orders")
DAY = date(2026, 11, 23)
FAILING = [BUCKET, f"{BUCKET}-2"]
WHY = "A partner reads it until it moves."


def said(*texts: str) -> Wish | Unread | None:
    comments = [Comment("owner", text) for text in texts]
    return last(HEAD, "jira SEC SEC-1", comments, FAILING, DAY)


@pytest.mark.parametrize(
    "text",
    [
        f"exception until 2027-03-31: {WHY}",
        f"Exception until 2027-03-31, {WHY}",
        f"  EXCEPTION UNTIL 2027-03-31 : {WHY}\n",
        f"exception until 2027-03-31\n{WHY}",
    ],
)
def test_an_answer_names_a_day_and_a_reason(text: str) -> None:
    wish = said("Who is this for?", text)
    assert isinstance(wish, Wish)
    assert (wish.until, wish.reason, wish.author) == (date(2027, 3, 31), WHY, "owner")
    assert wish.resources == tuple(FAILING)


@pytest.mark.parametrize(
    "text",
    ["", "no exception until 2027-03-31", f"> exception until 2027-03-31: {WHY}", "exception?"],
)
def test_other_words_are_no_answer(text: str) -> None:
    assert said(text) is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"exception until summer: {WHY}", "not of the form"),
        (f"exception until YYYY-MM-DD: {WHY}", "not of the form"),
        (f"exception until 2027-02-30: {WHY}", "not of the form"),
        (f"exception until 2026-11-22: {WHY}", "2026-11-22 is over"),
        (f"exception until 2027-11-25: {WHY}", "more than a year away"),
        ("exception until 2027-03-31: no", "no reason"),
    ],
)
def test_an_answer_that_cannot_be_followed_says_why_and_how_to_answer(text: str, why: str) -> None:
    unread = said(text)
    assert isinstance(unread, Unread)
    assert why in unread.why
    assert "exception until YYYY-MM-DD" in unread.fix


def test_the_last_answer_counts_and_may_name_resources() -> None:
    first = f"exception until 2027-03-31: {WHY}"
    wish = said(first, f"exception until 2027-01-31: {WHY}\n{BUCKET}-2\narn:aws:s3:::not-failing")
    assert isinstance(wish, Wish)
    assert (wish.until, wish.resources) == (date(2027, 1, 31), (f"{BUCKET}-2",))


@pytest.mark.parametrize("name", ["*", "arn:aws:s3:::a[b]*?", "[!x]", "]", "plain"])
def test_a_resource_is_excepted_by_a_pattern_that_fits_it_alone(name: str) -> None:
    assert fnmatchcase(name, pattern(name))
    assert name == "plain" or not fnmatchcase("arn:aws:s3:::ab-anything", pattern(name))


@pytest.mark.parametrize("kind", sorted(FAKES))
def test_answers_are_read_from_every_tracker(kind: str) -> None:
    fake = FAKES[kind]()
    world = a_keeping_world(fake, kind)
    world.route(failing(world))
    tick(world)
    fake.only.comments.append(("owner", f"exception until 2027-03-31: {WHY}"))

    tickets = world.parts.tickets
    (wish,) = read(world.matrix, tickets.failures, tickets.trackers, DAY)

    assert isinstance(wish, Wish)
    assert (wish.account, wish.control, wish.team) == (ACCOUNT, "S3.8", "orders")
    assert (wish.until, wish.reason, wish.resources) == (date(2027, 3, 31), WHY, (BUCKET,))
    assert wish.ticket.startswith(f"{kind} ")


def test_a_tracker_that_is_away_is_said_and_the_others_are_read() -> None:
    fake = FAKES["github"]()
    world = a_keeping_world(fake)
    world.route(failing(world))
    tick(world)
    fake.answers = [ConnectionRefusedError()]

    tickets = world.parts.tickets
    (unread,) = read(world.matrix, tickets.failures, tickets.trackers, DAY)
    assert isinstance(unread, Unread) and "is not reached" in unread.why


def a_wish(organization: Organization, **more: object) -> Wish:
    account = organization.named("shop-prod").id
    tomorrow = TODAY + timedelta(days=90)
    wish = Wish(account, "S3.8", "shop", "jira SEC SEC-1", "owner", tomorrow, WHY, (BUCKET,))
    return replace(wish, **more)  # type: ignore[arg-type]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Without an exception."""
    a_tree(tmp_path)
    (tmp_path / FILE).unlink()
    return tmp_path


def organization_of(project: Path) -> Organization:
    return config.load(project / "account_configs", TODAY)


def test_a_wish_is_an_exception_that_the_configuration_takes(project: Path) -> None:
    organization = organization_of(project)
    hostile = a_wish(organization, reason='x: "y" # ${z} <!-- -->\t{{code}} *', resources=("a*",))

    (done,) = proposed([hostile], organization, project, TODAY)

    assert done.need is Need.WRITE
    (exemption,) = organization_of(project).exceptions.values()
    assert exemption.reason == hostile.reason
    assert (exemption.control, exemption.accounts) == ("S3.8", ["shop-prod"])
    assert (exemption.resources, exemption.ticket) == (["a[*]"], "jira SEC SEC-1")


def test_the_same_answer_is_written_once_and_a_longer_one_beside_it(project: Path) -> None:
    organization = organization_of(project)
    wish = a_wish(organization)
    longer = replace(wish, until=wish.until + timedelta(days=30))

    needs = [
        proposed([each], organization, project, TODAY)[0].need
        for each in (wish, wish, longer, wish)
    ]

    assert needs == [Need.WRITE, Need.NOTHING, Need.WRITE, Need.NOTHING]
    assert len(organization_of(project).exceptions) == 2


def test_what_people_have_written_stays_as_it_is(project: Path) -> None:
    organization = organization_of(project)
    by_hand = (
        "# ours\nexceptions:\n  other:  # see SEC-9\n    control: S3.8\n"
        "    accounts: [shop-dev]\n    owner: shop\n    reason: It was agreed upon.\n"
        "    ticket: SEC-9\n    expires: 2026-12-01\n"
    )
    (project / FILE).write_text(by_hand)

    proposed([a_wish(organization)], organization, project, TODAY)

    assert (project / FILE).read_text().startswith(by_hand)
    assert len(organization_of(project).exceptions) == 2


def test_what_the_configuration_refuses_is_taken_back_and_said(project: Path) -> None:
    organization = organization_of(project)
    bad, good = a_wish(organization, control="S3.9999"), a_wish(organization)
    stranger = a_wish(organization, account=AccountId("999999999999"))
    unread = Unread("200000000007", "jira SEC SEC-2", "the date is over", "answer again")

    done = proposed([bad, stranger, unread, good], organization, project, TODAY)

    assert [each.need for each in done] == [Need.REFUSE, Need.REFUSE, Need.REFUSE, Need.WRITE]
    assert "S3.9999" in done[0].why
    assert all(each.fix for each in done[:3])
    assert len(organization_of(project).exceptions) == 1


@pytest.mark.parametrize(
    "text", ["exceptions: {a: {control: S3.1}}\n", "exceptions:\n    a: {b: c}\n"]
)
def test_a_file_of_another_form_is_left_to_people(text: str) -> None:
    wanted = {"control": "S3.8", "accounts": ["shop"], "resources": [], "expires": "2027-01-01"}
    with pytest.raises(ValueError, match="blocks of two spaces"):
        appended(text, "new", wanted)


def test_a_name_that_is_taken_gets_a_number() -> None:
    organization_name = {"accounts": ["x" * 80], "control": "S3.8", "expires": "2027-01-01"}
    first = title("", organization_name)
    text = appended("", first, organization_name)

    assert len(first) <= 62
    assert title(text, organization_name) == f"{first}-2"
    assert first.startswith("s3-8-xxx") and first.endswith("-2027-01-01")


def test_a_ticket_of_another_tracker_is_not_asked_there() -> None:
    fake = FAKES["github"]()
    world = a_keeping_world(fake)
    world.route(failing(world))
    tick(world)
    moved = a_keeping_world(FAKES["jira"](), "jira", table=world.table)

    failures = Failures(world.table, 400)
    assert read(moved.matrix, failures, moved.parts.tickets.trackers, DAY) == ()


def test_an_entry_belongs_to_the_team_that_owns_the_ticket() -> None:
    wish = said(f"exception until 2027-03-31: {WHY}")
    assert isinstance(wish, Wish)
    assert entry(wish, "orders-prod")["owner"] == "orders"
