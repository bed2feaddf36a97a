"""The function's way to the logs: the account is looked into by its remediation role."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from botocore import xform_name

from orchestrator.findings.errors import AwsError, said
from orchestrator.findings.evidence.answer import Evidence, unknown
from orchestrator.findings.evidence.lookup import Logs, ask
from orchestrator.findings.evidence.question import Question, Subject, question_of
from orchestrator.findings.evidence.subject import READS, Unresolved, subject
from orchestrator.findings.remediation import Permission, Target
from orchestrator.findings.sessions import Sessions

NAME = "evidence"
"""In the names of sessions."""
NOT_ASKED = "no workgroup of Athena is declared: set organization.logs.lake.workgroup"


def not_asked(_target: Target, _days: int) -> Evidence:
    """Where there is nothing to ask."""
    return unknown(NOT_ASKED)


class Usage:
    """Says who uses a resource. Whatever goes wrong, it cannot be told."""

    def __init__(
        self,
        sessions: Sessions,
        logs: Logs,
        organization: frozenset[str],
        now: Callable[[], datetime],
    ) -> None:
        self._sessions, self._logs = sessions, logs
        self._organization, self._now = organization, now

    def __call__(self, target: Target, days: int) -> Evidence:
        def resolve(question: Question) -> Subject | str:
            about = (target.control, target.arn, days, self._now(), self._organization)
            try:
                return subject(question, target.place, *about, self._call(question, target))
            except Unresolved as unresolved:
                return unresolved.why
            except (*AwsError, ValueError, KeyError) as error:
                return f"it could not be looked up: {_said(error)}"

        return ask(question_of(target.control), resolve, self._logs)

    def _call(self, question: Question, target: Target) -> Callable[..., Mapping[str, Any]]:
        """A session for each service, because a second role is for some of them."""

        def call(service: str, operation: str, **parameters: Any) -> Mapping[str, Any]:
            aws = self._sessions.open(target.place, needed(question, service), NAME)
            client = aws(service)
            found: Mapping[str, Any] = getattr(client, xform_name(operation))(**parameters)
            return found

        return call


def needed(question: Question, service: str) -> tuple[Permission, ...]:
    """What finding the resource takes of one service."""
    return tuple(
        each
        for each in READS.get(question.kind, ())
        if any(action.startswith(f"{service}:") for action in each.actions)
    )


def _said(error: Exception) -> str:
    return said(error) if isinstance(error, AwsError) else repr(error)
