from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import cache

import jsonschema
import pytest

from orchestrator.documents import events as documents
from orchestrator.documents import shapes
from orchestrator.documents.run import as_json
from orchestrator.model.events import (
    Event,
    GroupEnded,
    GroupStarted,
    Halted,
    Planned,
    RunStarted,
    StackEnded,
    StageEnded,
    StageStarted,
    Waiting,
)
from orchestrator.model.plan import Action, Verdict
from orchestrator.model.run import (
    Answer,
    Checked,
    How,
    Kind,
    Lifted,
    Outcome,
    Probe,
    Run,
    StackResult,
)
from tests.builders import DIGEST, a_change, a_key, a_plan, a_violation
from tests.unit.config.trees import ROOT
from tests.unit.views.told import RUN, groups

AT = datetime(2026, 6, 1, 12, 0, 0, 123456, tzinfo=UTC)
CHECKED = Checked(
    How.EXACT, AT, "it differs", tuple(Kind), ("aws_x.y (z)",), ("aws_x.n",), ("aws_x.f",)
)
FULL = StackResult(
    a_key(),
    Outcome.REFUSED,
    a_plan(a_change(), a_change(Action.REPLACE)),
    (a_violation(), a_violation(severity=None)),
    Verdict(None, ("destroys 1 resource",)),
    (Probe("hub", Answer.DENIED, "no"),),
    "gate: no",
    {"plan": 1.23456},
    CHECKED,
)
EVENTS: tuple[Event, ...] = (
    RunStarted(RUN, "apply", groups()),
    GroupStarted("wave canary", 1),
    StageStarted(a_key(), "plan"),
    StageEnded(a_key(), "plan", 1.23456, "6 create"),
    Planned(a_key(), DIGEST, "lineage:3"),
    StackEnded(FULL),
    StackEnded(StackResult(a_key(), Outcome.SKIPPED)),
    GroupEnded("wave canary", 1, 2.5),
    Waiting("bake time", 300.0),
    Halted("3 failures"),
)


def a_run() -> Run:
    results = (FULL, *(StackResult(a_key(), outcome) for outcome in Outcome))
    lifted = Lifted("a good reason", ("accounts",))
    return Run(RUN, "apply", AT.isoformat(), 12.3, results, lifted, {a_key(): "wave canary"})


@cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    schema = json.loads((ROOT / "schemas" / name).read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_every_event_is_one_line_that_the_published_schema_knows(event: Event) -> None:
    line = documents.streamed(event, RUN, AT)

    assert "\n" not in line
    validator("events.schema.json").validate(json.loads(line))


def test_every_kind_of_event_is_among_those_tried() -> None:
    assert {type(event) for event in EVENTS} == set(Event.__args__)


def test_an_event_says_its_version_its_time_and_its_run() -> None:
    document = json.loads(documents.streamed(Halted("3 failures"), RUN, AT))

    assert document == {
        "version": 2,
        "at": "2026-06-01T12:00:00.123+00:00",
        "run": RUN,
        "event": "halted",
        "why": "3 failures",
    }


def test_the_last_line_holds_the_run_as_format_json_prints_it() -> None:
    document = json.loads(documents.last_line(a_run(), AT))

    validator("events.schema.json").validate(document)
    assert document["event"] == "result"
    assert document["result"] == json.loads(as_json(a_run()))


def test_the_result_is_what_its_published_schema_says() -> None:
    document = json.loads(as_json(a_run()))

    validator("run.schema.json").validate(document)
    assert document["stacks"][0]["group"] == "wave canary"


@pytest.mark.parametrize("key", ["version", "event", "at", "run", "why"])
def test_the_schema_misses_what_is_missing(key: str) -> None:
    document = json.loads(documents.streamed(Halted("3 failures"), RUN, AT))
    del document[key]

    assert not validator("events.schema.json").is_valid(document)


def test_the_schema_refuses_what_nobody_has_said() -> None:
    document = json.loads(as_json(a_run()))
    document["stacks"][0]["secret"] = "x"

    assert not validator("run.schema.json").is_valid(document)


@pytest.mark.parametrize("name", shapes.schema_texts())
def test_the_schemas_in_the_repository_are_those_of_the_code(name: str) -> None:
    committed = (ROOT / "schemas" / name).read_text("utf-8")

    assert committed == shapes.schema_texts()[name], "run: orchestrator schema"
