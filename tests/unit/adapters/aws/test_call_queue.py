from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import pytest

from orchestrator.adapters.aws.call_queue import FIX, SqsCalls
from orchestrator.adapters.aws.credential_cache import CredentialCache
from orchestrator.adapters.aws.transport import Refused
from orchestrator.ports import Message, Purpose
from tests.builders import an_organization
from tests.unit.adapters.aws.fake_aws import refusal

ORGANIZATION = an_organization()
FOUND = {
    "Messages": [
        {"ReceiptHandle": "r1", "Body": "{}", "Attributes": {"ApproximateReceiveCount": "2"}}
    ]
}


@dataclass
class Sqs:
    """A queue that notes what it is asked."""

    missing: bool = False
    asked: list[tuple[str, str, dict[str, object]]] = field(default_factory=list)

    def call(self, service: str, operation: str, region: str = "", **given: object) -> Any:
        self.asked.append((operation, region, given))
        if self.missing:
            raise refusal("AWS.SimpleQueueService.NonExistentQueue")
        return {"GetQueueUrl": {"QueueUrl": "https://q"}, "ReceiveMessage": FOUND}.get(operation)


@dataclass
class Keys:
    """Lets nobody but the plan role of the security account in."""

    sqs: Sqs

    def session(self, account: str, purpose: Purpose) -> Sqs:
        assert (account, purpose) == (ORGANIZATION.security.id, Purpose.LISTEN)
        return self.sqs


def calls(sqs: Sqs) -> SqsCalls:
    return SqsCalls(cast("CredentialCache", Keys(sqs)), ORGANIZATION, "orchestrator-drift-events")


def test_a_message_comes_with_how_often_it_has_been_handed_out() -> None:
    sqs = Sqs()

    assert calls(sqs).receive(5) == (Message("r1", "{}", 2),)
    assert {region for _, region, _ in sqs.asked} == {"ap-northeast-1"}


def test_what_is_done_is_taken_off_ten_at_a_time_and_the_queue_is_found_once() -> None:
    sqs = Sqs()

    calls(sqs).done([f"r{number}" for number in range(25)])

    operations = [operation for operation, _, _ in sqs.asked]
    assert operations == ["GetQueueUrl", *["DeleteMessageBatch"] * 3]


def test_without_a_queue_the_way_out_is_said() -> None:
    with pytest.raises(Refused) as refused:
        calls(Sqs(missing=True)).receive(5)

    assert refused.value.fix == FIX
