"""A third judge, who knows neither the remediations nor the sandbox's checks: Prowler.

Everything that it has a check for is violated and judged; then the product repairs it, and it is
judged again; then the product takes that back.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import boto3
import pytest

from orchestrator.controls.catalogue import LACKING
from orchestrator.sandbox.client import Sandbox
from tests.sandbox import prowler
from tests.sandbox.outside import Judgement
from tests.sandbox.outside_rounds import Trial, controls, tried
from tests.sandbox.prowler_differences import DIFFERENCES
from tests.sandbox.remediations.workshop import a_sandbox
from tests.unit.findings.services.recording import PLACE

pytestmark = pytest.mark.apart

ROUNDS = 12
PHASES = ("violated", "repaired", "undone")

NOT_RUN = (
    *("APIGateway.1", "CodeBuild.2", "EC2.4", "EMR.2", "ElastiCache.1", "ElastiCache.2", "IAM.3"),
    *("IAM.8", "IAM.22", "Lambda.1", "Macie.1", "NetworkFirewall.9", "RDS.12", "RDS.37", "SSM.1"),
    "SecretsManager.1",
)
"""Of which the sandbox lacks a call."""

HIDDEN: Mapping[str, str] = {
    **{control: LACKING[control] for control in NOT_RUN},
    "CloudFront.12": "a person decides which origin it should be: no fix",
    "RDS.4": "the fix makes an encrypted copy; the snapshot itself stays, for a person to delete",
}
"""Controls that no round has violated, and why."""


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    home = tmp_path_factory.mktemp("prowler")
    with a_sandbox(home / "sandbox") as sandbox:
        mapped = {control.lower(): checks for control, checks in prowler.mapping().items()}
        ours = {each: mapped[each.lower()] for each in controls() if each.lower() in mapped}
        yield tried(sandbox, judged, Trial(ours), ROUNDS, home)


def judged(
    sandbox: Sandbox, keys: boto3.Session, checks: tuple[str, ...], into: Path
) -> tuple[Judgement, ...]:
    return prowler.judge(sandbox, keys, (PLACE.region,), ("--check", *checks), into)


def test_prowler_says_what_the_controls_say_but_where_it_means_something_else(
    trial: Trial,
) -> None:
    sys.stdout.write(f"\n{table(trial)}\n")

    assert trial.differing == {each: found.said for each, found in DIFFERENCES.items()}


def table(trial: Trial) -> str:
    tried = sorted(trial.expected)
    lines = [f"{len(trial.checks)} controls with a check of Prowler's, {len(tried)} tried"]
    for number, phase in enumerate(PHASES):
        counted = Counter(trial.of(control)[number] for control in tried)
        lines.append(f"  {phase:9} {', '.join(f'{n} {s}' for s, n in counted.most_common())}")
    differing = {control for control, _ in trial.differing}
    lines.append(f"  {len(tried) - len(differing)} agree, {len(differing)} differ")
    for each, said in sorted(trial.differing.items()):
        lines += (f"{each[0]} {each[1]}: {'/'.join(said)}", *_why(each, trial.words[each]))
    return "\n".join(lines)


def _why(each: tuple[str, str], words: tuple[str, ...]) -> Iterator[str]:
    found = DIFFERENCES.get(each)
    if found is None:
        yield "  NOT EXPLAINED"
        yield from (f"    {said}" for said in words)
    else:
        yield f"  the control: {found.control}"
        yield f"  the check: {found.check}"


def test_every_control_with_a_check_is_tried(trial: Trial) -> None:
    left = {control: trial.left.get(control, "") for control in trial.hidden - set(HIDDEN)}

    assert left == {}
    assert set(HIDDEN) <= trial.hidden
