from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from orchestrator.findings.services.cloudformation import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.cloudformation import CASES, a_stack, updating
from tests.unit.findings.services.cycle import Case

LOUD = next(case for case in CASES if case.control == "CloudFormation.1")


def test_a_stack_keeps_its_template_and_values() -> None:
    asked: list[Mapping[str, Any]] = []

    def update(given: Mapping[str, Any]) -> Mapping[str, Any]:
        asked.append(given)
        return updating()["cloudformation", "UpdateStack"](given)

    watched = {("cloudformation", "UpdateStack"): update}
    cycle.run(replace(LOUD, overlay=lambda: watched), REMEDIATIONS)

    values = [{"ParameterKey": "Name", "UsePreviousValue": True}]
    assert [(a["UsePreviousTemplate"], a["Parameters"]) for a in asked] == [(True, values)] * 2
    assert [len(a["NotificationARNs"]) for a in asked] == [1, 0]


def test_no_topic_is_made_up() -> None:
    reason = cycle.hold_refusal(Case("CloudFormation.1", a_stack), REMEDIATIONS)

    assert "NotificationTopic" in reason
