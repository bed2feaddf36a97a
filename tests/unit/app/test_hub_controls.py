"""`controls refresh`: what a hub lists, as a file that the loader takes, whatever it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from orchestrator import config
from orchestrator.adapters.aws import hub_controls as adapter
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.app.hub_controls import NAME, refresh
from orchestrator.app.project import Project
from orchestrator.errors import UsageError
from orchestrator.model.hub_controls import (
    Answered,
    HubControl,
    HubControls,
    SeverityRating,
    came_along,
)
from orchestrator.model.names import ControlId
from orchestrator.model.settings import Standard
from orchestrator.views.controls import refreshed
from tests.unit.config.trees import TODAY, a_tree

ARN = "arn:aws:securityhub:ap-northeast-1::standards/{}"
FSBP = ARN.format("aws-foundational-security-best-practices/v/1.0.0")
CIS = ARN.format("cis-aws-foundations-benchmark/v/5.0.0")
TOWER = ARN.format("service-managed-aws-control-tower/v/1.0.0")


@dataclass(frozen=True, slots=True)
class Hub:
    """A hub with these standards, each with severities by control."""

    standards: Mapping[str, Mapping[str, str]]

    def pages(
        self, service: str, operation: str, key: str, region: str = "", **parameters: object
    ) -> list[Any]:
        if operation == "DescribeStandards":
            return [{"StandardsArn": arn} for arn in self.standards]
        controls = self.standards[str(parameters["StandardsArn"])]
        return [{"SecurityControlId": c, "SeverityRating": s} for c, s in controls.items()]


def test_a_control_is_listed_with_every_standard_that_has_it() -> None:
    hub = Hub({FSBP: {"S3.8": "HIGH", "S3.9": "MEDIUM"}, CIS: {"S3.8": "HIGH"}, TOWER: {}})

    answered = adapter.ask(cast(AwsSession, hub))

    both = [Standard.AWS_FOUNDATIONAL, Standard.CIS_5_0]
    listed: HubControls = {
        ControlId("S3.8"): HubControl(severity=SeverityRating.HIGH, standards=both),
        ControlId("S3.9"): HubControl(severity=SeverityRating.MEDIUM, standards=both[:1]),
    }
    assert answered.controls == listed
    assert answered.unknown == (TOWER,)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    a_tree(tmp_path)
    return Project(tmp_path, tmp_path, environ={})


@dataclass(slots=True)
class Asked:
    """Answers always the same, and remembers which regions it was asked in."""

    answer: Answered
    regions: list[str] = field(default_factory=list)

    def __call__(self, region: str, env: Mapping[str, str]) -> Answered:
        self.regions.append(region)
        return self.answer


def test_the_file_says_what_the_hub_said(project: Project) -> None:
    new = HubControl(severity=SeverityRating.CRITICAL, standards=[Standard.AI_SECURITY])
    controls = {**came_along(), ControlId("S3.99"): new}
    asked = Asked(Answered(controls, (TOWER,)))

    done = refresh(project, "", asked)

    assert asked.regions == ["ap-northeast-1"], "the home region"
    assert config.load(project.configs, TODAY).hub_controls == controls
    said = refreshed(done)
    assert "498 controls in 10 standards" in said
    assert "not listed before: S3.99" in said
    assert "standards without a name here:" in said
    assert TOWER in said


def test_what_is_decided_and_not_listed_is_named(project: Project) -> None:
    rest = {c: each for c, each in came_along().items() if c != "S3.8"}
    said = refreshed(refresh(project, "eu-central-1", Asked(Answered(rest, ()))))

    assert "no longer listed: S3.8" in said
    assert "decided here, but not listed: S3.8" in said


def test_a_hub_that_lists_nothing_leaves_the_file_as_it_was(project: Project) -> None:
    with pytest.raises(UsageError, match="lists no control"):
        refresh(project, "", Asked(Answered({}, ())))

    assert not (project.configs / NAME).exists()


def test_a_refresh_needs_no_configuration_without_problems(project: Project) -> None:
    (project.configs / NAME).write_text("hub_controls: nothing\n", "utf-8")
    refresh(project, "", Asked(Answered(came_along(), ())))

    assert config.load(project.configs, TODAY).hub_controls == came_along()
