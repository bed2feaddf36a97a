"""Central configuration reaches the accounts below a target, in the home and linked regions."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.services.conftest import (
    HOME,
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

FSBP = "arn:aws:securityhub:{}::standards/aws-foundational-security-best-practices/v/1.0.0"
CENTRAL = {
    "AutoEnable": False,
    "AutoEnableStandards": "NONE",
    "OrganizationConfiguration": {"ConfigurationType": "CENTRAL"},
}


def a_policy(*disabled: str, enabled: bool = True) -> dict[str, Any]:
    if not enabled:
        return {"SecurityHub": {"ServiceEnabled": False}}
    return {
        "SecurityHub": {
            "ServiceEnabled": True,
            "EnabledStandardIdentifiers": [FSBP.format(HOME)],
            "SecurityControlsConfiguration": {"DisabledSecurityControlIdentifiers": list(disabled)},
        }
    }


@pytest.fixture
def central(cloud: Cloud) -> Cloud:
    cloud.hub(MANAGEMENT).enable_organization_admin_account(AdminAccountId=SECURITY)
    for region in (HOME, OTHER):
        cloud.hub(MANAGEMENT, region).enable_security_hub(EnableDefaultStandards=False)
    hub = cloud.hub()
    hub.create_finding_aggregator(RegionLinkingMode="SPECIFIED_REGIONS", Regions=[OTHER])
    hub.update_organization_configuration(**CENTRAL)
    return cloud


def a_target(target: str) -> dict[str, str]:
    if target.isdigit():
        return {"AccountId": target}
    return {"RootId" if target.startswith("r-") else "OrganizationalUnitId": target}


def associate(cloud: Cloud, target: str, policy: dict[str, Any]) -> str:
    hub = cloud.hub()
    identifier = hub.create_configuration_policy(Name="a", ConfigurationPolicy=policy)["Id"]
    answer = hub.start_configuration_policy_association(
        ConfigurationPolicyIdentifier=identifier, Target=a_target(target)
    )
    assert answer["AssociationStatus"] == "SUCCESS"
    return str(identifier)


def disassociate(cloud: Cloud, target: str) -> None:
    cloud.hub().start_configuration_policy_disassociation(
        Target=a_target(target), ConfigurationPolicyIdentifier="any"
    )


def status_of(cloud: Cloud, account: str, region: str, control: str) -> str:
    hub = cloud.hub(account, region)
    listed = hub.list_standards_control_associations(SecurityControlId=control)
    return str(listed["StandardsControlAssociationSummaries"][0]["AssociationStatus"])


def test_a_policy_configures_every_account_below_its_target_in_home_and_linked_regions(
    central: Cloud,
) -> None:
    associate(central, ROOT, a_policy("S3.9"))

    for region in (HOME, OTHER):
        for account in (MEMBER, OUTSIDER, SECURITY, MANAGEMENT):
            enabled = central.hub(account, region).get_enabled_standards()["StandardsSubscriptions"]
            assert [s["StandardsArn"] for s in enabled] == [FSBP.format(region)]
            assert status_of(central, account, region, "S3.9") == "DISABLED"
            assert status_of(central, account, region, "S3.8") == "ENABLED"


def test_linked_regions_have_the_administrator_of_the_home_region(central: Cloud) -> None:
    """Source: AWS Security Hub User Guide, "Enabling central configuration"."""
    for region in (HOME, OTHER):
        hub = central.client("securityhub", MANAGEMENT, region)
        found = hub.list_organization_admin_accounts()["AdminAccounts"]
        assert found == [{"AccountId": SECURITY, "Status": "ENABLED"}]


def test_no_policy_enables_the_hub_of_the_management_account_but_one_that_is_there_obeys(
    cloud: Cloud,
) -> None:
    cloud.hub(MANAGEMENT).enable_organization_admin_account(AdminAccountId=SECURITY)
    hub = cloud.hub()
    hub.create_finding_aggregator(RegionLinkingMode="SPECIFIED_REGIONS", Regions=[OTHER])
    hub.update_organization_configuration(**CENTRAL)
    associate(cloud, ROOT, a_policy("S3.9"))

    assert error_of(cloud.hub(MANAGEMENT, OTHER).describe_hub) == "InvalidAccessException"
    cloud.hub(MANAGEMENT, OTHER).enable_security_hub(EnableDefaultStandards=False)

    assert status_of(cloud, MANAGEMENT, OTHER, "S3.9") == "DISABLED"
    assert error_of(cloud.hub(MANAGEMENT).describe_hub) == "InvalidAccessException"


def test_the_nearest_policy_wins_and_disassociation_inherits_again(central: Cloud) -> None:
    associate(central, ROOT, a_policy("S3.9"))
    associate(central, UNIT, a_policy("S3.8"))
    assert status_of(central, MEMBER, OTHER, "S3.8") == "DISABLED"
    assert status_of(central, MEMBER, OTHER, "S3.9") == "ENABLED"
    assert status_of(central, OUTSIDER, OTHER, "S3.9") == "DISABLED"

    disassociate(central, UNIT)

    assert status_of(central, MEMBER, OTHER, "S3.9") == "DISABLED"
    found = central.hub().get_configuration_policy_association(Target=a_target(MEMBER))
    assert (found["AssociationType"], found["AssociationStatus"]) == ("INHERITED", "SUCCESS")


def test_changing_a_policy_changes_the_accounts_and_can_switch_the_hub_off(central: Cloud) -> None:
    identifier = associate(central, UNIT, a_policy())
    assert status_of(central, MEMBER, HOME, "EC2.8") == "ENABLED"
    update = central.hub().update_configuration_policy

    update(Identifier=identifier, ConfigurationPolicy=a_policy("EC2.8"))
    assert status_of(central, MEMBER, HOME, "EC2.8") == "DISABLED"

    update(Identifier=identifier, ConfigurationPolicy=a_policy(enabled=False))
    assert error_of(central.hub(MEMBER).describe_hub) == "InvalidAccessException"


def test_a_list_of_enabled_controls_switches_every_other_off(central: Cloud) -> None:
    policy = a_policy()
    policy["SecurityHub"]["SecurityControlsConfiguration"] = {
        "EnabledSecurityControlIdentifiers": ["S3.8"]
    }
    associate(central, MEMBER, policy)

    assert status_of(central, MEMBER, HOME, "S3.8") == "ENABLED"
    assert status_of(central, MEMBER, HOME, "S3.1") == "DISABLED"


def test_an_account_that_moves_gets_the_policy_of_its_new_place(central: Cloud) -> None:
    associate(central, UNIT, a_policy("S3.9"))
    organizations = central.client("organizations")
    parent = organizations.list_parents(ChildId=OUTSIDER)["Parents"][0]["Id"]

    organizations.move_account(
        AccountId=OUTSIDER, SourceParentId=parent, DestinationParentId=NESTED_UNIT
    )

    assert status_of(central, OUTSIDER, OTHER, "S3.9") == "DISABLED"


def test_a_self_managed_account_below_a_policy_keeps_its_own_settings(central: Cloud) -> None:
    central.hub().start_configuration_policy_association(
        ConfigurationPolicyIdentifier="SELF_MANAGED_SECURITY_HUB", Target=a_target(MEMBER)
    )
    associate(central, ROOT, a_policy("S3.9"))
    member = central.hub(MEMBER)

    member.enable_security_hub(EnableDefaultStandards=False)
    assert member.get_enabled_standards()["StandardsSubscriptions"] == []


def test_a_centrally_managed_account_cannot_change_its_own_settings(central: Cloud) -> None:
    associate(central, MEMBER, a_policy())
    member = central.hub(MEMBER)

    assert error_of(member.disable_security_hub) == "AccessDeniedException"
    switch = {"SecurityControlId": "S3.8", "StandardsArn": FSBP.format(HOME)}
    update = [{**switch, "AssociationStatus": "DISABLED", "UpdatedReason": "no"}]
    call = member.batch_update_standards_control_associations
    assert error_of(call, StandardsControlAssociationUpdates=update) == "AccessDeniedException"


def test_only_the_delegated_administrator_at_home_may_use_central_configuration(
    central: Cloud,
) -> None:
    member = central.hub(MEMBER)
    member.enable_security_hub()
    assert error_of(member.list_configuration_policies) == "AccessDeniedException"
    abroad = central.hub(region=OTHER)
    abroad.enable_security_hub()
    with pytest.raises(ClientError, match="aggregation region"):
        abroad.list_configuration_policies()


def test_a_policy_in_use_cannot_be_deleted(central: Cloud) -> None:
    identifier = associate(central, UNIT, a_policy())
    delete = central.hub().delete_configuration_policy
    assert error_of(delete, Identifier=identifier) == "ResourceConflictException"

    disassociate(central, UNIT)
    delete(Identifier=identifier)


def test_an_organization_has_at_most_twenty_policies(central: Cloud) -> None:
    create = central.hub().create_configuration_policy
    for number in range(20):
        create(Name=f"p{number}", ConfigurationPolicy=a_policy())

    assert error_of(create, Name="p", ConfigurationPolicy=a_policy()) == "LimitExceededException"


@pytest.mark.parametrize(
    "hub",
    [
        {"ServiceEnabled": True},
        {**a_policy("S3.999")["SecurityHub"]},
        {**a_policy()["SecurityHub"], "EnabledStandardIdentifiers": [FSBP.format(OTHER)]},
        {**a_policy()["SecurityHub"], "ServiceEnabled": False},
    ],
    ids=["no-standards", "unknown-control", "standard-of-another-region", "off-with-standards"],
)
def test_a_policy_that_makes_no_sense_is_refused(central: Cloud, hub: dict[str, Any]) -> None:
    create = central.hub().create_configuration_policy
    answer = error_of(create, Name="p", ConfigurationPolicy={"SecurityHub": hub})
    assert answer == "InvalidInputException"


def test_central_configuration_needs_an_aggregator_and_the_administrator(cloud: Cloud) -> None:
    cloud.hub(MANAGEMENT).enable_organization_admin_account(AdminAccountId=SECURITY)
    update = cloud.hub().update_organization_configuration
    assert error_of(update, **CENTRAL) == "InvalidInputException"

    member = cloud.hub(MEMBER)
    member.enable_security_hub()
    assert error_of(member.update_organization_configuration, **CENTRAL) == "AccessDeniedException"


def test_associations_are_listed_with_their_type(central: Cloud) -> None:
    identifier = associate(central, UNIT, a_policy())
    listed = central.hub().list_configuration_policy_associations(
        Filters={"ConfigurationPolicyId": identifier}
    )["ConfigurationPolicyAssociationSummaries"]
    kinds = {item["TargetId"]: item["AssociationType"] for item in listed}
    assert (kinds[UNIT], kinds[NESTED_UNIT], kinds[MEMBER]) == ("APPLIED", "INHERITED", "INHERITED")
    assert OUTSIDER not in kinds

    targets = [{"Target": a_target(account)} for account in (MEMBER, OUTSIDER)]
    batch = central.hub().batch_get_configuration_policy_associations(
        ConfigurationPolicyAssociationIdentifiers=targets
    )
    assert len(batch["ConfigurationPolicyAssociations"]) == 1
    assert len(batch["UnprocessedConfigurationPolicyAssociations"]) == 1
