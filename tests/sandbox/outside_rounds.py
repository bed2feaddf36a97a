"""Every violation that a judge has a check for: judged, repaired, judged, taken back, judged.

As many as can stand beside each other in one account are judged at once; those whose names are
taken, or that a neighbour's violation cures, wait for the next round.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

import boto3
from botocore.exceptions import ClientError

from orchestrator.controls.catalogue import LACKING
from orchestrator.findings.remediation import Aws, Json, Refused, Remediation, Status, Target
from orchestrator.sandbox.checks import evaluate
from orchestrator.sandbox.checks.answers import Reader, Scope
from orchestrator.sandbox.checks.rule import Outcome
from orchestrator.sandbox.client import Sandbox
from tests.agreement import decided
from tests.sandbox.outside import Judgement
from tests.sandbox.remediations.catalogue import REMEDIATIONS, cases, remediation_of
from tests.sandbox.remediations.repair import target_of
from tests.sandbox.remediations.workshop import owner_of
from tests.unit.findings.services.cycle import Case, one_each
from tests.unit.findings.services.recording import PLACE

ACCOUNT = "AWS::::Account"
WHOLE = "account"
"""What a judge calls the account, of which there is one, and one detector in it."""
OF_A_TRAIL = ("CloudTrail.6", "CloudTrail.7")
PASSWORDS = ("IAM.7", "IAM.10")


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


class Judge(Protocol):
    """A program that judges the account that the keys are of, by the checks that are named."""

    def __call__(
        self, sandbox: Sandbox, keys: boto3.Session, checks: tuple[str, ...], into: Path
    ) -> tuple[Judgement, ...]: ...


@dataclass
class Trial:
    """What each check of a judge's has said of each control: violated, repaired, taken back."""

    checks: Mapping[str, tuple[str, ...]]
    """Of each of our controls that it has any for."""
    silence: str = "nothing"
    """What it means by saying nothing of a resource."""
    said: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    expected: dict[str, tuple[str, ...]] = field(default_factory=dict)
    words: dict[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    left: dict[str, str] = field(default_factory=dict)
    """Controls that could not be tried, and why."""

    @property
    def differing(self) -> dict[tuple[str, str], tuple[str, ...]]:
        return {each: said for each, said in self.said.items() if said != self.expected[each[0]]}

    @property
    def hidden(self) -> set[str]:
        return set(self.checks) - set(self.expected)

    def of(self, control: str) -> tuple[str, ...]:
        """What its checks say together: one that fails is enough."""
        runs = zip(*(self.said[control, check] for check in self.checks[control]), strict=True)
        return tuple(together(run) for run in runs)

    def hold(
        self,
        violations: Iterable[Violation],
        runs: tuple[tuple[Judgement, ...], ...],
        known_as: Callable[[Violation], set[str]],
    ) -> None:
        for each in violations:
            control, names = each.case.control, known_as(each)
            self.expected[control] = each.expected
            for check in self.checks[control]:
                found = [_of(check, names, run) for run in runs]
                said = [[row.status for row in rows] for rows in found]
                statuses = tuple(together(each) or self.silence for each in said)
                self.said[control, check] = statuses
                self.words[control, check] = tuple(r[0].words if r else "" for r in found)


def _of(check: str, names: set[str], run: tuple[Judgement, ...]) -> list[Judgement]:
    """Of the resource; of whatever there is where the control is about the account."""
    rows = [each for each in run if each.check == check]
    account = any(name.startswith(ACCOUNT) for name in names)
    return sorted(
        (each for each in rows if account or each.resource in names), key=lambda each: each.status
    )


def together(statuses: Iterable[str]) -> str:
    found = set(statuses)
    return "FAIL" if "FAIL" in found else "/".join(sorted(found))


def known_as(owner: Aws, violation: Violation) -> set[str]:
    """What a judge may call the resource: its ARN or that one's end; a trail for its bucket."""
    arn = violation.arn
    if violation.case.control not in OF_A_TRAIL:
        return {arn, *(arn.rpartition(mark)[2] for mark in ":/"), WHOLE}
    bucket = arn.removeprefix("arn:aws:s3:::")
    trails = owner("cloudtrail").describe_trails()["trailList"]
    return {trail["TrailARN"] for trail in trails if trail["S3BucketName"] == bucket}


def tried(sandbox: Sandbox, judge: Judge, trial: Trial, rounds: int, into: Path) -> Trial:
    """Round after round, until all are tried or none of those left can be."""
    todo = [case for case in one_each(cases()) if case.control in trial.checks and _ends(case)]
    for number in range(1, rounds + 1):
        if todo:
            todo = _round(sandbox, judge, trial, todo, into / f"round-{number}")
    return trial


def controls() -> tuple[str, ...]:
    """Those that there is a repair of."""
    return tuple(control for each in REMEDIATIONS for control in each.controls)


def _ends(case: Case) -> bool:
    """Whether the sandbox runs it, and nothing is left to a person."""
    return case.after is Status.PASSES and case.undone and case.control not in LACKING


def _round(
    sandbox: Sandbox, judge: Judge, trial: Trial, todo: list[Case], into: Path
) -> list[Case]:
    """Judge what can be violated at once; the cases that could not."""
    sandbox.reset()
    owner = owner_of(sandbox)
    violated = list(_violated(todo, owner, trial.left))
    checks = {check for each in violated for check in trial.checks[each.case.control]}

    def run(name: str) -> tuple[Judgement, ...]:
        return judge(sandbox, sandbox.session(PLACE.account), tuple(sorted(checks)), into / name)

    if not violated:
        return todo
    before = run("violated")
    repaired = list(_repaired(violated, owner, trial.left))
    after = run("repaired")
    undone = list(_undone(repaired, owner, trial.left))
    runs = (before, after, run("undone"))
    trial.hold(undone, runs, partial(known_as, owner))
    return [case for case in todo if case.control not in trial.expected]


def _violated(todo: list[Case], owner: Aws, why: dict[str, str]) -> Iterator[Violation]:
    """Those that fail still when all are made, by the sandbox's own evaluator."""
    made: dict[str, str] = {}
    for case in todo:
        if _taken(case, made):
            why[case.control] = "violated: its setting of the account is another's this round"
            continue
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


def _taken(case: Case, made: Mapping[str, str]) -> bool:
    """Two controls about one password policy would be repaired by the stricter of them."""
    return case.control in PASSWORDS and any(each in made for each in PASSWORDS)


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
