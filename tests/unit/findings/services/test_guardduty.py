from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from orchestrator.findings.remediation import Aws, Refused
from orchestrator.findings.services import guardduty
from orchestrator.findings.services.guardduty import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.guardduty import Members, administered, narrow, suspended
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import RecordingAws


@pytest.mark.parametrize(
    ("control", "violate"), [("GuardDuty.1", suspended), ("GuardDuty.10", narrow)]
)
def test_what_the_organizations_administrator_decides_is_left_to_it(
    control: str, violate: Callable[[Aws], str]
) -> None:
    case = Case(control, violate, overlay=administered)

    assert "administrator" in cycle.hold_refusal(case, REMEDIATIONS)


OFF = {"Name": "RUNTIME_MONITORING", "Status": "DISABLED"}


def monitoring(*agents: str, feature: str = "RUNTIME_MONITORING") -> dict[str, Any]:
    managed = [{"Name": each, "Status": "ENABLED"} for each in agents]
    return {"Name": feature, "Status": "ENABLED", "AdditionalConfiguration": managed}


@pytest.mark.parametrize(
    ("control", "feature", "passes"),
    [
        ("GuardDuty.7", monitoring("EKS_ADDON_MANAGEMENT"), True),
        (
            "GuardDuty.7",
            monitoring("EKS_ADDON_MANAGEMENT", feature="EKS_RUNTIME_MONITORING"),
            True,
        ),
        ("GuardDuty.7", monitoring(feature="EKS_RUNTIME_MONITORING"), False),
        ("GuardDuty.12", monitoring("EC2_AGENT_MANAGEMENT"), False),
        ("GuardDuty.12", monitoring("ECS_FARGATE_AGENT_MANAGEMENT"), True),
        ("GuardDuty.13", monitoring("EC2_AGENT_MANAGEMENT"), True),
        ("GuardDuty.13", OFF, False),
        ("GuardDuty.11", monitoring(), True),
    ],
)
def test_runtime_monitoring_counts_with_the_agent_that_guardduty_manages(
    control: str, feature: dict[str, Any], passes: bool
) -> None:
    """AWS Security Hub User Guide, GuardDuty.7, .12 and .13: "with automated agent management"."""
    assert guardduty.does({"Features": [feature]}, control) is passes


def test_an_agent_is_taken_back_without_the_monitoring_that_was_on_before(
    aws: RecordingAws,
) -> None:
    arn = narrow(RecordingAws(Members().overlay()))
    members = Members("111122223333")
    members.features["111122223333"] = [monitoring()]
    looking = RecordingAws(members.overlay())
    remediation = cycle.remediation_of("GuardDuty.13", REMEDIATIONS)
    target = cycle.target_of(remediation, "GuardDuty.13", arn, {})
    before = remediation.before(target, looking)

    remediation.fix(target, looking, before)
    assert members.features["111122223333"] == [monitoring("EC2_AGENT_MANAGEMENT")]
    assert remediation.undo
    remediation.undo(target, looking, before)

    (feature,) = members.features["111122223333"]
    assert feature["Status"] == "ENABLED"
    assert feature["AdditionalConfiguration"][0]["Status"] == "DISABLED"
    assert remediation.before(target, looking) == before


def test_a_suspended_member_fails_the_control_and_is_named(aws: RecordingAws) -> None:
    """AWS Security Hub User Guide, GuardDuty.5: suspended members must be disassociated."""
    arn = narrow(RecordingAws(Members().overlay()))
    gone = {"AccountId": "444455556666", "Result": "the account is suspended"}
    members = Members("111122223333", "444455556666")
    members.features["111122223333"] = [monitoring(feature="S3_DATA_EVENTS")]
    answers = dict(members.overlay())
    get = answers["guardduty", "GetMemberDetectors"]
    answers["guardduty", "GetMemberDetectors"] = lambda _: {
        **get({"AccountIds": ["111122223333"]}),
        "UnprocessedAccounts": [gone],
    }
    answers["guardduty", "UpdateMemberDetectors"] = lambda _: {"UnprocessedAccounts": [gone]}
    looking = RecordingAws(answers)
    remediation = cycle.remediation_of("GuardDuty.10", REMEDIATIONS)
    target = cycle.target_of(remediation, "GuardDuty.10", arn, {})

    with pytest.raises(Refused, match="444455556666: the account is suspended"):
        remediation.fix(target, looking, remediation.before(target, looking))
    check = remediation.check(target, looking)
    assert check.note == "S3_DATA_EVENTS is off in the member 444455556666"
