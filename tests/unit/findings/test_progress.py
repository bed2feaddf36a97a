from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from orchestrator.findings.progress import Claim, Message, Progress, State, claim, closed, released
from tests.unit.findings.a_world import NOW, a_finding

FINDING = a_finding()
NEWER = a_finding(updated=FINDING.updated + timedelta(hours=1))
OLDER = a_finding(updated=FINDING.updated - timedelta(hours=1))
MINE = Message("m1", NOW + timedelta(minutes=2))
OTHER = Message("m2", NOW + timedelta(minutes=2))


def held() -> State:
    _, state = claim(None, FINDING, MINE, NOW)
    assert state
    return state


def done(status: Progress = Progress.FIXED) -> State:
    return released(held(), status)


def test_the_first_event_is_taken() -> None:
    answer, state = claim(None, FINDING, MINE, NOW)

    assert answer is Claim.TAKEN
    assert state
    assert (state.holder, state.until, state.updated) == ("m1", MINE.until, FINDING.updated)


def test_a_copy_is_a_duplicate_while_the_first_is_worked_on_and_afterwards() -> None:
    assert claim(held(), FINDING, OTHER, NOW) == (Claim.DUPLICATE, None)
    assert claim(done(), FINDING, OTHER, NOW) == (Claim.DUPLICATE, None)


def test_an_older_update_is_late() -> None:
    assert claim(done(), OLDER, OTHER, NOW) == (Claim.LATE, None)
    assert claim(held(), OLDER, OTHER, NOW) == (Claim.LATE, None)


def test_a_newer_update_waits_until_the_older_one_is_done() -> None:
    assert claim(held(), NEWER, OTHER, NOW)[0] is Claim.BUSY
    assert claim(done(), NEWER, OTHER, NOW)[0] is Claim.TAKEN


def test_the_message_of_an_invocation_that_died_waits_and_then_goes_on() -> None:
    later = NOW + timedelta(minutes=3)

    assert claim(held(), FINDING, MINE, NOW)[0] is Claim.BUSY
    answer, state = claim(replace(held(), record="r1"), FINDING, MINE, later)
    assert (answer, state and state.record) == (Claim.TAKEN, "r1")


def test_what_was_given_back_unfinished_is_taken_up_again() -> None:
    assert claim(done(Progress.OPEN), FINDING, MINE, NOW)[0] is Claim.TAKEN


def test_what_is_held_is_taken_up_from_the_waiting_list_alone() -> None:
    waited = replace(OTHER, waited=True)

    assert claim(done(Progress.HELD), FINDING, OTHER, NOW) == (Claim.DUPLICATE, None)
    assert claim(done(Progress.HELD), FINDING, waited, NOW)[0] is Claim.TAKEN
    assert claim(done(Progress.HELD), NEWER, OTHER, NOW)[0] is Claim.TAKEN


def test_a_person_may_ask_again_but_one_event_asks_once() -> None:
    asked = replace(FINDING, asked="e1")
    given_up = replace(done(Progress.FAILING), attempts=3, attempted=NOW)

    answer, state = claim(given_up, asked, MINE, NOW)

    assert answer is Claim.TAKEN
    assert state
    assert (state.attempts, state.asked) == (0, "e1")
    assert claim(released(state, Progress.FIXED), asked, OTHER, NOW)[0] is Claim.DUPLICATE


def test_what_was_taken_back_stays_so_until_it_passes_or_a_person_asks() -> None:
    undone = done(Progress.UNDONE)

    _, after = claim(undone, NEWER, MINE, NOW)
    _, asked = claim(undone, replace(NEWER, asked="e1"), MINE, NOW)

    assert after and after.status is Progress.UNDONE
    assert asked and asked.status is Progress.OPEN


def test_attempts_are_forgotten_only_when_it_has_passed_for_a_while() -> None:
    tried = replace(done(Progress.CLOSED), attempts=2, attempted=NOW)

    _, soon = claim(tried, NEWER, MINE, NOW + timedelta(hours=2))
    _, late = claim(tried, NEWER, MINE, NOW + timedelta(days=2))
    _, open_ = claim(replace(tried, status=Progress.FAILING), NEWER, MINE, NOW + timedelta(days=2))

    assert [state and state.attempts for state in (soon, late, open_)] == [2, 0, 2]


def test_a_finding_that_passes_closes_its_state_unless_the_event_is_ours_or_old() -> None:
    after = closed(done(), replace(NEWER, compliance="PASSED"))

    assert after and (after.status, after.updated) == (Progress.CLOSED, NEWER.updated)
    assert closed(done(), replace(NEWER, ours=True)) is None
    assert closed(done(), OLDER) is None
