from __future__ import annotations

import pytest

from orchestrator.controls.operator import Unfit, approved, plan_for, read, text_of
from tests.unit.findings.a_world import a_finding


def test_a_plan_comes_back_from_its_file_for_the_same_finding() -> None:
    plan = read(text_of(plan_for(a_finding(), "d" * 64)))

    assert approved(plan, a_finding()) == "d" * 64


def test_a_plan_for_another_resource_is_none() -> None:
    plan = plan_for(a_finding(resource="arn:aws:s3:::other"), "d" * 64)

    with pytest.raises(Unfit, match=r"it is for S3\.8 on arn:aws:s3:::other"):
        approved(plan, a_finding())


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"version": 2}', '{"version": 1, "plan": 3}', '{"version": 1}']
)
def test_what_is_no_plan_is_told(text: str) -> None:
    with pytest.raises(Unfit):
        read(text)
