"""What AWS brings about later than it answers: not there at first, then there, or failed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.services.conftest import (
    MANAGEMENT,
    MEMBER,
    NESTED_UNIT,
    OTHER,
    OUTSIDER,
    ROOT,
    SECURITY,
    UNIT,
    Cloud,
    error_of,
)
from tests.sandbox.services.securityhub.test_central import CENTRAL, a_policy, a_target


def statuses(cloud: Cloud) -> dict[str, str]:
    """Of all associations, by target."""
    pages = cloud.hub().get_paginator("list_configuration_policy_associations").paginate()
    found = [each for page in pages for each in page["ConfigurationPolicyAssociationSummaries"]]
    return {each["TargetId"]: each["AssociationStatus"] for each in found}


@pytest.fixture
def central(cloud: Cloud) -> Cloud:
    cloud.hub(MANAGEMENT).enable_organization_admin_account(AdminAccountId=SECURITY)
    cloud.hub().create_finding_aggregator(RegionLinkingMode="SPECIFIED_REGIONS", Regions=[OTHER])
    cloud.hub().update_organization_configuration(**CENTRAL)
    return cloud


def associated(cloud: Cloud, target: str) -> dict[str, Any]:
    hub = cloud.hub()
    policy = hub.create_configuration_policy(Name=f"for-{target}", ConfigurationPolicy=a_policy())
    answer: dict[str, Any] = hub.start_configuration_policy_association(
        ConfigurationPolicyIdentifier=policy["Id"], Target=a_target(target)
    )
    return answer


def test_a_policy_is_pending_at_all_it_reaches_and_configures_nothing_until_it_is_there(
    central: Cloud,
) -> None:
    central.sandbox.delays("association=60")
    assert associated(central, UNIT)["AssociationStatus"] == "PENDING"
    found = statuses(central)
    assert (found[UNIT], found[NESTED_UNIT], found[MEMBER]) == ("PENDING",) * 3
    assert ROOT not in found
    assert OUTSIDER not in found
    assert error_of(central.hub(MEMBER).describe_hub) == "InvalidAccessException"

    assert central.sandbox.advance(60) == 0
    assert set(statuses(central).values()) == {"SUCCESS"}
    assert central.hub(MEMBER).describe_hub()


def test_an_account_that_fails_makes_its_parents_fail_and_keeps_no_other_from_its_policy(
    central: Cloud,
) -> None:
    central.sandbox.delays(failing=[f"association:{MEMBER}=Config is not there"])
    associated(central, ROOT)

    found = statuses(central)
    assert {t for t, s in found.items() if s == "FAILED"} == {MEMBER, NESTED_UNIT, UNIT, ROOT}
    answer = central.hub().get_configuration_policy_association(Target=a_target(MEMBER))
    assert answer["AssociationStatusMessage"] == "Config is not there"
    assert error_of(central.hub(MEMBER).describe_hub) == "InvalidAccessException"
    assert central.hub(OUTSIDER).describe_hub()


def test_an_association_that_is_started_again_after_the_reason_is_gone_succeeds(
    central: Cloud,
) -> None:
    central.sandbox.delays(failing=[f"association:{MEMBER}"])
    policy = associated(central, MEMBER)["ConfigurationPolicyId"]
    assert statuses(central)[MEMBER] == "FAILED"

    central.sandbox.delays()
    central.hub().start_configuration_policy_association(
        ConfigurationPolicyIdentifier=policy, Target=a_target(MEMBER)
    )
    assert statuses(central)[MEMBER] == "SUCCESS"


@pytest.mark.parametrize(
    ("failing", "ends"), [((), "ENABLED"), ((f"central:{SECURITY}",), "FAILED")]
)
def test_central_configuration_is_pending_before_it_is_enabled_or_has_failed(
    cloud: Cloud, failing: tuple[str, ...], ends: str
) -> None:
    cloud.hub(MANAGEMENT).enable_organization_admin_account(AdminAccountId=SECURITY)
    hub = cloud.hub()
    hub.create_finding_aggregator(RegionLinkingMode="SPECIFIED_REGIONS", Regions=[OTHER])
    cloud.sandbox.delays("central=60", failing=failing)
    hub.update_organization_configuration(**CENTRAL)

    found = hub.describe_organization_configuration()["OrganizationConfiguration"]
    assert (found["ConfigurationType"], found["Status"]) == ("CENTRAL", "PENDING")
    assert error_of(hub.list_configuration_policies) == "AccessDeniedException"
    cloud.sandbox.advance(60)
    found = hub.describe_organization_configuration()["OrganizationConfiguration"]
    assert found["Status"] == ends


def test_standards_are_pending_before_they_are_ready_or_incomplete(cloud: Cloud) -> None:
    hub = cloud.hub(MEMBER)
    cis = "cis-aws-foundations-benchmark"
    why = "NO_AVAILABLE_CONFIGURATION_RECORDER"
    cloud.sandbox.delays("standards=60", failing=[f"standards:*{cis}*={why}"])
    hub.enable_security_hub(EnableDefaultStandards=True)

    found = hub.get_enabled_standards()["StandardsSubscriptions"]
    assert {each["StandardsStatus"] for each in found} == {"PENDING"}
    cloud.sandbox.advance(60)
    found = hub.get_enabled_standards()["StandardsSubscriptions"]
    ended = {each["StandardsArn"]: each for each in found}
    (incomplete,) = [each for arn, each in ended.items() if cis in arn]
    assert incomplete["StandardsStatus"] == "INCOMPLETE"
    assert incomplete["StandardsStatusReason"] == {"StatusReasonCode": why}
    assert "READY" in {each["StandardsStatus"] for each in found}


def test_an_account_is_in_progress_before_it_is_there(cloud: Cloud) -> None:
    cloud.sandbox.delays("account=60")
    organizations = cloud.client("organizations")
    asked = {"AccountName": "new", "Email": "new@example.com"}
    status = organizations.create_account(**asked)["CreateAccountStatus"]

    assert status["State"] == "IN_PROGRESS"
    assert "AccountId" not in status
    (listed,) = organizations.list_create_account_status(States=["IN_PROGRESS"])[
        "CreateAccountStatuses"
    ]
    assert listed["Id"] == status["Id"]
    cloud.sandbox.advance(60)
    ask = {"CreateAccountRequestId": status["Id"]}
    done = organizations.describe_create_account_status(**ask)["CreateAccountStatus"]
    assert done["State"] == "SUCCEEDED"
    found = organizations.describe_account(AccountId=done["AccountId"])["Account"]
    assert (found["Name"], found["Status"]) == ("new", "ACTIVE")


def test_an_account_that_cannot_be_made_says_why_and_is_not_there(cloud: Cloud) -> None:
    cloud.sandbox.delays(failing=["account:new=EMAIL_ALREADY_EXISTS"])
    organizations = cloud.client("organizations")
    asked = {"AccountName": "new", "Email": "new@example.com"}

    status = organizations.create_account(**asked)["CreateAccountStatus"]
    assert (status["State"], status["FailureReason"]) == ("FAILED", "EMAIL_ALREADY_EXISTS")
    pages = organizations.get_paginator("list_accounts").paginate()
    assert "new" not in {each["Name"] for page in pages for each in page["Accounts"]}


def test_an_account_that_is_closed_is_pending_before_it_is_suspended(cloud: Cloud) -> None:
    cloud.sandbox.delays("closure=60")
    organizations = cloud.client("organizations")
    organizations.close_account(AccountId=OUTSIDER)

    def status() -> str:
        return str(organizations.describe_account(AccountId=OUTSIDER)["Account"]["Status"])

    assert status() == "PENDING_CLOSURE"
    cloud.sandbox.advance(60)
    assert status() == "SUSPENDED"


def test_an_analyzer_is_creating_before_it_is_active_or_has_failed(cloud: Cloud) -> None:
    cloud.sandbox.delays("analyzer=60", failing=["analyzer:bad"])
    analyzers = cloud.client("accessanalyzer", MEMBER)
    analyzers.create_analyzer(analyzerName="good", type="ACCOUNT")
    analyzers.create_analyzer(analyzerName="bad", type="ACCOUNT_UNUSED_ACCESS")

    def statuses() -> dict[str, str]:
        return {each["name"]: each["status"] for each in analyzers.list_analyzers()["analyzers"]}

    assert set(statuses().values()) == {"CREATING"}
    cloud.sandbox.advance(60)
    assert statuses() == {"good": "ACTIVE", "bad": "FAILED"}
