from __future__ import annotations

from datetime import timedelta

from orchestrator.model.events import Entry, StackEnded, StageEnded, StageStarted
from orchestrator.model.history import History, Status, gather
from orchestrator.model.names import StackKey
from orchestrator.model.run import Outcome, StackResult
from orchestrator.model.submission import Cancelled
from orchestrator.ports.workers import Progress
from orchestrator.rollout.workers.journal import Gathered, journal
from tests.fakes import NOW
from tests.unit.rollout.workers.worker_fakes import ORDERS, PAYMENTS, a_submission

APPLIED = StackResult(ORDERS.key, Outcome.APPLIED), StackResult(PAYMENTS.key, Outcome.APPLIED)


def told(key: StackKey, *, seconds: int, outcome: Outcome | None = None) -> list[Entry]:
    """What a worker has to say of one stack."""
    at = NOW + timedelta(seconds=seconds)
    begun = [Entry(at, StageStarted(key, "apply")), Entry(at, StageEnded(key, "apply", 1.0))]
    return [*begun, Entry(at, StackEnded(StackResult(key, outcome)))] if outcome else begun


def shown(known: Gathered) -> History:
    return gather(journal(known), Status.UNKNOWN)


def test_a_run_whose_stacks_all_have_results_has_ended() -> None:
    notes = (
        *told(ORDERS.key, seconds=5, outcome=Outcome.APPLIED),
        *told(PAYMENTS.key, seconds=9, outcome=Outcome.APPLIED),
    )

    history = shown(Gathered(a_submission(), notes, APPLIED))

    assert history.status is Status.ENDED
    assert history.ending and (history.ending.exit_code, history.ending.seconds) == (0, 9.0)
    assert [(group.name, group.failed, group.seconds) for group in history.groups] == [
        ("wave canary", 0, 4.0)
    ]


def test_a_run_that_goes_on_is_shown_as_far_as_it_is() -> None:
    notes = told(ORDERS.key, seconds=5)

    history = shown(Gathered(a_submission(), notes, (), progress=Progress.RUNNING))

    assert history.status is Status.UNKNOWN
    assert history.stacks[ORDERS.key].applying
    assert history.unsettled == (ORDERS.key, PAYMENTS.key)


def test_a_conclusion_counts_for_more_than_what_another_worker_has_told() -> None:
    notes = told(ORDERS.key, seconds=5, outcome=Outcome.INTERRUPTED)

    history = shown(Gathered(a_submission(), notes, APPLIED[:1], progress=Progress.RUNNING))

    assert history.stacks[ORDERS.key].outcome is Outcome.APPLIED


def test_what_a_worker_had_begun_before_it_was_lost_stays_in_the_journal() -> None:
    lost, other = told(ORDERS.key, seconds=5), told(ORDERS.key, seconds=60)

    history = shown(Gathered(a_submission(), (*lost, *other), APPLIED))

    assert history.stacks[ORDERS.key].begun == ("apply", "apply")


def test_a_run_that_broke_off_is_incomplete() -> None:
    history = shown(Gathered(a_submission(), (), APPLIED[:1], progress=Progress.STOPPED))

    assert history.ending and history.ending.exit_code == 7


def test_a_run_that_was_called_off_says_by_whom_and_why() -> None:
    cancelled = Cancelled("ops", "the canary looks wrong", NOW + timedelta(minutes=1))

    history = shown(Gathered(a_submission(), (), APPLIED[:1], cancelled, Progress.STOPPED))

    assert history.halted == "cancelled by ops: the canary looks wrong"
    assert history.ending and history.ending.exit_code == 130
