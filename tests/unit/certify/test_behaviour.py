"""Behaviours are asked one after the other; what cannot be asked is never called answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest

from orchestrator.certify.behaviour import (
    Behaviour,
    Call,
    Like,
    Outcome,
    Place,
    Standing,
    certify,
    documented,
    filled,
)
from orchestrator.certify.behaviours import ALL
from orchestrator.certify.recordings import Answer

SOURCE = documented("A User Guide")


@dataclass
class ScriptedAws:
    """Answers by operation, one after the other; the last one stays."""

    script: dict[str, list[Answer]]
    origin: str = "aws"
    asked: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def names(self) -> Mapping[str, str]:
        return {
            "management": "111122223333",
            "member": "444455556666",
            "organization": "o-abcdefghij",
            "region": "eu-west-1",
        }

    def ask(
        self, place: Place, service: str, operation: str, region: str, parameters: Mapping[str, Any]
    ) -> Answer:
        self.asked.append((operation, parameters))
        answers = self.script[operation]
        return answers.pop(0) if len(answers) > 1 else answers[0]


def asked(behaviour: Behaviour, script: dict[str, list[Answer]]) -> tuple[Outcome, ScriptedAws]:
    aws = ScriptedAws(script)
    (outcome,) = certify(aws, [behaviour], "abc", sleep=lambda _: None)
    return outcome, aws


def refusing(code: str, **more: Any) -> Behaviour:
    call = Call("sqs", "CreateQueue", {"QueueName": "q-<run>"}, refused=code, **more)
    return Behaviour("sqs.x", "x", SOURCE, (call,))


def test_a_refusal_with_the_expected_code_is_as_written() -> None:
    outcome, aws = asked(refusing("Nope"), {"CreateQueue": [Answer("Nope", "no")]})

    assert (outcome.standing, outcome.reasons) == (Standing.AS_WRITTEN, ())
    assert aws.asked == [("CreateQueue", {"QueueName": "q-abc0"})]


def test_another_code_or_an_answer_is_otherwise_and_says_both() -> None:
    other, _ = asked(refusing("Nope"), {"CreateQueue": [Answer("Other", "why")]})
    answered, _ = asked(refusing("Nope"), {"CreateQueue": [Answer()]})

    assert other.standing is answered.standing is Standing.OTHERWISE
    assert other.reasons == ("sqs:CreateQueue: Other, not Nope (why)",)
    assert answered.reasons == ("sqs:CreateQueue: an answer, not Nope (no message)",)


def test_what_is_consistent_only_later_is_asked_again_until_then() -> None:
    behaviour = refusing("Nope", within=60.0)
    outcome, aws = asked(behaviour, {"CreateQueue": [Answer(), Answer(), Answer("Nope")]})

    assert outcome.standing is Standing.AS_WRITTEN
    assert len(aws.asked) == 3


def test_values_are_compared_where_the_behaviour_names_them() -> None:
    call = Call("sqs", "Get", answers={"A.B": Like("x[0-9]+"), "C": "<member>"})
    behaviour = Behaviour("sqs.x", "x", SOURCE, (call,))

    good, _ = asked(behaviour, {"Get": [Answer(content={"A": {"B": "x1"}, "C": "444455556666"})]})
    bad, _ = asked(behaviour, {"Get": [Answer(content={"A": {"B": "y"}, "C": "444455556666"})]})

    assert good.standing is Standing.AS_WRITTEN
    assert bad.reasons == ("sqs:Get: A.B is 'y', not Like(pattern='x[0-9]+')",)


PREPARED = Behaviour(
    "sqs.x",
    "x",
    SOURCE,
    (Call("sqs", "Use", {"Q": "<queue>"}, refused="Nope"),),
    (Call("sqs", "Make", keeps={"queue": "Url"}, tolerates=("Exists",)),),
    (Call("sqs", "Remove", {"Q": "<queue>"}),),
)


def test_what_was_made_is_removed_whatever_came_of_it() -> None:
    script = {"Make": [Answer(content={"Url": "u"})], "Use": [Answer()], "Remove": [Answer()]}
    outcome, aws = asked(PREPARED, script)

    assert outcome.standing is Standing.OTHERWISE
    assert aws.asked[-1] == ("Remove", {"Q": "u"})
    assert outcome.left == ()


def test_without_its_preparation_a_behaviour_is_not_asked() -> None:
    outcome, aws = asked(PREPARED, {"Make": [Answer("Denied", "no")]})

    assert outcome.standing is Standing.NOT_ASKED
    assert outcome.reasons == ("sqs:Make: Denied, not an answer (no)",)
    assert [operation for operation, _ in aws.asked] == ["Make"]


def test_what_could_not_be_removed_is_left_behind_unless_it_is_gone() -> None:
    made = {"Make": [Answer(content={"Url": "u"})], "Use": [Answer("Nope")]}

    gone, _ = asked(PREPARED, {**made, "Remove": [Answer("QueueDoesNotExistNotFound")]})
    stays, _ = asked(PREPARED, {**made, "Remove": [Answer("Busy", "in use")]})

    assert gone.left == ()
    assert stays.left == ("sqs:Remove: Busy, not an answer (in use)",)


def test_a_recording_holds_no_ids_and_no_preparation() -> None:
    script = {
        "Make": [Answer(content={"Url": "https://x/444455556666/q"})],
        "Use": [Answer("Nope", "arn:aws:sqs:eu-west-1:444455556666:q of o-abcdefghij")],
        "Remove": [Answer()],
    }
    outcome, _ = asked(PREPARED, script)

    (exchange,) = outcome.recording.exchanges
    assert exchange.parameters == {"Q": "<queue>"}
    assert exchange.answer.message == "arn:aws:sqs:<region>:<member>:q of <organization>"


def test_a_name_nobody_kept_is_an_error() -> None:
    with pytest.raises(KeyError, match="nobody"):
        filled({"A": ["<nobody>"]}, {})


def test_every_behaviour_has_an_id_of_its_own_a_source_and_calls() -> None:
    assert len({behaviour.id for behaviour in ALL}) == len(ALL)
    for behaviour in ALL:
        assert behaviour.evidence.source, behaviour.id
        assert behaviour.calls, behaviour.id
        assert all(call.refused or call.answers for call in behaviour.calls), behaviour.id
