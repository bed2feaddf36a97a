from __future__ import annotations

import pytest
from moto import mock_aws

from orchestrator.findings.remediation import Aws, Refused, Remediation
from orchestrator.findings.services.inspector import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import Overlay, RecordingAws


def the_account(_: Aws) -> str:
    return "AWS::::Account:123456789012"


def administering(aws: Aws) -> str:
    """Its own scans are on, a member's are not."""
    aws("inspector2").enable(accountIds=["123456789012"], resourceTypes=["EC2"])
    aws("inspector2").associate_member(accountId="111122223333")
    return the_account(aws)


def with_functions(aws: Aws) -> str:
    aws("inspector2").enable(accountIds=["123456789012"], resourceTypes=["LAMBDA"])
    return the_account(aws)


def refusing() -> Overlay:
    failed = {
        "accountId": "123456789012",
        "errorCode": "ACCESS_DENIED",
        "errorMessage": "ask the administrator",
    }
    return {("inspector2", "Enable"): lambda _: {"accounts": [], "failedAccounts": [failed]}}


CASES = (
    Case("Inspector.1", the_account),
    Case("Inspector.1", administering, name="of a member"),
    Case("Inspector.2", the_account),
    Case("Inspector.3", with_functions),
    Case("Inspector.4", the_account),
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


def test_code_is_scanned_only_where_functions_are() -> None:
    case = Case("Inspector.3", the_account)

    assert "Inspector.4" in cycle.hold_refusal(case, REMEDIATIONS)


def test_a_refusal_inside_of_an_answer_is_seen() -> None:
    scan = REMEDIATIONS[0]
    with mock_aws():
        aws = RecordingAws(refusing())
        target = cycle.target_of(scan, "Inspector.1", the_account(aws), {})

        with pytest.raises(Refused, match="ask the administrator"):
            scan.fix(target, aws, scan.before(target, aws))
