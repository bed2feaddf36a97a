"""Slow changes with the function's own code and rights: settled minutes later, told once, undone.

The sandbox's resources change late, in the words of botocore's models, and the clock is turned.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from orchestrator.findings import by_hand
from orchestrator.findings.finding import Finding
from orchestrator.findings.messages.notifier import Digests, Notifier
from orchestrator.findings.parts import Parts
from orchestrator.findings.progress import Message
from orchestrator.findings.records import Outcome, Record
from orchestrator.findings.remediation import Refused, Remediation, Status
from orchestrator.findings.router import Router
from orchestrator.sandbox.client import Sandbox
from tests.sandbox.remediations.catalogue import cases, remediation_of
from tests.sandbox.remediations.repair import ME, decision_of, needs_a_person, target_of
from tests.sandbox.remediations.workshop import Workshop, a_sandbox, a_workshop
from tests.unit.findings.a_world import FakeSender, FakeTable
from tests.unit.findings.services.cycle import Case

pytestmark = pytest.mark.long

LATE = 900
"""Seconds until the sandbox shows a change."""
SAID = {
    "CloudFront.1": "InProgress",
    "CloudFront.10": "InProgress",
    "DynamoDB.6": "UPDATING",
    "EKS.1": "UPDATING",
    "EKS.8": "UPDATING",
    "ElastiCache.3": "modifying",
    "Inspector.1": "ENABLING in 123456789012",
    "Kinesis.1": "UPDATING",
    "Kinesis.3": "UPDATING",
    "Opensearch.8": "Processing",
    "RDS.2": "modifying",
    "RDS.5": "modifying",
    "RDS.6": "modifying",
    "RDS.7": "modifying",
    "RDS.8": "modifying",
    "RDS.11": "modifying",
    "RDS.13": "modifying",
    "RDS.16": "modifying",
    "Redshift.1": "modifying",
    "Redshift.3": "modifying",
    "Redshift.6": "modifying",
}
"""Control → AWS's word while it is at the change. Source: services/slow.py names each page."""
FIRST = {case.control: case for case in reversed(cases()) if case.control in SAID}


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with a_sandbox(tmp_path_factory.mktemp("slow")) as running:
        yield running


@dataclass
class Slow:
    """One violation whose fix the sandbox shows late, and a clock that is turned."""

    workshop: Workshop
    case: Case
    sandbox: Sandbox
    arn: str
    ahead: timedelta = timedelta()
    sender: FakeSender = field(default_factory=FakeSender)

    @property
    def remediation(self) -> Remediation:
        return remediation_of(self.case)

    @property
    def parts(self) -> Parts:
        known = self.workshop.parts
        notifier = Notifier(known.matrix, Digests(FakeTable(), 60), self.sender)
        return replace(known, notifier=notifier, now=lambda: datetime.now(UTC) + self.ahead)

    def fix(self) -> tuple[Finding, Record]:
        """By the router; by hand where it never runs by itself, after the team was asked to."""
        finding = self.workshop.imported(
            self.case.control, self.arn, self.remediation.resource_type
        )
        parts = self.parts
        if needs_a_person(self.remediation):
            plan = by_hand.rehearse(parts, finding).plan
            return finding, by_hand.apply(parts, finding, plan, ME)
        word = Router(parts).route(finding, self.message("m1")).word
        state = parts.states.get(finding.key)
        assert state, word
        record = parts.records.get(state.record)
        assert record, word
        return finding, record

    def message(self, name: str) -> Message:
        return Message(name, self.parts.now() + timedelta(minutes=2))

    def tick(self, **passed: int) -> list[str]:
        """The words of the looks, after so much time."""
        self.ahead += timedelta(**passed)
        return [each.word for each in Router(self.parts).tick(self.message("tick"))][1:]

    def state(self) -> object:
        look = self.workshop.look(self.remediation)
        return self.remediation.before(target_of(self.case, self.remediation, self.arn), look)

    def failures(self) -> int:
        return len(self.parts.breakers.state(self.case.control).failures)


def a_slow(sandbox: Sandbox, control: str) -> Slow:
    case = FIRST[control]
    workshop = a_workshop(sandbox, remediation_of(case), decision_of(case))
    arn = case.violate(workshop.owner)
    sandbox.confirm()
    slow = Slow(workshop, case, sandbox, arn)
    sandbox.delays("*=0", f"resource={LATE}", f"distribution={LATE}")
    return slow


def changes(workshop: Workshop) -> list[str]:
    looks = ("Get", "List", "Describe", "Head", "Lookup", "BatchGet")
    done = [e for e in workshop.entries if e["status"] < 400]
    return [e["operation"] for e in done if not str(e["operation"]).startswith(looks)]


@pytest.mark.parametrize("control", SAID)
def test_a_slow_change_is_fixed_once_told_once_and_undone_exactly(
    sandbox: Sandbox, control: str
) -> None:
    slow = a_slow(sandbox, control)
    before = slow.state()

    finding, record = slow.fix()
    made = changes(slow.workshop)

    assert (record.outcome, record.note) == (
        Outcome.ON_ITS_WAY,
        f"AWS is still at it: {SAID[control]}",
    )
    assert (slow.tick(minutes=3), slow.tick(minutes=5)) == (["on_its_way"], ["on_its_way"])
    assert slow.sender.sent == []
    with pytest.raises(Refused, match="once it has settled"):
        by_hand.undo(slow.parts, record.id, ME)

    sandbox.advance(LATE + 1)
    assert slow.tick(minutes=15) == ["fixed"]
    target = target_of(slow.case, slow.remediation, slow.arn)
    check = slow.remediation.check(target, slow.workshop.look(slow.remediation))
    assert check.status is Status.PASSES
    assert len(slow.sender.sent) == 1
    assert changes(slow.workshop) == made
    assert slow.failures() == 0
    assert slow.workshop.workflow(finding) == "RESOLVED"
    assert slow.tick(hours=2) == []

    assert by_hand.undo(slow.parts, record.id, ME).outcome is Outcome.UNDONE
    sandbox.advance(LATE + 1)
    assert slow.state() == before


def test_a_change_that_never_settles_is_told_and_counted_as_failing_once(
    sandbox: Sandbox,
) -> None:
    slow = a_slow(sandbox, "RDS.5")
    slow.fix()

    words = [word for _ in range(16) for word in slow.tick(minutes=30)]

    assert words[-1] == "failing"
    assert set(words[:-1]) == {"on_its_way"}
    assert (len(slow.sender.sent), slow.failures()) == (1, 1)
