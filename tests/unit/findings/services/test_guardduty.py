from __future__ import annotations

from collections.abc import Callable

import pytest

from orchestrator.findings.remediation import Aws
from orchestrator.findings.services.guardduty import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.guardduty import administered, narrow, suspended
from tests.unit.findings.services.cycle import Case


@pytest.mark.parametrize(
    ("control", "violate"), [("GuardDuty.1", suspended), ("GuardDuty.10", narrow)]
)
def test_what_the_organizations_administrator_decides_is_left_to_it(
    control: str, violate: Callable[[Aws], str]
) -> None:
    case = Case(control, violate, overlay=administered)

    assert "administrator" in cycle.hold_refusal(case, REMEDIATIONS)
