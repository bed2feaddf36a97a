"""Administrators, members, invitations, and accounts that join by themselves."""

from __future__ import annotations

from tests.sandbox.services.conftest import (
    MANAGEMENT,
    MEMBER,
    NESTED_UNIT,
    OTHER,
    OUTSIDER,
    SECURITY,
    Cloud,
    error_of,
)


def test_only_the_management_account_designates_and_the_hub_is_enabled_with_it(
    cloud: Cloud,
) -> None:
    call = cloud.hub(MEMBER).enable_organization_admin_account
    assert error_of(call, AdminAccountId=SECURITY) == "AccessDeniedException"
    management = cloud.hub(MANAGEMENT)
    call = management.enable_organization_admin_account
    assert error_of(call, AdminAccountId="999999999999") == "InvalidInputException"

    call(AdminAccountId=SECURITY)

    assert cloud.hub().describe_hub()["HubArn"].endswith(f"{SECURITY}:hub/default")
    listed = management.list_organization_admin_accounts()["AdminAccounts"]
    assert listed == [{"AccountId": SECURITY, "Status": "ENABLED"}]
    assert error_of(call, AdminAccountId=MEMBER) == "InvalidInputException"
    assert cloud.hub(MANAGEMENT, OTHER).list_organization_admin_accounts()["AdminAccounts"] == []


def test_an_account_of_the_organization_is_a_member_at_once(administered: Cloud) -> None:
    administered.hub().create_members(AccountDetails=[{"AccountId": MEMBER, "Email": "a@b.c"}])

    [member] = administered.hub().list_members()["Members"]
    assert (member["AccountId"], member["MemberStatus"]) == (MEMBER, "Enabled")
    administrator = administered.hub(MEMBER).get_administrator_account()["Administrator"]
    assert administrator["AccountId"] == SECURITY
    assert administered.hub(MEMBER).get_enabled_standards()["StandardsSubscriptions"] == []


def test_the_management_account_is_a_member_only_with_a_hub_of_its_own(
    administered: Cloud,
) -> None:
    create = administered.hub().create_members
    details = [{"AccountId": MANAGEMENT, "Email": "a@b.c"}]
    assert [u["AccountId"] for u in create(AccountDetails=details)["UnprocessedAccounts"]] == [
        MANAGEMENT
    ]

    administered.hub(MANAGEMENT).enable_security_hub(EnableDefaultStandards=False)

    assert create(AccountDetails=details)["UnprocessedAccounts"] == []
    assert administered.hub().list_members()["Members"][0]["AccountId"] == MANAGEMENT


def test_a_member_is_disassociated_before_it_is_deleted(administered: Cloud) -> None:
    hub = administered.hub()
    hub.create_members(AccountDetails=[{"AccountId": MEMBER, "Email": "a@b.c"}])
    assert hub.delete_members(AccountIds=[MEMBER])["UnprocessedAccounts"] != []

    hub.disassociate_members(AccountIds=[MEMBER])
    assert hub.delete_members(AccountIds=[MEMBER])["UnprocessedAccounts"] == []
    assert "Administrator" not in administered.hub(MEMBER).get_administrator_account()


def test_an_account_outside_the_organization_is_invited(cloud: Cloud) -> None:
    inviting, invited = cloud.hub(OUTSIDER), cloud.hub(MEMBER)
    for hub in (inviting, invited):
        hub.enable_security_hub()
    inviting.create_members(AccountDetails=[{"AccountId": MEMBER, "Email": "a@b.c"}])
    assert inviting.get_members(AccountIds=[MEMBER])["Members"][0]["MemberStatus"] == "Created"

    inviting.invite_members(AccountIds=[MEMBER])
    [invitation] = invited.list_invitations()["Invitations"]
    invited.accept_administrator_invitation(
        AdministratorId=OUTSIDER, InvitationId=invitation["InvitationId"]
    )

    assert inviting.list_members()["Members"][0]["MemberStatus"] == "Enabled"
    invited.disassociate_from_administrator_account()
    assert inviting.list_members()["Members"] == []


def test_a_new_account_is_enabled_by_itself_where_the_administrator_asked_for_it(
    administered: Cloud,
) -> None:
    administered.hub().update_organization_configuration(AutoEnable=True)
    organizations = administered.client("organizations")
    created = organizations.create_account(Email="new@example.com", AccountName="new")
    account = created["CreateAccountStatus"]["AccountId"]
    root = organizations.list_parents(ChildId=account)["Parents"][0]["Id"]

    organizations.move_account(
        AccountId=account, SourceParentId=root, DestinationParentId=NESTED_UNIT
    )

    standards = administered.hub(account).get_enabled_standards()["StandardsSubscriptions"]
    assert len(standards) == 2


def test_an_aggregator_is_one_per_account_and_changed_at_home_alone(administered: Cloud) -> None:
    hub = administered.hub()
    wanted = {"RegionLinkingMode": "SPECIFIED_REGIONS", "Regions": [OTHER]}
    arn = hub.create_finding_aggregator(**wanted)["FindingAggregatorArn"]
    abroad = administered.hub(region=OTHER)

    assert error_of(hub.create_finding_aggregator, **wanted) == "LimitExceededException"
    assert abroad.list_finding_aggregators()["FindingAggregators"][0]["FindingAggregatorArn"] == arn
    update = {"FindingAggregatorArn": arn, "RegionLinkingMode": "ALL_REGIONS"}
    assert error_of(abroad.update_finding_aggregator, **update) == "InvalidAccessException"
    wrong = {**wanted, "FindingAggregatorArn": arn, "Regions": ["mars-east-1"]}
    assert error_of(hub.update_finding_aggregator, **wrong) == "InvalidInputException"


def test_a_member_cannot_have_an_aggregator_nor_the_administrator_no_hub(
    administered: Cloud,
) -> None:
    administered.hub().create_members(AccountDetails=[{"AccountId": MEMBER, "Email": "a@b.c"}])
    create = administered.hub(MEMBER).create_finding_aggregator
    assert error_of(create, RegionLinkingMode="ALL_REGIONS") == "InvalidInputException"
    assert error_of(administered.hub().disable_security_hub) == "InvalidInputException"
