"""What AWS is late with, or could not bring to one target, is neither as declared nor different."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from orchestrator.adapters.aws.conformance import account, checks, security
from orchestrator.adapters.aws.conformance import security as guardduty
from orchestrator.adapters.aws.conformance.checks import Found, ask
from orchestrator.model.names import OuPath
from orchestrator.model.organization import Unit
from orchestrator.model.run import Answer, Probe
from tests.builders import an_account, an_organization, settings
from tests.unit.adapters.aws.fake_aws import FakeAws, refusal

REGION = "ap-northeast-1"
ORDERS, WEB = an_account(6, "orders"), an_account(7, "web")
UNIT = Unit(OuPath("Workloads"), "ou-ex01-workload", settings(), {})
BARE = an_organization((ORDERS, WEB))
ORGANIZATION = replace(BARE, units=(*BARE.units, UNIT))
ALL = [account.id for account in ORGANIZATION.accounts if account.name != "security"]


def _association(target: str, status: str, applied: bool = False, why: str = "") -> dict[str, str]:
    kind = "ACCOUNT" if target.isdigit() else "ORGANIZATIONAL_UNIT"
    return {
        "TargetId": target,
        "TargetType": "ROOT" if target.startswith("r-") else kind,
        "AssociationType": "APPLIED" if applied else "INHERITED",
        "AssociationStatus": status,
        "AssociationStatusMessage": why,
        "ConfigurationPolicyId": "p-1",
    }


def _associations(*found: dict[str, str]) -> str | Found:
    aws = FakeAws({"securityhub:ListConfigurationPolicyAssociations": list(found)})
    return checks.associations(aws, ORGANIZATION)


def test_policies_that_have_arrived_everywhere_are_as_declared() -> None:
    assert _associations(_association("r-ex01", "SUCCESS", applied=True)) == ""
    assert _associations() == "there are none"


def test_policies_that_are_pending_are_on_their_way() -> None:
    found = _associations(_association("r-ex01", "SUCCESS"), _association(ORDERS.id, "PENDING"))

    assert found == Found(Answer.ON_ITS_WAY, "1 of 2 targets are PENDING")


def test_a_failed_policy_is_told_by_the_account_where_it_is_and_not_by_all_above_it() -> None:
    found = _associations(
        _association("r-ex01", "FAILED", applied=True),
        _association(UNIT.id, "FAILED"),
        _association(ORDERS.id, "FAILED", why="AWS Config is not on"),
        _association(WEB.id, "PENDING"),
    )

    assert isinstance(found, Found)
    assert found.answer is Answer.NOT_EVERYWHERE
    assert found.what.startswith("orders (200000000006): AWS Config is not on; 1 of 4 targets")
    assert found.what.endswith("--configuration-policy-identifier p-1 --target RootId=r-ex01")
    assert "ou-ex01" not in found.what


def test_a_failed_policy_of_an_account_that_nobody_configures_is_told_by_its_id() -> None:
    found = _associations(_association("999999999999", "FAILED", applied=True, why="suspended"))

    assert isinstance(found, Found)
    assert found.what.startswith("999999999999: suspended; ")
    assert "--target AccountId=999999999999" in found.what


def test_central_configuration_that_is_pending_is_on_its_way() -> None:
    status = {"ConfigurationType": "CENTRAL", "Status": "PENDING"}
    answer = {"OrganizationConfiguration": status}
    aws = FakeAws({"securityhub:DescribeOrganizationConfiguration": answer})

    assert security.central(aws) == Found(Answer.ON_ITS_WAY, "CENTRAL PENDING")


def test_standards_that_are_not_ready_yet_are_on_their_way_with_aws_s_reason() -> None:
    reason = {"StatusReasonCode": "NO_AVAILABLE_CONFIGURATION_RECORDER"}
    found = [
        {"StandardsArn": "a", "StandardsStatus": "INCOMPLETE", "StandardsStatusReason": reason},
        {"StandardsArn": "b", "StandardsStatus": "READY"},
    ]
    aws = FakeAws({"securityhub:GetEnabledStandards": found})

    assert account.standards(aws, REGION, {"a", "b"}) == Found(
        Answer.ON_ITS_WAY, "a is INCOMPLETE (NO_AVAILABLE_CONFIGURATION_RECORDER)"
    )


def _watched(auto: str = "ALL", detector: str = "ENABLED", **members: str) -> str | Found:
    named = {each.name: each.id for each in ORGANIZATION.accounts}
    statuses: dict[str, str] = dict.fromkeys(ALL, "Enabled")
    statuses |= {named[name.replace("_", "-")]: status for name, status in members.items()}
    found: dict[str, Any] = {
        "guardduty:ListDetectors": ["d"],
        "guardduty:GetDetector": {"Status": detector},
        "guardduty:DescribeOrganizationConfiguration": {"AutoEnableOrganizationMembers": auto},
        "guardduty:ListMembers": [
            {"AccountId": account, "RelationshipStatus": status}
            for account, status in statuses.items()
            if status != "none"
        ],
    }
    return guardduty.watches(FakeAws(found), REGION, ORGANIZATION)


def test_guardduty_watches_when_every_account_is_a_member_that_is_enabled() -> None:
    assert _watched() == ""


@pytest.mark.parametrize(
    ("given", "found"),
    [({"auto": "NEW"}, "auto-enable: NEW"), ({"detector": "DISABLED"}, "the detector is DISABLED")],
)
def test_guardduty_that_is_not_on_for_all_is_different(given: dict[str, str], found: str) -> None:
    assert _watched(**given) == found


def test_an_account_that_is_not_a_member_yet_is_on_its_way() -> None:
    assert _watched(web="none") == Found(Answer.ON_ITS_WAY, "no members yet: web")


@pytest.mark.parametrize(
    ("members", "told"),
    [
        ({"management": "none"}, "management (200000000001): no member"),
        ({"orders": "Disabled"}, "orders (200000000006): Disabled"),
    ],
)
def test_an_account_that_will_not_be_watched_by_itself_is_named(
    members: dict[str, str], told: str
) -> None:
    found = _watched(**members)

    assert isinstance(found, Found)
    assert (found.answer, found.what.split(";")[0]) == (Answer.NOT_EVERYWHERE, told)


def test_no_detector_is_different() -> None:
    aws = FakeAws({"guardduty:ListDetectors": []})

    assert guardduty.watches(aws, REGION, ORGANIZATION) == "there is no detector"


def test_what_a_look_has_found_keeps_its_answer() -> None:
    late = Found(Answer.ON_ITS_WAY, "PENDING")

    assert ask("policies", lambda: late) == Probe("policies", Answer.ON_ITS_WAY, "PENDING")


class _Keyring:
    def __init__(self, answer: object) -> None:
        self.answer = answer

    def session(self, account: str, purpose: object) -> FakeAws:
        assert account == ORGANIZATION.security.id
        return FakeAws({"securityhub:GetConfigurationPolicyAssociation": self.answer})


def _excused(answer: object, found: str = "it is off") -> str | Found:
    from orchestrator.adapters.aws.conformance.checks import Subject  # noqa: PLC0415

    subject = Subject(ORDERS, ORGANIZATION, _Keyring(answer))  # type: ignore[arg-type]
    return checks.excused(subject, lambda: found)()


def test_security_hub_that_is_off_while_its_policy_is_pending_is_on_its_way() -> None:
    found = _excused(_association(ORDERS.id, "PENDING"))

    assert found == Found(Answer.ON_ITS_WAY, "it is off; its configuration policy is PENDING")


def test_security_hub_that_is_off_because_its_policy_failed_says_why() -> None:
    found = _excused(_association(ORDERS.id, "FAILED", why="no recorder"))

    assert found == "it is off; its configuration policy FAILED: no recorder"


@pytest.mark.parametrize(
    "answer", [_association(ORDERS.id, "SUCCESS"), refusal("AccessDeniedException")]
)
def test_security_hub_that_is_off_is_not_excused_otherwise(answer: object) -> None:
    assert _excused(answer) == "it is off"
    assert _excused(answer, "") == ""


TOPIC = "arn:aws:sns:ap-northeast-1:200000000002:orchestrator-team-orders"


def _mail(*arns: str) -> FakeAws:
    found = [{"SubscriptionArn": arn, "Endpoint": "orders@example.com"} for arn in arns]
    return FakeAws({"sns:ListSubscriptionsByTopic": found})


def test_mail_that_somebody_has_confirmed_is_as_declared() -> None:
    assert security.confirmed(_mail(f"{TOPIC}:1"), {TOPIC: "orders@example.com"}) == ""


def test_mail_that_nobody_has_confirmed_is_heard_by_nobody() -> None:
    found = security.confirmed(_mail("PendingConfirmation"), {TOPIC: "orders@example.com"})

    assert isinstance(found, Found)
    assert found.answer is Answer.UNCONFIRMED
    assert found.what.startswith("no confirmed subscription of orders@example.com: click")


def test_mail_that_was_not_confirmed_in_time_is_different() -> None:
    found = security.confirmed(_mail(), {TOPIC: "orders@example.com"})

    assert str(found).startswith("not subscribed: orders@example.com")
