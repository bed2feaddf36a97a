"""Every violation that Prowler has a check for: judged, repaired, judged, taken back, judged.

As many as can stand beside each other in one account are judged at once; those whose names are
taken, or that a neighbour's violation cures, wait for the next round.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from botocore.exceptions import ClientError

from orchestrator.findings.emulation import LACKING
from orchestrator.findings.remediation import Aws, Json, Refused, Remediation, Status, Target
from orchestrator.sandbox.checks.reading import Reader, Scope
from orchestrator.sandbox.checks.registry import evaluate
from orchestrator.sandbox.checks.rule import Outcome
from orchestrator.sandbox.client import Sandbox
from tests.agreement import decided
from tests.sandbox import prowler
from tests.sandbox.prowler import Judgement
from tests.sandbox.remediations.catalogue import REMEDIATIONS, cases, remediation_of
from tests.sandbox.remediations.repair import target_of
from tests.sandbox.remediations.workshop import owner_of
from tests.unit.findings.services.cycle import Case, one_each
from tests.unit.findings.services.recording import PLACE


@dataclass(frozen=True, slots=True)
class Violation:
    """A resource that fails, and what is needed to repair it."""

    case: Case
    remediation: Remediation
    target: Target

    @property
    def arn(self) -> str:
        return self.target.arn

    @property
    def expected(self) -> tuple[str, ...]:
        """What there is no undo for stays repaired."""
        return ("FAIL", "PASS", "FAIL" if self.remediation.undo else "PASS")


@dataclass
class Trial:
    """What Prowler has said of each control: violated, repaired, and taken back."""

    checks: Mapping[str, tuple[str, ...]]
    """Of each of our controls that it has any for."""
    said: dict[str, tuple[str, ...]] = field(default_factory=dict)
    expected: dict[str, tuple[str, ...]] = field(default_factory=dict)
    words: dict[str, tuple[str, ...]] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)
    """Controls that could not be tried, and why."""

    @property
    def differing(self) -> set[str]:
        return {each for each, said in self.said.items() if said != self.expected[each]}

    @property
    def hidden(self) -> set[str]:
        return set(self.checks) - set(self.said)

    def hold(
        self, violations: Iterable[Violation], runs: tuple[tuple[Judgement, ...], ...]
    ) -> None:
        for each in violations:
            control = each.case.control
            found = [self._of(control, each.arn, run) for run in runs]
            self.said[control] = tuple(_status(rows) for rows in found)
            self.words[control] = tuple(rows[0].words if rows else "" for rows in found)
            self.expected[control] = each.expected

    def _of(self, control: str, arn: str, run: tuple[Judgement, ...]) -> list[Judgement]:
        """Of the resource; of whatever there is where the control is about the account."""
        rows = [each for each in run if each.check in self.checks[control]]
        account = arn.startswith("AWS::::")
        return sorted(
            (each for each in rows if account or each.resource == arn), key=lambda e: e.status
        )


def _status(rows: list[Judgement]) -> str:
    found = {each.status for each in rows}
    return "FAIL" if "FAIL" in found else "/".join(sorted(found)) or "nothing"


def tried(sandbox: Sandbox, rounds: int, into: Path) -> Trial:
    """Round after round, until all are tried or none of those left can be."""
    mapped = {control.lower(): checks for control, checks in prowler.mapping().items()}
    ours = [control for each in REMEDIATIONS for control in each.controls]
    trial = Trial({each: mapped[each.lower()] for each in ours if each.lower() in mapped})
    todo = [case for case in one_each(cases()) if case.control in trial.checks and _ends(case)]
    for number in range(1, rounds + 1):
        if todo:
            todo = _round(sandbox, trial, todo, into / f"round-{number}")
    return trial


def _ends(case: Case) -> bool:
    """Whether the sandbox runs it, and nothing is left to a person."""
    return case.after is Status.PASSES and case.undone and case.control not in LACKING


def _round(sandbox: Sandbox, trial: Trial, todo: list[Case], into: Path) -> list[Case]:
    """Judge what can be violated at once; the cases that could not."""
    sandbox.reset()
    owner = owner_of(sandbox)
    violated = list(_violated(todo, owner, trial.left))
    checks = {check for each in violated for check in trial.checks[each.case.control]}

    def run(name: str) -> tuple[Judgement, ...]:
        keys = sandbox.session(PLACE.account)
        what = ("--check", *sorted(checks))
        return prowler.judge(sandbox, keys, (PLACE.region,), what, into / name)

    if not violated:
        return todo
    before = run("violated")
    repaired = list(_repaired(violated, owner, trial.left))
    after = run("repaired")
    undone = list(_undone(repaired, owner, trial.left))
    trial.hold(undone, (before, after, run("undone")))
    return [case for case in todo if case.control not in trial.said]


def _violated(todo: list[Case], owner: Aws, why: dict[str, str]) -> Iterator[Violation]:
    """Those that fail still when all are made, by the sandbox's own evaluator."""
    made: dict[str, str] = {}
    for case in todo:
        try:
            made[case.control] = case.violate(owner)
        except ClientError as error:
            why[case.control] = f"violated: {error}"
    reader = Reader(Scope(PLACE.account, PLACE.region, PLACE.region), owner)
    for case in todo:
        if case.control not in made:
            continue
        remediation, arn = remediation_of(case), made[case.control]
        verdicts = evaluate(case.control, reader, decided(remediation, case.parameters))
        if any(v.resource == arn and v.outcome is Outcome.FAILED for v in verdicts):
            yield Violation(case, remediation, target_of(case, remediation, arn))
        else:
            why[case.control] = "violated: it passes beside its neighbours"


def _repaired(
    violated: list[Violation], owner: Aws, why: dict[str, str]
) -> Iterator[tuple[Violation, Json]]:
    """With what was there before. What a case's parameters name may be another's by now."""
    for each in violated:
        before = each.remediation.before(each.target, owner)
        try:
            each.remediation.fix(each.target, owner, before)
        except (ClientError, Refused) as error:
            why[each.case.control] = f"repaired: {error}"
        else:
            yield each, before


def _undone(
    repaired: list[tuple[Violation, Json]], owner: Aws, why: dict[str, str]
) -> Iterator[Violation]:
    """The last repair first."""
    for each, before in reversed(repaired):
        try:
            if each.remediation.undo:
                each.remediation.undo(each.target, owner, before)
        except (ClientError, Refused) as error:
            why[each.case.control] = f"undone: {error}"
        else:
            yield each
