from __future__ import annotations

import pytest

from orchestrator.findings.remediation import Status
from orchestrator.findings.services.rds import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.rds import a_snapshot, instance
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import RecordingAws


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (Case("RDS.4", a_snapshot()), "sets no 'key'"),
        (Case("RDS.6", instance()), "sets no 'role'"),
    ],
    ids=str,
)
def test_what_would_have_to_be_made_up_is_refused(case: Case, reason: str) -> None:
    assert reason in cycle.hold_refusal(case, REMEDIATIONS)


MONITORED = {"role": "arn:aws:iam::123456789012:role/monitoring"}


@pytest.mark.parametrize(("decided", "status"), [(0, Status.PASSES), (15, Status.FAILS)])
def test_an_interval_is_as_decided_or_any(decided: int, status: Status, aws: RecordingAws) -> None:
    """AWS Security Hub User Guide, RDS.6: monitoringInterval has no default value."""
    arn = instance(MonitoringInterval=60, MonitoringRoleArn=MONITORED["role"])(aws)
    remediation = cycle.remediation_of("RDS.6", REMEDIATIONS)
    target = cycle.target_of(remediation, "RDS.6", arn, {"interval": decided, **MONITORED})

    assert remediation.check(target, aws).status is status


def test_an_interval_that_rds_does_not_take_is_refused() -> None:
    case = Case("RDS.6", instance(), parameters={"interval": 20, **MONITORED})

    assert "1, 5, 10, 15, 30, 60 seconds, not 20" in cycle.hold_refusal(case, REMEDIATIONS)
