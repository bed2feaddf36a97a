"""Security Lake and accounts that join later."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pytest

from orchestrator.adapters.aws.session import Identity
from orchestrator.adapters.aws.transport import Refused
from orchestrator.adapters.lake.lookup import SETTLE_PAUSE, TRIES, LakeAutoEnable, by_region
from orchestrator.errors import UsageError
from orchestrator.logs.auto_enable import NotTaken, Source, settle, wanted
from orchestrator.model.facts import LogFacts
from tests.unit.render.builders import HOME, SECOND
from tests.unit.render.test_forwarding import with_logs

SECURITY = "200000000002"
ORGANIZATION = with_logs()
RIGHT = frozenset(Source(r, name) for r in (HOME, SECOND) for name in ("EKS_AUDIT", "ROUTE53"))


@dataclass
class FakeNewcomers:
    """Holds what it is given, unless it forgets."""

    sources: frozenset[Source] = frozenset()
    asked: str = SECURITY
    forgets: bool = False
    calls: list[str] = field(default_factory=list)

    def account(self) -> str:
        return self.asked

    def held(self) -> frozenset[Source]:
        return self.sources

    def add(self, sources: Iterable[Source]) -> None:
        self.calls.append("add")
        self.sources = self.sources if self.forgets else self.sources | frozenset(sources)

    def remove(self, sources: Iterable[Source]) -> None:
        self.calls.append("remove")
        self.sources -= frozenset(sources)


def test_new_accounts_are_collected_from_like_all_others() -> None:
    lake = FakeNewcomers()

    change = settle(lake, ORGANIZATION)

    assert wanted(ORGANIZATION) == RIGHT == lake.sources
    assert (frozenset(change.added), change.removed) == (RIGHT, ())


def test_what_is_right_already_is_left_alone() -> None:
    lake = FakeNewcomers(RIGHT)

    change = settle(lake, ORGANIZATION)

    assert (change.added, change.removed, lake.calls) == ((), (), [])


def test_what_is_collected_no_more_is_taken_away() -> None:
    old = Source(HOME, "WAF")
    lake = FakeNewcomers(RIGHT | {old})

    assert settle(lake, ORGANIZATION).removed == (old,)
    assert (lake.calls, lake.sources) == (["remove"], RIGHT)


def test_without_a_lake_nothing_is_collected_from_new_accounts() -> None:
    lake = FakeNewcomers(RIGHT)

    settle(lake, with_logs(facts=LogFacts()))

    assert lake.sources == frozenset()


def test_a_dry_run_changes_nothing() -> None:
    lake = FakeNewcomers()

    change = settle(lake, ORGANIZATION, write=False)

    assert (len(change.added), lake.calls) == (4, [])


def test_another_account_is_not_asked_to_change_anything() -> None:
    lake = FakeNewcomers(asked="200000000007")

    with pytest.raises(UsageError, match="200000000007 does not administer Security Lake"):
        settle(lake, ORGANIZATION)
    assert lake.calls == []


def test_a_change_that_is_not_there_afterwards_is_an_error() -> None:
    with pytest.raises(NotTaken, match=r"ROUTE53 2\.0 in us-east-1"):
        settle(FakeNewcomers(forgets=True), ORGANIZATION)


def test_sources_are_handed_over_by_region() -> None:
    assert by_region(
        [Source(SECOND, "WAF"), Source(HOME, "ROUTE53"), Source(HOME, "EKS_AUDIT")]
    ) == [
        {
            "region": HOME,
            "sources": [
                {"sourceName": "EKS_AUDIT", "sourceVersion": "2.0"},
                {"sourceName": "ROUTE53", "sourceVersion": "2.0"},
            ],
        },
        {"region": SECOND, "sources": [{"sourceName": "WAF", "sourceVersion": "2.0"}]},
    ]


@dataclass
class Answers:
    """Answers what it is told to, in turn, or refuses with a code."""

    answers: list[object]
    asked: list[str] = field(default_factory=list)

    def identity(self) -> Identity:
        return Identity(SECURITY, f"arn:aws:sts::{SECURITY}:assumed-role/admin/me")

    def call(self, service: str, operation: str, region: str = "", **_: object) -> object:
        self.asked.append(f"{service}:{operation}")
        answer = self.answers.pop(0)
        if isinstance(answer, str):
            raise Refused(SECURITY, "me", operation, answer, answer)
        return answer


def test_where_nothing_was_ever_set_nothing_is_held() -> None:
    assert LakeAutoEnable(Answers(["ResourceNotFoundException"])).held() == frozenset()


def test_what_cannot_be_read_is_not_taken_for_nothing() -> None:
    with pytest.raises(Refused, match="AccessDenied"):
        LakeAutoEnable(Answers(["AccessDeniedException"])).held()


def test_settings_are_read_by_region_and_source() -> None:
    sources = [{"sourceName": "WAF", "sourceVersion": "2.0"}]
    answer = {"autoEnableNewAccount": [{"region": HOME, "sources": sources}]}

    assert LakeAutoEnable(Answers([answer])).held() == {Source(HOME, "WAF")}


def test_a_change_waits_for_another_that_is_going_on() -> None:
    slept: list[float] = []
    session = Answers(["ConflictException", {}])

    LakeAutoEnable(session, slept.append).add([Source(HOME, "WAF")])

    assert session.asked == ["securitylake:CreateDataLakeOrganizationConfiguration"] * 2
    assert slept == [SETTLE_PAUSE]


def test_a_change_does_not_wait_for_ever() -> None:
    session = Answers(["ConflictException"] * TRIES)

    with pytest.raises(Refused, match="ConflictException"):
        LakeAutoEnable(session, lambda _: None).remove([Source(HOME, "WAF")])
