"""The queue in the security account to which all accounts forward calls."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from orchestrator.adapters.aws.credential_cache import CredentialCache
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.aws.transport import Refused
from orchestrator.model.organization import Organization
from orchestrator.ports import Message, Purpose

AT_ONCE = 10
"""Source: SQS API Reference, ReceiveMessage and DeleteMessageBatch."""

RECEIVED = "ApproximateReceiveCount"

NO_QUEUE = frozenset({"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"})
FIX = "set drift_events.enabled for some account, and apply the security account's stacks"


class SqsCalls:
    """See ports.CallQueue. Read with a role of its own, which may take out what is done."""

    def __init__(
        self, credential_cache: CredentialCache, organization: Organization, name: str
    ) -> None:
        self._credential_cache, self._account = credential_cache, organization.security.id
        self._region, self._name = organization.facts.home_region, name
        self._url = ""

    def receive(self, seconds: int) -> tuple[Message, ...]:
        session = self._session()
        answer = session.call(
            "sqs",
            "ReceiveMessage",
            self._region,
            QueueUrl=self._queue(session),
            MaxNumberOfMessages=AT_ONCE,
            WaitTimeSeconds=seconds,
            MessageSystemAttributeNames=[RECEIVED],
        )
        return tuple(_message(each) for each in answer.get("Messages", []))

    def done(self, receipts: Sequence[str]) -> None:
        session = self._session()
        for at in range(0, len(receipts), AT_ONCE):
            some = receipts[at : at + AT_ONCE]
            entries = [{"Id": str(n), "ReceiptHandle": each} for n, each in enumerate(some)]
            session.call(
                "sqs",
                "DeleteMessageBatch",
                self._region,
                QueueUrl=self._queue(session),
                Entries=entries,
            )

    def _session(self) -> AwsSession:
        return self._credential_cache.session(self._account, Purpose.LISTEN)

    def _queue(self, session: AwsSession) -> str:
        """Asked for once. Raises Refused with the way out where there is none."""
        if not self._url:
            try:
                found = session.call("sqs", "GetQueueUrl", self._region, QueueName=self._name)
            except Refused as refusal:
                if refusal.code in NO_QUEUE:
                    refusal.fix = FIX
                raise
            self._url = found["QueueUrl"]
        return self._url


def _message(said: Any) -> Message:
    return Message(said["ReceiptHandle"], said["Body"], int(said["Attributes"][RECEIVED]))
