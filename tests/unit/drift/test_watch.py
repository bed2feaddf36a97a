from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from orchestrator.drift.events import BURST, Cases, Means, Suspects, one_round
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.run import Outcome, StackResult
from orchestrator.ports import Message
from orchestrator.render import stacks_of
from tests.builders import an_account, an_organization
from tests.unit.drift.calls_made import a_message, an_event, by_role

ORDERS = an_account(6, "orders")
ORGANIZATION = an_organization((ORDERS,))
KEY = StackKey(ORDERS.id, "orders", StackName.ACCOUNT)
SECURITY = ORGANIZATION.security


@dataclass
class Queue:
    """Hands out what is left, ten at a time; remembers what was taken off."""

    messages: list[Message] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    def receive(self, seconds: int) -> tuple[Message, ...]:
        some, self.messages = self.messages[:10], self.messages[10:]
        return tuple(some)

    def done(self, receipts: Sequence[str]) -> None:
        self.gone += receipts


@dataclass
class World:
    """Every stack ends with `outcome`, and everybody can be told, or nobody."""

    queue: Queue
    outcome: Outcome = Outcome.IN_SYNC
    reachable: bool = True
    looked: list[Mapping[StackKey, Suspects]] = field(default_factory=list)
    told: list[Cases] = field(default_factory=list)

    def round(self) -> tuple[StackResult, ...]:
        means = Means(self.queue, self.examine, self.emit)
        return one_round(ORGANIZATION, stacks_of(ORGANIZATION), means, 1)

    def examine(self, cases: Mapping[StackKey, Suspects]) -> Sequence[StackResult]:
        self.looked.append(cases)
        return [StackResult(key, self.outcome) for key in cases]

    def emit(self, results: Sequence[StackResult], cases: Cases) -> bool:
        self.told.append(cases)
        return self.reachable


def a_world(*events: dict[str, Any], **how: Any) -> World:
    messages = [a_message(event, f"r{number}") for number, event in enumerate(events)]
    return World(Queue(messages), **how)


def test_a_call_makes_a_stack_of_its_account_a_suspect_and_is_then_done() -> None:
    world = a_world(an_event(), outcome=Outcome.DRIFTED)

    [result] = world.round()

    assert result.key == KEY
    [(key, suspects)] = world.looked[0].items()
    assert key == KEY
    assert suspects
    assert suspects[0].names == {"orchestrator-plan"}
    assert world.queue.gone == ["r0"]


def test_a_burst_of_calls_is_one_look_at_each_stack() -> None:
    events = [an_event("TagRole", eventID=f"e{number}") for number in range(35)]
    world = a_world(*events, outcome=Outcome.DRIFTED)

    world.round()

    assert [len(each) for each in world.looked] == [1]
    assert len(world.looked[0][KEY] or ()) == 1
    assert len(world.told[0][KEY]) == 35
    assert len(world.queue.gone) == 35 < BURST


@pytest.mark.parametrize("outcome", [Outcome.DENIED, Outcome.FAILED, Outcome.INTERRUPTED])
def test_a_call_comes_again_when_its_stack_could_not_be_looked_at(outcome: Outcome) -> None:
    world = a_world(an_event(), outcome=outcome)

    world.round()

    assert world.told
    assert world.queue.gone == []


def test_a_call_comes_again_when_nobody_could_be_told() -> None:
    world = a_world(an_event(), outcome=Outcome.DRIFTED, reachable=False)

    world.round()

    assert world.queue.gone == []


def test_what_our_own_roles_do_is_no_news_even_if_it_was_forwarded() -> None:
    world = a_world(an_event(identity=by_role("orchestrator-apply")))

    assert world.round() == ()
    assert world.looked == []
    assert world.queue.gone == ["r0"]


@pytest.mark.parametrize(
    "identity",
    [
        by_role("orchestrator-apply-not"),
        by_role("OrganizationAccountAccessRole", "jane@example.com"),
        {"type": "IAMUser", "userName": "orchestrator-apply", "arn": "arn:x"},
    ],
)
def test_a_role_that_people_use_is_not_ours_whatever_it_is_called(
    identity: dict[str, Any],
) -> None:
    world = a_world(an_event(identity=identity))

    world.round()

    assert list(world.looked[0]) == [KEY]


def test_the_entry_role_in_what_may_be_our_run_is_looked_at_when_that_has_ended() -> None:
    event = an_event(identity=by_role("OrganizationAccountAccessRole"))
    world = a_world(event)

    assert world.round() == ()
    assert (world.looked, world.queue.gone) == ([], [])

    world.queue.messages = [replace(a_message(event), time=2)]
    world.round()
    assert list(world.looked[0]) == [KEY]


def test_the_apply_role_of_another_account_is_not_ours() -> None:
    ours = by_role("orchestrator-apply")
    world = a_world(an_event(identity=ours, account=SECURITY.id))

    world.round()

    assert {key.account_id for key in world.looked[0]} == {SECURITY.id}


def test_a_call_that_names_nothing_we_know_makes_the_whole_account_a_suspect() -> None:
    world = a_world(an_event("RenameEverything", account=SECURITY.id), an_event())

    world.round()

    found = {str(key.stack): suspects for key, suspects in world.looked[0].items()}
    assert found.keys() == {"security", "account"}
    assert world.looked[0][StackKey(SECURITY.id, "security", StackName.SECURITY)] is None
    assert world.looked[0][KEY] is not None


def test_only_stacks_that_have_the_type_are_looked_at() -> None:
    world = a_world(an_event("DeleteTrail", "cloudtrail", {"name": "x"}, account=SECURITY.id))

    assert world.round() == ()
    assert world.queue.gone == ["r0"]


def test_a_message_that_cannot_be_read_is_left_for_the_dead_letter_queue() -> None:
    world = a_world(an_event())
    world.queue.messages.append(Message("poison", "{"))

    world.round()

    assert world.queue.gone == ["r0"]


def test_a_call_in_an_account_that_is_not_configured_is_done() -> None:
    world = a_world(an_event(account="299999999999"))

    assert world.round() == ()
    assert world.queue.gone == ["r0"]
