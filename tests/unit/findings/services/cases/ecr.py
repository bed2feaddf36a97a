from __future__ import annotations

import json
from typing import Any

from orchestrator.findings.remediation import Aws
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
