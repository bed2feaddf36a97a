from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.adapters.journal.reader import lives, read, this_process
from orchestrator.adapters.journal.runs import JournalFile
from orchestrator.documents import events as documents
from orchestrator.documents import read_line
from orchestrator.errors import UsageError
from orchestrator.model.events import (
    Ending,
    Entry,
    Event,
    GroupEnded,
    GroupStarted,
    Halted,
    Inputs,
    Origin,
    Planned,
    RunStarted,
    StackEnded,
    StageEnded,
    StageStarted,
    Stored,
    Waiting,
)
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.history import History, Status
from orchestrator.model.names import StackKey
from orchestrator.model.plan import Verdict
from orchestrator.model.run import EXIT_CODES, Lifted, Outcome, StackResult
from tests.builders import DIGEST, a_key, an_account
from tests.fakes import NOW
from tests.unit.adapters.journal.lines import (
    GROUND,
    ORDERS,
    ORIGIN,
    PAYMENTS,
    RUN,
    WEB,
    a_journal,
    some_inputs,
)

LIFTED = replace(some_inputs(), lifted=Lifted("New region, SEC-1300", ("reaches 4 accounts",)))
SAID: tuple[Inputs | Event | Stored | Ending, ...] = (
    LIFTED,
    replace(some_inputs(), resumes="20260531-120000-abcd"),
    RunStarted(RUN, "apply", some_inputs().groups),
    GroupStarted("wave everyone", 3),
    GroupEnded("wave everyone", 1, 3.25),
    StageStarted(ORDERS, "plan"),
    StageEnded(ORDERS, "plan", 14.2, "3 create"),
    Planned(ORDERS, DIGEST, "a-lineage:3"),
    StackEnded(StackResult(ORDERS, Outcome.APPLIED, seconds={"apply": 1.5})),
    StackEnded(StackResult(ORDERS, Outcome.REFUSED, verdict=Verdict(None, ("destroys 1",)))),
    StackEnded(StackResult(ORDERS, Outcome.FAILED, reason='two\nlines, "quoted", 日本')),
    Waiting("bake time", 60.0),
    Halted("one stack before it failed"),
    Halted("half a surrogate pair: \udc80"),
    Stored(DIGEST),
    Ending(5, {Outcome.APPLIED: 2, Outcome.FAILED: 1}, 12.3, "Bug: oops"),
)


DESCRIBED = json.loads(
    (Path(__file__).parents[4] / "schemas" / "journal.schema.json").read_text("utf-8")
)
SCHEMA = jsonschema.Draft202012Validator(DESCRIBED)


def died(_origin: Origin) -> Status:
    return Status.DIED


@pytest.mark.parametrize("said", SAID, ids=lambda said: type(said).__name__)
def test_every_line_is_read_as_it_was_written(said: Inputs | Event | Stored | Ending) -> None:
    entry = Entry(NOW, said)

    line = documents.line(entry)

    assert read_line(line) == entry
    assert "\n" not in line
    SCHEMA.validate(json.loads(line))


def test_every_event_of_the_published_schema_is_written() -> None:
    written = {json.loads(documents.line(Entry(NOW, said)))["event"] for said in SAID}

    assert written == set(documents.NAMES.values()) == set(DESCRIBED["discriminator"]["mapping"])


def test_a_journal_tells_what_became_of_each_stack(tmp_path: Path) -> None:
    said = (
        GroupStarted("wave everyone", 3),
        StageStarted(ORDERS, "apply"),
        StageEnded(ORDERS, "apply", 2.0, "1 create"),
        StackEnded(StackResult(ORDERS, Outcome.APPLIED)),
        StackEnded(StackResult(PAYMENTS, Outcome.FAILED, reason="apply: no")),
        GroupEnded("wave everyone", 1, 3.0),
    )

    history = read(a_journal(tmp_path, said=said), died)

    assert history.status is Status.ENDED
    assert history.ending == Ending(
        int(ExitCode.TERRAFORM_FAILED), {Outcome.APPLIED: 1, Outcome.FAILED: 1}, 12.3
    )
    assert history.stacks[PAYMENTS].reasons == ("apply: no",)
    assert history.unsettled == (PAYMENTS, WEB)
    assert [(group.failed, group.seconds) for group in history.groups] == [(1, 3.0)]


def test_a_journal_is_for_its_owner_alone(tmp_path: Path) -> None:
    assert a_journal(tmp_path).stat().st_mode & 0o777 == 0o600


def test_a_run_whose_process_is_gone_has_died(tmp_path: Path) -> None:
    said = (StageStarted(ORDERS, "apply"), StackEnded(StackResult(PAYMENTS, Outcome.APPLIED)))

    history = read(a_journal(tmp_path, said=said, end=False), died)

    assert history.status is Status.DIED
    assert history.outcomes == {
        ORDERS: Outcome.INTERRUPTED,
        PAYMENTS: Outcome.APPLIED,
        WEB: Outcome.SKIPPED,
    }


def test_of_a_run_that_goes_on_only_what_is_known_counts(tmp_path: Path) -> None:
    file = a_journal(
        tmp_path, said=(StackEnded(StackResult(PAYMENTS, Outcome.APPLIED)),), end=False
    )

    history = read(file, lambda _origin: Status.RUNNING)

    assert history.outcomes == {PAYMENTS: Outcome.APPLIED}


def test_a_process_is_told_from_a_later_one_with_its_number() -> None:
    own = this_process("somebody", "")

    assert lives(own) is Status.RUNNING
    assert lives(replace(own, born=own.born - 60)) is Status.DIED
    assert lives(replace(own, pid=2**22 + 1)) is Status.DIED
    assert lives(replace(own, host="another")) is Status.UNKNOWN


@pytest.mark.parametrize("rest", ["", "{", '{"v":1', '{"v":1}\n', "\0\0\0"])
def test_a_last_line_that_is_torn_is_survived_and_told(tmp_path: Path, rest: str) -> None:
    file = a_journal(tmp_path, said=(StackEnded(StackResult(ORDERS, Outcome.APPLIED)),), end=False)
    with file.open("a") as journal:
        journal.write(rest)

    history = read(file, died)

    assert history.stacks[ORDERS].outcome is Outcome.APPLIED
    assert history.garbled == ()
    assert history.torn == ("line 3 is torn: it is left out" if rest else "")


def test_a_line_in_the_middle_that_is_garbled_is_told_as_such(tmp_path: Path) -> None:
    results = [StackEnded(StackResult(key, Outcome.APPLIED)) for key in (ORDERS, PAYMENTS)]
    file = a_journal(tmp_path, said=results)
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([lines[0], b"\xff\xfe nonsense\n", *lines[2:]]))

    history = read(file, died)

    assert [line.partition(":")[0] for line in history.garbled] == ["line 2 is garbled"]
    assert history.unsettled == (ORDERS, WEB)


@pytest.mark.parametrize("first", [b"", b"{}\n", b'{"v":99}\n', b"nonsense\n"])
def test_a_file_without_a_first_line_is_no_journal(tmp_path: Path, first: bytes) -> None:
    (tmp_path / "r.journal").write_bytes(first)

    with pytest.raises(ValueError, match=r"first line|begin with"):
        read(tmp_path / "r.journal", died)


def test_without_a_place_for_its_journal_a_run_does_not_start(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file where a folder should be")

    with pytest.raises(UsageError, match="the journal cannot be written"):
        JournalFile(tmp_path / "runs" / "r.journal", lambda: NOW).begin(some_inputs())


def test_a_journal_that_cannot_be_written_any_more_does_not_stop_the_run(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    journal = JournalFile(tmp_path / "r.journal", lambda: NOW)
    journal.begin(some_inputs())
    os.close(journal._descriptor)

    for _ in range(3):
        journal.emit(Halted("no"))

    assert [record.levelname for record in caplog.records] == ["WARNING"]
    journal._descriptor = -1


KEYS = tuple(a_key(an_account(number, f"shop-{number}")) for number in range(10, 18))


@st.composite
def stories(draw: st.DrawFn) -> tuple[Event, ...]:
    """What some of the stacks went through, in any order; some twice begun, some never."""
    said: list[Event] = []
    for key in draw(st.permutations(KEYS)):
        stages = draw(st.lists(st.sampled_from(("init", "plan", "apply")), max_size=3))
        said += [StageStarted(key, stage) for stage in stages]
        if draw(st.booleans()):
            outcome = draw(st.sampled_from(list(Outcome)))
            said.append(StackEnded(StackResult(key, outcome, reason=draw(st.text(max_size=5)))))
    return tuple(said)


@given(said=stories(), cut=st.floats(0, 1))
@settings(max_examples=200, deadline=None)
def test_wherever_a_run_is_killed_exactly_what_has_not_succeeded_is_left(
    tmp_path_factory: pytest.TempPathFactory, said: tuple[Event, ...], cut: float
) -> None:
    file = a_journal(tmp_path_factory.mktemp("kill"), some_inputs(*KEYS), said, end=False)
    content = file.read_bytes()
    first = content.index(b"\n") + 1
    kept = content[: first + int(cut * (len(content) - first))]
    file.write_bytes(kept)

    history = read(file, died)

    assert set(history.unsettled) == set(KEYS) - succeeded(kept)
    assert history.unsettled == tuple(key for key in KEYS if key in history.unsettled)
    assert history.garbled == ()


def succeeded(content: bytes) -> set[StackKey]:
    """By the lines alone: a result that is not a failure, in a line that can be read."""
    found = set()
    for line in content.split(b"\n"):
        try:
            document = json.loads(line)
        except ValueError:
            continue
        if document["event"] == "stack_ended":
            good = Outcome(document["outcome"]) not in EXIT_CODES
            if good or document["outcome"] == "drifted":
                found.add(next(k for k in KEYS if k.account_id == document["account_id"]))
    return found


def test_the_history_of_a_run_is_complete_in_its_inputs(tmp_path: Path) -> None:
    history: History = read(a_journal(tmp_path, LIFTED), died)

    assert history.inputs == LIFTED
    assert (history.inputs.tool_versions, history.inputs.origin) == (GROUND, ORIGIN)
