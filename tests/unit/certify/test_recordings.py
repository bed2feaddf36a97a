"""A recording is read back as it was written, and tells nobody's ids."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.certify.behaviour import Kind
from orchestrator.certify.behaviours import ALL
from orchestrator.certify.recordings import (
    Answer,
    Exchange,
    Recording,
    differences,
    from_json,
    read,
    to_json,
    without_ids,
    write,
)
from orchestrator.certify.report import counts, evidence, markdown

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def a_recording(*answers: Answer, behaviour: str = "sqs.x", origin: str = "aws") -> Recording:
    exchanges = tuple(Exchange("sqs", "Get", "member", {}, answer) for answer in answers)
    return Recording(behaviour, origin, "2026-11-01", exchanges)


@given(VALUES, st.text(), st.text())
def test_a_recording_is_read_back_as_it_was_written(
    content: object, code: str, message: str
) -> None:
    recording = a_recording(Answer(code, message, content))

    assert from_json(to_json(recording)) == recording


@given(st.from_regex(r"[0-9]{12}", fullmatch=True), VALUES)
def test_no_account_id_is_left_in_a_text(account: str, content: object) -> None:
    told = {"Arn": f"arn:aws:iam::{account}:role/x", account: [content, account]}

    assert account not in re.findall(r"[0-9]{12}", str(without_ids({"a": told["Arn"]}, {})))
    assert without_ids(account, {"member": account}) == "<member>"


def test_ids_keys_times_and_addresses_are_replaced() -> None:
    said = (
        "AROAABCDEFGHIJKLMNOPQ 3b241101-e2bb-4255-8caf-4136c566a962 o-abcdefghij r-ab12 "
        "ou-ab12-abcdefgh p-abcdefgh1 2026-11-01T10:00:00Z someone@example.com 111122223333"
    )

    assert without_ids(said, {}) == (
        "<unique-id> <uuid> <organization> <root> <ou> <policy> <time> <e-mail> <account>"
    )


def test_another_outcome_and_missing_members_are_differences() -> None:
    full = a_recording(Answer(content={"A": 1, "B": [{"C": 2}]}))

    assert differences(full, a_recording(Answer(content={"A": 9, "B": [{"C": 9}]}))) == ()
    assert differences(full, a_recording(Answer(content={"A": 1, "D": 1, "B": []}))) == (
        "sqs:Get: the other lacks B[].C",
        "sqs:Get: the other has besides D",
    )
    assert differences(full, a_recording(Answer("Nope"))) == ("sqs:Get: an answer, not Nope",)
    assert differences(full, a_recording()) == ("1 calls, not 0",)


def test_recordings_lie_in_a_folder_by_behaviour(tmp_path: Path) -> None:
    recording = a_recording(Answer("Nope"), behaviour="sqs.y")

    write(tmp_path, recording)

    assert read(tmp_path) == {"sqs.y": recording}


def test_only_a_recording_of_aws_is_better_than_a_word() -> None:
    first = ALL[0]
    on_aws = a_recording(behaviour=first.id)

    assert evidence(first, {first.id: on_aws}).kind is Kind.RECORDED
    assert evidence(first, {first.id: replace(on_aws, origin="sandbox")}) == first.evidence
    assert sum(counts(ALL, {first.id: on_aws}).values()) == len(ALL)
    assert markdown(ALL, {}).count("| `") == len(ALL)
