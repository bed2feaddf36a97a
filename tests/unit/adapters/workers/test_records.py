from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest

from orchestrator.adapters.workers import codec
from orchestrator.adapters.workers.records import ObjectRecords
from orchestrator.errors import PlanChanged, UsageError
from orchestrator.model.names import StackName
from orchestrator.model.submission import Batch, Cancelled, Item, Submission
from orchestrator.model.waves import FailureMode
from tests.builders import a_key, an_account
from tests.fakes import NOW
from tests.unit.rollout.workers.worker_fakes import ORDERS, PAYMENTS, RUN, FakeObjects, a_submission

PROJECT = b"the files"


def submitted() -> tuple[ObjectRecords, FakeObjects, Submission]:
    objects = FakeObjects()
    records = ObjectRecords(objects, a_key(an_account(1, "management")), lambda: NOW)
    digest = hashlib.sha256(PROJECT).hexdigest()
    canary = Batch("wave canary", (ORDERS.key,), 1, 0, FailureMode.SOFT, checked=True)
    rest = Batch("wave rest", (PAYMENTS.key,), 1)
    submission = replace(a_submission(canary, rest), project=digest)
    records.submit(submission, PROJECT)
    return records, objects, submission


def test_a_submission_comes_back_as_it_was() -> None:
    records, _, submission = submitted()

    assert records.submission(RUN) == submission
    assert records.project(submission) == PROJECT


def test_a_run_is_submitted_once() -> None:
    records, _, submission = submitted()

    with pytest.raises(UsageError, match="was submitted before"):
        records.submit(submission, PROJECT)


def test_other_files_than_those_submitted_are_refused() -> None:
    records, objects, submission = submitted()
    objects.kept[f"runs/{RUN}/project.tar.gz"] = b"others"

    with pytest.raises(PlanChanged, match="not those that were submitted"):
        records.project(submission)


def test_the_state_machine_finds_the_items_of_each_step() -> None:
    _, objects, _ = submitted()
    found = [json.loads(objects.kept[key]) for key in objects.keys(f"runs/{RUN}/items/")]

    assert found[0] == [
        {
            "run": RUN,
            "item": "200000000006-account",
            "account_id": "200000000006",
            "account_name": "orders",
            "stack": "account",
            "wave": "wave canary",
        }
    ]
    assert [(one["item"], one["account_name"], one["stack"]) for one in found[1]] == [
        ("check", "management", "")
    ]
    assert [codec.item(one) for step in found for one in step] == [
        Item(RUN, "wave canary", ORDERS.key),
        Item(RUN, "wave canary"),
        Item(RUN, "wave rest", PAYMENTS.key),
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"run": "../other"},
        {"run": "*"},
        {"account_id": "20000000000"},
        {"account_id": "200000000006/../../x"},
        {"stack": "everything"},
        {"wave": None, "item": None, "stack": None},
    ],
)
def test_what_is_no_item_is_not_taken_for_one(change: dict[str, object]) -> None:
    item = {
        "run": RUN,
        "item": "200000000006-account",
        "account_id": "200000000006",
        "account_name": "orders",
        "stack": str(StackName.ACCOUNT),
        "wave": "wave canary",
    }

    with pytest.raises((ValueError, KeyError, TypeError)):
        codec.item({**item, **change})


def test_who_called_a_run_off_first_counts() -> None:
    records, _, _ = submitted()
    first = records.cancel(RUN, Cancelled("ops", "looks wrong", NOW))

    assert records.cancel(RUN, Cancelled("dev", "me too", NOW)) == first
    assert records.cancelled(RUN) == first


def test_inputs_that_cannot_be_read_say_where_they_are() -> None:
    records, objects, _ = submitted()
    objects.kept[f"runs/{RUN}/inputs.json"] = b'{"version": 2}'

    with pytest.raises(UsageError, match=f"runs/{RUN}/inputs.json .* version 2 is not known"):
        records.submission(RUN)


def test_a_run_nobody_submitted_is_not_there() -> None:
    records, _, _ = submitted()

    with pytest.raises(UsageError, match="there is no runs/20260602-120000-ab12"):
        records.submission("20260602-120000-ab12")


def test_what_is_no_id_never_becomes_part_of_a_key() -> None:
    records, _, _ = submitted()

    with pytest.raises(UsageError, match="is not the id of a run"):
        records.submission("../locks")
