"""A third judge, who knows neither the remediations nor the sandbox's checks: Prowler.

Everything that it has a check for is violated in one account, and judged; then the product
repairs it, and it is judged again; then the product takes that back. Where one case of a service
hides another's, there is a second round.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
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
from tests.sandbox.remediations.catalogue import cases, remediation_of
from tests.sandbox.remediations.repair import target_of
from tests.sandbox.remediations.workshop import a_sandbox, owner_of
from tests.unit.findings.services.cycle import Case, one_each
from tests.unit.findings.services.recording import PLACE

pytestmark = pytest.mark.apart

ROUNDS = 3
AS_IT_MUST = ("FAIL", "PASS", "FAIL")

EXPLAINED: Mapping[str, str] = {}
"""Control → why Prowler says something else than the control's text asks."""

HIDDEN: Mapping[str, str] = {}
"""Controls that no round has violated, and why."""


@dataclass(frozen=True)
class Repaired:
    """A violation and what is needed to take its repair back."""

    case: Case
    remediation: Remediation
    target: Target
    before: Json


@dataclass
class Trial:
    """What Prowler has said of each control: violated, repaired, and taken back."""

    checks: Mapping[str, tuple[str, ...]]
    said: dict[str, tuple[str, ...]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)

    def hold(self, repaired: list[Repaired], runs: list[tuple[Judgement, ...]]) -> None:
        for each in repaired:
            found = [self._of(each.case.control, each.target.arn, run) for run in runs]
            self.said[each.case.control] = tuple(_status(rows) for rows in found)
            self.words[each.case.control] = "; ".join(
                rows[0].words if rows else "nothing" for rows in found
            )

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


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    home = tmp_path_factory.mktemp("prowler")
    ours = [case for case in one_each(cases()) if _ends(case)]
    names = {case.control.lower(): case.control for case in ours}
    checks = {
        names[control.lower()]: found
        for control, found in prowler.mapping().items()
        if control.lower() in names
    }
    done, todo = Trial(checks), [case for case in ours if case.control in checks]
    with a_sandbox(home / "sandbox") as sandbox:
        for number in range(ROUNDS):
            todo = a_round(sandbox, done, todo, home / f"round-{number}")
    done.hidden = {case.control for case in todo}
    yield done


def _ends(case: Case) -> bool:
    """Whether the sandbox runs it, and nothing is left to a person."""
    repaired = case.after is Status.PASSES and case.undone
    return repaired and case.control not in LACKING


def a_round(sandbox: Sandbox, trial: Trial, todo: list[Case], into: Path) -> list[Case]:
    """Judge what can be violated at once; the cases that could not."""
    sandbox.reset()
    owner = owner_of(sandbox)
    violated = list(_violated(todo, owner))
    names = {case.control for case, _ in violated}
    left = [case for case in todo if case.control not in names]
    checks = {check for case, _ in violated for check in trial.checks[case.control]}

    def run(name: str) -> tuple[Judgement, ...]:
        return prowler.judge(sandbox, PLACE.account, PLACE.region, checks, into / name)

    if not violated:
        return left
    runs = [run("violated")]
    tried = [_repaired(case, arn, owner) for case, arn in violated]
    repaired = [each for each in tried if each]
    left += [case for (case, _), each in zip(violated, tried, strict=True) if each is None]
    runs.append(run("repaired"))
    for each in reversed(repaired):
        if each.remediation.undo:
            each.remediation.undo(each.target, owner, each.before)
    runs.append(run("undone"))
    trial.hold(repaired, runs)
    return left


def _violated(todo: list[Case], owner: Aws) -> Iterator[tuple[Case, str]]:
    """A resource that fails for each: the case's own, or another case's that fails it too."""
    own: dict[str, str] = {}
    for case in todo:
        try:
            own[case.control] = case.violate(owner)
        except ClientError:
            """Its name is taken by another case's."""
    reader = Reader(Scope(PLACE.account, PLACE.region, PLACE.region), owner)
    for case in todo:
        remediation = remediation_of(case)
        verdicts = evaluate(case.control, reader, decided(remediation, case.parameters))
        failing = [
            each.resource
            for each in verdicts
            if each.outcome is Outcome.FAILED and each.kind == remediation.resource_type
        ]
        if failing:
            first = own.get(case.control)
            yield case, first if first in failing else failing[0]


def _repaired(case: Case, arn: str, owner: Aws) -> Repaired | None:
    """None where what the case's parameters name is not there: another round will have it."""
    remediation = remediation_of(case)
    target = target_of(case, remediation, arn)
    before = remediation.before(target, owner)
    try:
        remediation.fix(target, owner, before)
    except (ClientError, Refused):
        return None
    return Repaired(case, remediation, target, before)


def test_prowler_says_what_the_controls_say(trial: Trial) -> None:
    differing = {control for control, said in trial.said.items() if said != AS_IT_MUST}
    sys.stdout.write(
        f"\n{len(trial.checks)} controls with a check of Prowler's, {len(trial.said)} tried, "
        f"{len(trial.said) - len(differing)} agree, {len(differing)} differ\n"
    )
    for control in sorted(differing):
        why = EXPLAINED.get(control, "NOT EXPLAINED")
        sys.stdout.write(f"{control} {trial.checks[control]} {trial.said[control]}: {why}\n")
        sys.stdout.write(f"  {trial.words[control]}\n")

    assert differing == set(EXPLAINED)


def test_every_control_with_a_check_is_tried(trial: Trial) -> None:
    assert trial.hidden == set(HIDDEN)
    assert len(trial.said) >= 60
