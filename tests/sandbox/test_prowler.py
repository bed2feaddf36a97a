"""A third judge, who knows neither the remediations nor the sandbox's checks: Prowler.

Everything that it has a check for is violated and judged; then the product repairs it, and it is
judged again; then the product takes that back.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping

import pytest

from orchestrator.findings.emulation import LACKING
from tests.sandbox.prowler_rounds import Trial, tried
from tests.sandbox.remediations.workshop import a_sandbox

pytestmark = pytest.mark.apart

ROUNDS = 12
PHASES = ("violated", "repaired", "undone")

UNSETTLED = frozenset(
    {
        *("CloudTrail.6", "CloudTrail.7", "EC2.8", "EC2.10", "ECR.2", "ECR.3", "EKS.1"),
        *("ELB.12", "GuardDuty.10", "RDS.6", "RDS.35", "S3.6"),
    }
)
"""Where the two differ and it is not known yet which of them, or the sandbox, is wrong."""

NOT_RUN = (
    *("APIGateway.1", "CodeBuild.2", "EC2.4", "EMR.2", "ElastiCache.1", "ElastiCache.2", "IAM.3"),
    *("IAM.8", "IAM.22", "Lambda.1", "Macie.1", "NetworkFirewall.9", "RDS.12", "RDS.37", "SSM.1"),
    "SecretsManager.1",
)
"""Of which the sandbox lacks a call."""

EXPLAINED: Mapping[str, str] = {
    "Account.1": "Security contact information should be provided: Prowler asks a person to look",
    "CloudTrail.1": (
        "at least one multi-Region trail that has read and write management events: Prowler takes "
        "any trail that logs"
    ),
    "CloudTrail.5": (
        "fails if CloudWatchLogsLogGroupArn is empty: Prowler wants a delivery within a day as "
        "well, and nothing is delivered here"
    ),
    "ECS.5": "the latest active revision of a task definition alone: Prowler judges each",
    "EKS.8": "audit logging: Prowler asks for all five kinds",
    "IAM.7": "eight characters and no more than the rule's defaults: Prowler asks for CIS's 14, 24",
    "IAM.10": "what PCI DSS asks of passwords: Prowler asks for CIS's 14 characters, 24 passwords",
    "RDS.2": "fails if PubliclyAccessible is true: Prowler wants an open security group as well",
    "RDS.11": "at least seven days of backups: Prowler takes one",
    "Redshift.1": "fails if PubliclyAccessible is true: Prowler wants an open group as well",
    "Redshift.3": "at least seven days of snapshots: Prowler takes one",
}
"""Control → why Prowler says something else than the control's text asks."""

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
        yield tried(sandbox, ROUNDS, home)


def test_prowler_says_what_the_controls_say(trial: Trial) -> None:
    sys.stdout.write(f"\n{table(trial)}\n")

    assert trial.differing == set(EXPLAINED) | UNSETTLED


def table(trial: Trial) -> str:
    lines = [f"{len(trial.checks)} controls with a check of Prowler's, {len(trial.said)} tried"]
    for number, phase in enumerate(PHASES):
        counted = Counter(said[number] for said in trial.said.values())
        lines.append(f"  {phase:9} {', '.join(f'{n} {s}' for s, n in counted.most_common())}")
    agree = len(trial.said) - len(trial.differing)
    lines.append(f"  {agree} agree, {len(trial.differing)} differ")
    for control in sorted(trial.differing):
        lines += (
            f"{control} {', '.join(trial.checks[control])}: {'/'.join(trial.said[control])}",
            f"  {EXPLAINED.get(control, 'NOT EXPLAINED')}",
            *(f"    {words}" for words in trial.words[control]),
        )
    return "\n".join(lines)


def test_every_control_with_a_check_is_tried(trial: Trial) -> None:
    left = {control: trial.left.get(control, "") for control in trial.hidden - set(HIDDEN)}

    assert left == {}
    assert set(HIDDEN) <= trial.hidden
