from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from moto.cloudformation.models import cloudformation_backends

from orchestrator.findings.remediation import Aws, Remediation
from orchestrator.findings.services.cloudformation import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import Overlay

TEMPLATE = """{
  "Parameters": {"Name": {"Type": "String", "Default": "x"}},
  "Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}
}"""
TOPIC = "arn:aws:sns:eu-west-1:123456789012:events"


def a_stack(aws: Aws, topics: list[str] | None = None) -> str:
    aws("sns").create_topic(Name="events")
    answer = aws("cloudformation").create_stack(
        StackName="loud" if topics else "quiet",
        TemplateBody=TEMPLATE,
        Parameters=[{"ParameterKey": "Name", "ParameterValue": "given"}],
        NotificationARNs=topics or [],
        Tags=cycle.TAG_LIST,
    )
    return str(answer["StackId"])


def updating() -> Overlay:
    """UpdateStack for the topics alone, which moto takes for no update at all."""

    def update(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        stacks = cloudformation_backends["123456789012"]["eu-west-1"].stacks
        stacks[asked["StackName"]].notification_arns = asked["NotificationARNs"]
        return {"StackId": asked["StackName"]}

    return {("cloudformation", "UpdateStack"): update}


CASES = (
    Case(
        "CloudFormation.1",
        a_stack,
        lambda aws: a_stack(aws, [TOPIC]),
        "arn:aws:cloudformation:eu-west-1:123456789012:stack/none/00000000",
        {"NotificationTopic": "arn:{partition}:sns:{region}:{account}:events"},
        overlay=updating,
    ),
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


def test_a_stack_keeps_its_template_and_values() -> None:
    asked: list[Mapping[str, Any]] = []

    def update(given: Mapping[str, Any]) -> Mapping[str, Any]:
        asked.append(given)
        return updating()["cloudformation", "UpdateStack"](given)

    watched = {("cloudformation", "UpdateStack"): update}
    cycle.run(replace(CASES[0], overlay=lambda: watched), REMEDIATIONS)

    values = [{"ParameterKey": "Name", "UsePreviousValue": True}]
    assert [(a["UsePreviousTemplate"], a["Parameters"]) for a in asked] == [(True, values)] * 2
    assert [len(a["NotificationARNs"]) for a in asked] == [1, 0]


def test_no_topic_is_made_up() -> None:
    reason = cycle.hold_refusal(Case("CloudFormation.1", a_stack), REMEDIATIONS)

    assert "NotificationTopic" in reason
