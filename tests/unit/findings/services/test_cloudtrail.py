from __future__ import annotations

import pytest

from orchestrator.findings.remediation import Aws
from orchestrator.findings.services.cloudtrail import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.cloudtrail import (
    a_trail,
    a_trail_bucket,
    a_trail_of_one_region,
    the_account,
)
from tests.unit.findings.services.cycle import Case


@pytest.mark.parametrize("control", ["CloudTrail.1", "CloudTrail.3"])
def test_no_second_trail_is_made_beside_the_organizations(control: str) -> None:
    assert "stack 'organization'" in cycle.hold_refusal(Case(control, the_account), REMEDIATIONS)


def test_a_trail_of_one_region_is_not_complete() -> None:
    case = Case("CloudTrail.1", a_trail_of_one_region)

    assert "stack 'organization'" in cycle.hold_refusal(case, REMEDIATIONS)


def test_a_trail_that_leaves_a_service_out_is_not_complete() -> None:
    def partial(aws: Aws) -> str:
        arn = a_trail(aws, IsMultiRegionTrail=True)
        selector = {
            "ReadWriteType": "All",
            "IncludeManagementEvents": True,
            "ExcludeManagementEventSources": ["kms.amazonaws.com"],
        }
        aws("cloudtrail").put_event_selectors(TrailName=arn, EventSelectors=[selector])
        return the_account(aws)

    assert cycle.hold_refusal(Case("CloudTrail.1", partial), REMEDIATIONS)


@pytest.mark.parametrize(
    ("control", "missing"),
    [("CloudTrail.2", "KmsKeyId"), ("CloudTrail.5", "LogGroupArn"), ("CloudTrail.7", "LogBucket")],
)
def test_nothing_that_a_trail_needs_is_made_up(control: str, missing: str) -> None:
    violate = a_trail_bucket if control == "CloudTrail.7" else a_trail

    assert missing in cycle.hold_refusal(Case(control, violate), REMEDIATIONS)
