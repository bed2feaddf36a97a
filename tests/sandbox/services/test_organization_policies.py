"""Organizations takes Security Hub's policies as AWS documents them, and Security Hub follows.

Source: AWS Organizations User Guide, "Security Hub policy syntax and examples", "Quotas", "About
invalid effective policy alerts"; API Reference; AWS Security Hub User Guide, "Reviewing a
declarative policy's impact before you apply it in Security Hub CSPM".
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from orchestrator.model.organization_policies import HubSettings, cspm_document
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

FSBP = f"arn:aws:securityhub:{HOME}::standards/aws-foundational-security-best-practices/v/1.0.0"
CIS = f"arn:aws:securityhub:{HOME}::standards/cis-aws-foundations-benchmark/v/3.0.0"
CSPM, HUB = "SECURITYHUB_CSPM_POLICY", "SECURITYHUB_POLICY"
SERVICE = "securityhub.amazonaws.com"


def hub_policy(enable: dict[str, list[str]], disable: dict[str, list[str]]) -> dict[str, Any]:
    return {"securityhub": {"enable_in_regions": enable, "disable_in_regions": disable}}


ON = hub_policy({"@@assign": [HOME, OTHER]}, {"@@assign": []})


def cspm_policy(*standards: str, **settings: Any) -> dict[str, Any]:
    regions = {"on": frozenset({HOME, OTHER}), "off": frozenset()}
    chosen = {**regions, "standards": frozenset(standards), **settings}
    return dict(cspm_document(HubSettings(**chosen)))


@pytest.fixture
def enabled(cloud: Cloud) -> Cloud:
    """Trust, delegated administration in both regions, and both types of policy."""
    organizations = cloud.client("organizations")
    organizations.enable_aws_service_access(ServicePrincipal=SERVICE)
    for region in (HOME, OTHER):
        cloud.hub(MANAGEMENT, region).enable_organization_admin_account(AdminAccountId=SECURITY)
        cloud.hub(MANAGEMENT, region).enable_security_hub(EnableDefaultStandards=False)
    for kind in (CSPM, HUB):
        organizations.enable_policy_type(RootId=ROOT, PolicyType=kind)
    return cloud


def created(cloud: Cloud, kind: str, document: dict[str, Any], name: str = "a") -> str:
    made = cloud.client("organizations").create_policy(
        Name=name, Description="", Type=kind, Content=json.dumps(document)
    )
    return str(made["Policy"]["PolicySummary"]["Id"])


def attached(cloud: Cloud, target: str, kind: str, document: dict[str, Any]) -> str:
    policy = created(cloud, kind, document, f"{target}-{len(json.dumps(document))}")
    cloud.client("organizations").attach_policy(PolicyId=policy, TargetId=target)
    return policy


def standards_of(cloud: Cloud, account: str, region: str = HOME) -> set[str]:
    found = cloud.hub(account, region).get_enabled_standards()["StandardsSubscriptions"]
    return {each["StandardsArn"].replace(region, HOME) for each in found}


def test_a_type_is_enabled_only_once_the_service_is_trusted(cloud: Cloud) -> None:
    organizations = cloud.client("organizations")
    ask = {"RootId": ROOT, "PolicyType": HUB}

    assert error_of(organizations.enable_policy_type, **ask) == "ConstraintViolationException"
    organizations.enable_aws_service_access(ServicePrincipal=SERVICE)
    organizations.enable_policy_type(**ask)

    again = error_of(organizations.enable_policy_type, **ask)
    assert again == "PolicyTypeAlreadyEnabledException"
    distrust = error_of(organizations.disable_aws_service_access, ServicePrincipal=SERVICE)
    assert distrust == "ConstraintViolationException"


def test_a_policy_is_attached_only_where_its_type_is_enabled(cloud: Cloud) -> None:
    policy = created(cloud, HUB, ON)

    refused = error_of(cloud.client("organizations").attach_policy, PolicyId=policy, TargetId=UNIT)
    assert refused == "PolicyTypeNotEnabledException"


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        (HUB, {"securityhub": {"enable_in_regions": ["us-east-1"]}}),
        (HUB, hub_policy({"@@assign": ["us-east-9"]}, {"@@assign": []})),
        (HUB, {"securityhub": {"regions": {"@@assign": []}}}),
        (HUB, {"securityhub": {}, "other": {}}),
        (HUB, {"Version": "2012-10-17", "Statement": []}),
        (CSPM, {"securityhub_cspm": {"cspm_enablement": {"enable": {"@@assign": []}}}}),
    ],
)
def test_what_is_not_of_the_documented_syntax_is_malformed(
    cloud: Cloud, kind: str, document: dict[str, Any]
) -> None:
    refused = error_of(
        cloud.client("organizations").create_policy,
        **{"Name": "a", "Description": "", "Type": kind, "Content": json.dumps(document)},
    )
    assert refused == "MalformedPolicyDocumentException"


@pytest.mark.parametrize(
    "document",
    [
        hub_policy({"@@append": ["ALL_SUPPORTED"]}, {"@@append": []}),
        hub_policy({"@@append": ["eu-central-1"]}, {"@@remove": ["us-west-2"]}),
        {
            "securityhub": {
                "features": {"network_scanning": {"enable_in_regions": {"@@append": [OTHER]}}}
            }
        },
    ],
)
def test_examples_of_aws_are_taken(cloud: Cloud, document: dict[str, Any]) -> None:
    assert created(cloud, HUB, document).startswith("p-")


def test_a_document_of_more_than_10000_characters_is_refused(cloud: Cloud) -> None:
    ask = {"Name": "a", "Description": "", "Type": HUB}
    content = json.dumps(ON) + " " * 10_000

    refused = error_of(cloud.client("organizations").create_policy, **ask, Content=content)

    assert refused == "ConstraintViolationException"


def test_an_account_has_what_its_path_comes_to(enabled: Cloud) -> None:
    organizations = enabled.client("organizations")
    attached(enabled, ROOT, HUB, ON)
    attached(
        enabled, NESTED_UNIT, HUB, hub_policy({"@@remove": [OTHER]}, {"@@append": ["eu-west-1"]})
    )

    found = organizations.describe_effective_policy(PolicyType=HUB, TargetId=MEMBER)

    assert json.loads(found["EffectivePolicy"]["PolicyContent"]) == {
        "securityhub": {"enable_in_regions": [HOME], "disable_in_regions": ["eu-west-1"]}
    }
    none = error_of(organizations.describe_effective_policy, PolicyType=CSPM, TargetId=MEMBER)
    assert none == "EffectivePolicyNotFoundException"


def test_an_account_with_an_invalid_effective_policy_is_named_and_keeps_the_last(
    enabled: Cloud,
) -> None:
    organizations = enabled.client("organizations")
    incomplete = {"securityhub": {"enable_in_regions": {"@@assign": [HOME]}}}
    policy = attached(enabled, MEMBER, HUB, incomplete)

    asked = {"PolicyType": HUB}
    found = organizations.list_accounts_with_invalid_effective_policy(**asked)["Accounts"]
    assert [each["Id"] for each in found] == [MEMBER]
    errors = organizations.list_effective_policy_validation_errors(**asked, AccountId=MEMBER)
    [one] = errors["EffectivePolicyValidationErrors"]
    assert (one["ErrorCode"], one["ContributingPolicies"]) == ("KEY_REQUIRED", [policy])
    refused = error_of(enabled.hub(MEMBER).describe_security_hub_v2)
    assert refused == "ResourceNotFoundException"


def test_a_policy_turns_the_unified_hub_on_and_keeps_the_account_from_turning_it_off(
    enabled: Cloud,
) -> None:
    policy = attached(enabled, NESTED_UNIT, HUB, ON)

    for region in (HOME, OTHER):
        assert enabled.hub(MEMBER, region).describe_security_hub_v2()["HubV2Arn"]
    assert error_of(enabled.hub(MEMBER).disable_security_hub_v2) == "AccessDeniedException"
    assert error_of(enabled.hub(OUTSIDER).describe_security_hub_v2)

    enabled.client("organizations").detach_policy(PolicyId=policy, TargetId=NESTED_UNIT)
    assert enabled.hub(MEMBER).describe_security_hub_v2()["HubV2Arn"], "it stays as it was left"
    enabled.hub(MEMBER).disable_security_hub_v2()


def test_a_policy_governs_a_region_completely(enabled: Cloud) -> None:
    member = enabled.hub(MEMBER)
    member.enable_security_hub(EnableDefaultStandards=True)
    member.update_security_control(
        SecurityControlId="IAM.7",
        Parameters={"MinimumPasswordLength": {"ValueType": "CUSTOM", "Value": {"Integer": 20}}},
    )

    attached(enabled, ROOT, CSPM, cspm_policy(CIS, disabled=frozenset({"IAM.9"})))

    assert standards_of(enabled, MEMBER) == standards_of(enabled, MEMBER, OTHER) == {CIS}
    [control] = member.batch_get_security_controls(SecurityControlIds=["IAM.7"])["SecurityControls"]
    assert control["Parameters"] == {}
    [off] = member.batch_get_security_controls(SecurityControlIds=["IAM.9"])["SecurityControls"]
    assert off["SecurityControlStatus"] == "DISABLED"
    members = enabled.hub().list_members()["Members"]
    assert MEMBER in {each["AccountId"] for each in members}


def test_parameters_of_a_policy_come_to_the_control(enabled: Cloud) -> None:
    given = {"IAM.7": {"MinimumPasswordLength": 16}}

    attached(enabled, UNIT, CSPM, cspm_policy(FSBP, parameters=given))

    found = enabled.hub(MEMBER).batch_get_security_controls(SecurityControlIds=["IAM.7"])
    parameters = found["SecurityControls"][0]["Parameters"]
    assert parameters["MinimumPasswordLength"]["Value"] == {"Integer": 16}


def test_a_governed_account_cannot_change_what_is_governed(enabled: Cloud) -> None:
    attached(enabled, ROOT, CSPM, cspm_policy(FSBP))
    member = enabled.hub(MEMBER)
    [subscribed] = member.get_enabled_standards()["StandardsSubscriptions"]

    for call, ask in (
        (
            member.batch_enable_standards,
            {"StandardsSubscriptionRequests": [{"StandardsArn": CIS}]},
        ),
        (
            member.batch_disable_standards,
            {"StandardsSubscriptionArns": [subscribed["StandardsSubscriptionArn"]]},
        ),
        (
            member.update_security_control,
            {
                "SecurityControlId": "IAM.7",
                "Parameters": {
                    "MinimumPasswordLength": {"ValueType": "CUSTOM", "Value": {"Integer": 20}}
                },
            },
        ),
        (member.disable_security_hub, {}),
    ):
        assert error_of(call, **ask) == "AccessDeniedException"


def test_a_region_in_neither_list_is_left_alone(enabled: Cloud) -> None:
    member = enabled.hub(MEMBER, OTHER)
    member.enable_security_hub(EnableDefaultStandards=True)
    before = standards_of(enabled, MEMBER, OTHER)

    attached(enabled, ROOT, CSPM, cspm_policy(FSBP, on=frozenset({HOME})))

    assert standards_of(enabled, MEMBER, OTHER) == before
    member.batch_enable_standards(
        StandardsSubscriptionRequests=[{"StandardsArn": CIS.replace(HOME, OTHER)}]
    )


def test_a_region_in_both_lists_is_disabled(enabled: Cloud) -> None:
    attached(enabled, ROOT, CSPM, cspm_policy(FSBP))
    attached(enabled, MEMBER, CSPM, cspm_policy(FSBP, off=frozenset({OTHER})))

    assert standards_of(enabled, MEMBER) == {FSBP}
    assert error_of(enabled.hub(MEMBER, OTHER).describe_hub) == "InvalidAccessException"
    members = enabled.hub(SECURITY, OTHER).list_members()["Members"]
    assert MEMBER not in {each["AccountId"] for each in members}


CENTRAL = {
    "AutoEnable": False,
    "AutoEnableStandards": "NONE",
    "OrganizationConfiguration": {"ConfigurationType": "CENTRAL"},
}


def status_of_central(cloud: Cloud) -> tuple[str, str]:
    found = cloud.hub().describe_organization_configuration()["OrganizationConfiguration"]
    return found["ConfigurationType"], found["Status"]


def test_central_configuration_is_disabled_while_policies_govern(enabled: Cloud) -> None:
    hub = enabled.hub()
    hub.create_finding_aggregator(RegionLinkingMode="SPECIFIED_REGIONS", Regions=[OTHER])
    hub.update_organization_configuration(**CENTRAL)
    policy = {
        "SecurityHub": {
            "ServiceEnabled": True,
            "EnabledStandardIdentifiers": [CIS],
            "SecurityControlsConfiguration": {"DisabledSecurityControlIdentifiers": []},
        }
    }
    made = hub.create_configuration_policy(Name="a", ConfigurationPolicy=policy)["Id"]
    hub.start_configuration_policy_association(
        ConfigurationPolicyIdentifier=made, Target={"RootId": ROOT}
    )
    assert standards_of(enabled, MEMBER) == {CIS}

    attachment = attached(enabled, ROOT, CSPM, cspm_policy(FSBP))

    assert status_of_central(enabled) == ("CENTRAL", "DISABLED")
    associated = hub.get_configuration_policy_association(Target={"RootId": ROOT})
    assert associated["AssociationStatus"] == "DISABLED"
    assert standards_of(enabled, MEMBER) == {FSBP}

    enabled.client("organizations").detach_policy(PolicyId=attachment, TargetId=ROOT)
    assert status_of_central(enabled) == ("CENTRAL", "ENABLED")
    assert standards_of(enabled, MEMBER) == {CIS}


def test_central_configuration_cannot_be_turned_on_while_policies_govern(enabled: Cloud) -> None:
    hub = enabled.hub()
    hub.create_finding_aggregator(RegionLinkingMode="SPECIFIED_REGIONS", Regions=[OTHER])
    attached(enabled, UNIT, CSPM, cspm_policy(FSBP))

    hub.update_organization_configuration(**CENTRAL)

    assert status_of_central(enabled) == ("CENTRAL", "DISABLED")


def test_the_unified_hub_has_an_administrator_and_an_aggregator_of_its_own(
    enabled: Cloud,
) -> None:
    management, hub = enabled.hub(MANAGEMENT), enabled.hub()
    asked = {"AdminAccountId": SECURITY, "Feature": "SecurityHubV2"}
    assert management.enable_organization_admin_account(**asked)["Feature"] == "SecurityHubV2"
    listed = management.list_organization_admin_accounts(Feature="SecurityHubV2")
    assert [each["AccountId"] for each in listed["AdminAccounts"]] == [SECURITY]

    linking = {"RegionLinkingMode": "SPECIFIED_REGIONS", "LinkedRegions": [OTHER]}
    assert error_of(hub.create_aggregator_v2, **linking) == "ResourceNotFoundException"
    hub.enable_security_hub_v2()
    made = hub.create_aggregator_v2(**linking)
    assert error_of(hub.create_aggregator_v2, **linking) == "ConflictException"
    [listed_one] = hub.list_aggregators_v2()["AggregatorsV2"]
    found = hub.get_aggregator_v2(AggregatorV2Arn=listed_one["AggregatorV2Arn"])
    assert (found["AggregationRegion"], found["LinkedRegions"]) == (HOME, [OTHER])
    assert made["AggregatorV2Arn"] == listed_one["AggregatorV2Arn"]


def test_an_account_that_moves_gets_what_holds_where_it_is_now(enabled: Cloud) -> None:
    attached(enabled, UNIT, CSPM, cspm_policy(FSBP))
    attached(enabled, ROOT, CSPM, cspm_policy(CIS))
    assert standards_of(enabled, MEMBER) == {FSBP}

    enabled.client("organizations").move_account(
        AccountId=MEMBER, SourceParentId=NESTED_UNIT, DestinationParentId=ROOT
    )

    assert standards_of(enabled, MEMBER) == {CIS}
