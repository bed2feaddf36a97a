from __future__ import annotations

import json
from typing import Any

import pytest

from orchestrator.findings.remediation import Aws, Remediation
from orchestrator.findings.services.ecr import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case

GONE = "arn:aws:ecr:eu-west-1:123456789012:repository/none"
POLICY = json.dumps(
    {
        "rules": [
            {
                "rulePriority": 1,
                "selection": {
                    "tagStatus": "untagged",
                    "countType": "sinceImagePushed",
                    "countUnit": "days",
                    "countNumber": 30,
                },
                "action": {"type": "expire"},
            }
        ]
    }
)


def a_repository(aws: Aws, name: str = "team/app", **given: Any) -> str:
    answer = aws("ecr").create_repository(repositoryName=name, **{"tags": cycle.TAG_LIST, **given})
    return str(answer["repository"]["repositoryArn"])


def an_aging_repository(aws: Aws) -> str:
    arn = a_repository(aws, "aging")
    aws("ecr").put_lifecycle_policy(repositoryName="aging", lifecyclePolicyText=POLICY)
    return arn


CASES = (
    Case(
        "ECR.1",
        a_repository,
        lambda aws: a_repository(aws, "seen", imageScanningConfiguration={"scanOnPush": True}),
        GONE,
    ),
    Case(
        "ECR.2",
        a_repository,
        lambda aws: a_repository(aws, "fixed", imageTagMutability="IMMUTABLE"),
        GONE,
    ),
    Case("ECR.3", a_repository, an_aging_repository, GONE, {"LifecyclePolicy": POLICY}),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_violation_is_found_fixed_and_taken_back(case: Case) -> None:
    cycle.hold_cycles(CASES, case, REMEDIATIONS)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_denied_look_is_never_a_pass(case: Case) -> None:
    cycle.hold_denials(case, REMEDIATIONS)


@pytest.mark.parametrize("remediation", REMEDIATIONS, ids=lambda r: r.name)
def test_permissions_are_the_calls_that_are_made(remediation: Remediation) -> None:
    cycle.hold_permissions(CASES, remediation)


def test_every_control_has_a_case() -> None:
    assert cycle.uncovered(CASES, REMEDIATIONS) == set()


@pytest.mark.parametrize("policy", ["", '{"rules": []}'])
def test_no_lifecycle_policy_is_made_up_or_left_empty(policy: str) -> None:
    case = Case("ECR.3", a_repository, parameters={"LifecyclePolicy": policy})

    assert cycle.hold_refusal(case, REMEDIATIONS)
