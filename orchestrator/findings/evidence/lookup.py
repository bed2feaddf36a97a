"""One resource, asked of its logs in turn, until one of them tells."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Protocol

from orchestrator.findings.evidence import sql
from orchestrator.findings.evidence.answer import (
    DAY,
    Confidence,
    Evidence,
    Row,
    State,
    best,
    by_own_record,
    judge,
    not_collected,
    unknown,
)
from orchestrator.findings.evidence.question import Asks, Kind, Log, Question, Subject

INTERFACE = re.compile(r"eni-[0-9a-f]{8,17}")


class NotCollected(Exception):
    """There is no such log where it was looked for."""


class Unanswered(Exception):
    """The log is there, and could not be asked. Why, in a sentence."""


class Logs(Protocol):
    """What holds the logs. Raises NotCollected, and Unanswered."""

    dialect: sql.Dialect

    def rows(self, query: sql.Query) -> Iterable[Mapping[str, Any]]:
        """The rows, by the names of their columns."""


Resolve = Callable[[Question], Subject | str]
"""The resource as logs call it, or why that cannot be told."""


def ask(question: Question | None, resolve: Resolve, logs: Logs) -> Evidence:
    """What the logs show. Never raises what an engine does: then it cannot be told."""
    if question is None:
        return unknown("no log that is known of answers for this control")
    subject = resolve(question)
    if isinstance(subject, str):
        return unknown(subject, question.logs[0])
    found = best(_answers(question, subject, logs))
    return by_own_record(found, subject) if question.kind is Kind.USER else found


def _answers(question: Question, subject: Subject, logs: Logs) -> Iterator[Evidence]:
    for log in question.logs:
        try:
            yield _answer(question, log, subject, logs)
        except NotCollected:
            yield not_collected(log, subject)
        except Unanswered as error:
            yield unknown(str(error), log)


def _answer(question: Question, log: Log, subject: Subject, logs: Logs) -> Evidence:
    note = ""
    if question.kind is Kind.SECURITY_GROUP:
        subject, note = _with_former(subject, logs)
    rows = [_row(each) for each in logs.rows(sql.query(question, log, subject, logs.dialect))]
    found = judge(question, log, subject, rows)
    if question.asks is Asks.INBOUND and not subject.interfaces and found.state is State.UNUSED:
        if note:
            return unknown(f"no network interface has it now; {note}", log)
        weak = found.confidence is Confidence.LOW
        return replace(
            found,
            confidence=Confidence.LOW if weak else Confidence.HIGH,
            notes=("no network interface has it, and none had it",),
        )
    if note and found.state is State.UNUSED:
        confidence = _at_most(found.confidence, Confidence.MEDIUM)
        return replace(found, notes=(*found.notes, note), confidence=confidence)
    return found


def _with_former(subject: Subject, logs: Logs) -> tuple[Subject, str]:
    """With interfaces that had the group and are gone; why they cannot be told."""
    try:
        found = list(logs.rows(sql.former(subject, logs.dialect)))
    except NotCollected:
        found = []
    except Unanswered as error:
        return subject, f"which had it before cannot be told: {error}"
    texts = [str(row["texts"]) for row in found if row["texts"]]
    gone = {name for text in texts for name in INTERFACE.findall(text)}
    interfaces = tuple(sorted(gone.union(subject.interfaces)))
    subject = replace(subject, interfaces=interfaces)
    if not found:
        return subject, "which had it before cannot be told without CloudTrail's events"
    if min(int(float(row["earliest"])) for row in found) > subject.since + DAY:
        return subject, "CloudTrail's events do not go back as far, and tell of fewer of them"
    return subject, ""


ORDER = (Confidence.NONE, Confidence.LOW, Confidence.MEDIUM, Confidence.HIGH)


def _at_most(one: Confidence, other: Confidence) -> Confidence:
    return min(one, other, key=ORDER.index)


def _row(row: Mapping[str, Any]) -> Row:
    """Raises Unanswered for a row that is not what was asked for."""
    try:
        who, account, network = (str(row[name] or "") for name in ("who", "account", "network"))
        lines, earliest, latest, days = (
            int(float(row[name])) for name in ("lines", "earliest", "latest", "days")
        )
        return Row(int(row["kind"]), who, account, network, lines, earliest, latest, days)
    except (KeyError, TypeError, ValueError) as error:
        raise Unanswered(f"a row of the answer is not what was asked for: {error!r}") from error
