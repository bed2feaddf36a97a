"""What an administrator of GuardDuty sees and sets in the detectors of its members."""

from __future__ import annotations

from orchestrator.sandbox.checks import evaluate
from orchestrator.sandbox.checks.answers import Reader, Scope
from orchestrator.sandbox.client import Sandbox
from tests.sandbox.fleets import HOME_REGION, PAYMENTS_DEV, SECURITY

FEATURE = "LAMBDA_NETWORK_LOGS"


def judged(sandbox: Sandbox, account: str) -> list[tuple[str, str]]:
    session = sandbox.session(account)
    reader = Reader(
        Scope(account, HOME_REGION, HOME_REGION),
        lambda service, region=None: sandbox.made(session, service, region),
    )
    return [(each.outcome, each.reason) for each in evaluate("GuardDuty.6", reader, {})]


def test_a_member_without_the_feature_fails_the_administrator(fresh_sandbox: Sandbox) -> None:
    sandbox = fresh_sandbox
    sandbox.client("guardduty").enable_organization_admin_account(AdminAccountId=SECURITY)
    administrator = sandbox.client("guardduty", SECURITY)
    (detector,) = administrator.list_detectors()["DetectorIds"]
    on = [{"Name": FEATURE, "Status": "ENABLED"}]
    administrator.update_detector(DetectorId=detector, Features=on)
    account = {"AccountId": PAYMENTS_DEV, "Email": "aws+payments-dev@example.com"}
    administrator.create_members(DetectorId=detector, AccountDetails=[account])

    assert judged(sandbox, SECURITY) == [
        ("FAILED", f"{FEATURE} is off in the member {PAYMENTS_DEV}")
    ]
    assert judged(sandbox, PAYMENTS_DEV) == []

    administrator.update_member_detectors(
        DetectorId=detector, AccountIds=[PAYMENTS_DEV], Features=on
    )

    assert judged(sandbox, SECURITY) == [("PASSED", "")]
    own = sandbox.client("guardduty", PAYMENTS_DEV)
    (theirs,) = own.list_detectors()["DetectorIds"]
    found = own.get_detector(DetectorId=theirs)["Features"]
    assert {each["Name"]: each["Status"] for each in found}[FEATURE] == "ENABLED"


def test_a_member_is_described_by_data_sources_as_its_own_detector_is(
    fresh_sandbox: Sandbox,
) -> None:
    fresh_sandbox.client("guardduty").enable_organization_admin_account(AdminAccountId=SECURITY)
    administrator = fresh_sandbox.client("guardduty", SECURITY)
    (detector,) = administrator.list_detectors()["DetectorIds"]
    account = {"AccountId": PAYMENTS_DEV, "Email": "aws+payments-dev@example.com"}
    administrator.create_members(DetectorId=detector, AccountDetails=[account])

    answer = administrator.get_member_detectors(DetectorId=detector, AccountIds=[PAYMENTS_DEV])

    own = fresh_sandbox.client("guardduty", PAYMENTS_DEV)
    (theirs,) = own.list_detectors()["DetectorIds"]
    (described,) = answer["MemberDataSourceConfigurations"]
    assert described["DataSources"] == own.get_detector(DetectorId=theirs)["DataSources"]
    assert described["DataSources"]["CloudTrail"] == {"Status": "ENABLED"}
