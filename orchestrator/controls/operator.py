"""What a person can do with the findings function: the port behind the commands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Protocol

from orchestrator.findings.by_hand import Rehearsal, Replayed
from orchestrator.findings.events import Parsed
from orchestrator.findings.finding import Finding
from orchestrator.findings.records import Record
from orchestrator.findings.tickets.answers import Unread, Wish
from orchestrator.findings.undo import Standing


class Operator(Protocol):
    """Everything raises AwsDenied; what changes something raises the findings' Refused, too."""

    def found(self, id_: str) -> tuple[Parsed, ...]:
        """The finding of this id as Security Hub has it, once for each of its resources."""

    def rehearse(self, finding: Finding) -> Rehearsal:
        """What would be done. Changes nothing."""

    def tags(self, finding: Finding) -> Mapping[str, str] | None:
        """The resource's tags now; None if they cannot be read."""

    def apply(self, finding: Finding, plan: str, *, force: bool) -> Record:
        """Fix what `plan` was approved for."""

    def standing(self, record: Record) -> Standing:
        """How the resource of a record is now, and what was kept of it. Changes nothing."""

    def undo(self, id_: str, *, force: bool, why: str) -> Record:
        """Take a fix back."""

    def record(self, id_: str) -> Record | None:
        """The record of this id."""

    def records(self, days: int) -> tuple[Record, ...]:
        """Newest first."""

    def stopped(self) -> str:
        """Why nothing is fixed without a person now; '' if it is."""

    def turn(self, *, on: bool) -> None:
        """Turn the kill switch."""

    def replay_dead_letters(self, *, malformed: bool) -> Replayed:
        """The messages of the dead-letter queue, back into the queue."""

    def replay_records(self, days: int) -> Replayed:
        """The findings whose fix went wrong, back into the queue."""

    def answers(self, today: date) -> tuple[Wish | Unread, ...]:
        """What owners have answered in tickets, and what could not be read."""


VERSION = 1


class Unfit(Exception):
    """Why a file is not a plan for this finding, in a sentence."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What was seen, and the digest of what would be done."""

    finding: str
    control: str
    account: str
    region: str
    resource: str
    plan: str


def plan_for(finding: Finding, plan: str) -> Plan:
    """The plan that a dry run of `finding` has shown."""
    return Plan(
        finding.id, finding.control, finding.account, finding.region, finding.resource, plan
    )


def text_of(plan: Plan) -> str:
    return json.dumps({"version": VERSION, **asdict(plan)}, indent=2) + "\n"


def read(text: str) -> Plan:
    """The plan in a file. Raises Unfit."""
    try:
        document = json.loads(text)
        if document.pop("version") != VERSION:
            raise Unfit(f"it is not of version {VERSION}")
        plan = Plan(**document)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Unfit("it is not what a dry run has written") from error
    if not all(isinstance(value, str) for value in asdict(plan).values()):
        raise Unfit("it is not what a dry run has written")
    return plan


def approved(plan: Plan, finding: Finding) -> str:
    """The digest, if the plan is for this finding. Raises Unfit."""
    if plan_for(finding, plan.plan) != plan:
        raise Unfit(f"it is for {plan.control} on {plan.resource} in {plan.account}/{plan.region}")
    return plan.plan
