"""AWS Organizations, with the ids of the fleet and the eyes that AWS gives each account."""

from __future__ import annotations

import pytest

from orchestrator.sandbox.client import Sandbox
from tests.sandbox.calls import error_of
from tests.sandbox.fleets import (
    ACCOUNTS,
    MANAGEMENT,
    NETWORK,
    PAYMENTS_PROD,
    ROOT,
    SECURITY,
    UNITS,
    a_fleet,
)

DENIED = ("AccessDeniedException", 400)
HUB = "securityhub.amazonaws.com"


def delegate(sandbox: Sandbox, account_id: str, service: str = HUB) -> None:
    organizations = sandbox.client("organizations")
    organizations.enable_aws_service_access(ServicePrincipal=service)
    organizations.register_delegated_administrator(AccountId=account_id, ServicePrincipal=service)


def test_the_organization_has_the_ids_of_the_fleet(sandbox: Sandbox) -> None:
    organizations = sandbox.client("organizations")

    organization = organizations.describe_organization()["Organization"]
    assert (organization["Id"], organization["MasterAccountId"]) == ("o-exampleorg1", MANAGEMENT)
    assert organization["MasterAccountEmail"] == "aws+management@example.com"
    assert [root["Id"] for root in organizations.list_roots()["Roots"]] == [ROOT]
    for unit in UNITS:
        found = organizations.describe_organizational_unit(OrganizationalUnitId=unit.id)
        assert found["OrganizationalUnit"]["Name"] == unit.name
        assert f"/o-exampleorg1/{unit.id}" in found["OrganizationalUnit"]["Arn"]
        assert organizations.list_parents(ChildId=unit.id)["Parents"][0]["Id"] == unit.parent


def test_accounts_have_their_names_emails_tags_and_parents(sandbox: Sandbox) -> None:
    organizations = sandbox.client("organizations")
    for account in a_fleet().accounts:
        found = organizations.describe_account(AccountId=account.id)["Account"]
        tags = organizations.list_tags_for_resource(ResourceId=account.id)["Tags"]
        parents = organizations.list_parents(ChildId=account.id)["Parents"]
        assert (found["Name"], found["Email"]) == (account.name, account.email)
        assert tags == [{"Key": "name", "Value": account.name}]
        assert [parent["Id"] for parent in parents] == [account.parent]


def test_tags_can_be_put_on_units_and_the_root(sandbox: Sandbox) -> None:
    organizations = sandbox.client("organizations")
    for target in (ROOT, UNITS[0].id):
        organizations.tag_resource(ResourceId=target, Tags=[{"Key": "k", "Value": "v"}])
        assert organizations.list_tags_for_resource(ResourceId=target)["Tags"]


def test_lists_come_in_pages(sandbox: Sandbox) -> None:
    organizations = sandbox.client("organizations")

    pages = list(organizations.get_paginator("list_accounts").paginate(MaxResults=5))
    assert [len(page["Accounts"]) for page in pages] == [5, 5, 2]
    assert len({a["Id"] for page in pages for a in page["Accounts"]}) == len(ACCOUNTS)
    prod = {"ParentId": "ou-ex01-prod0000", "ChildType": "ACCOUNT"}
    children = list(organizations.get_paginator("list_children").paginate(**prod, MaxResults=2))
    assert [len(page["Children"]) for page in children] == [2, 1]
    assert error_of(organizations.list_accounts, MaxResults=21) == ("InvalidInputException", 400)


@pytest.mark.parametrize(
    "call", ["list_accounts", "list_roots", "list_delegated_administrators", "create_account"]
)
def test_a_member_sees_its_organization_and_nothing_else(sandbox: Sandbox, call: str) -> None:
    organizations = sandbox.client("organizations", PAYMENTS_PROD)
    given = {"create_account": {"AccountName": "x", "Email": "x@example.com"}}.get(call, {})

    assert error_of(getattr(organizations, call), **given) == DENIED
    described = organizations.describe_organization()["Organization"]
    assert described["Id"] == "o-exampleorg1"


def test_a_delegated_administrator_reads_but_does_not_write(fresh_sandbox: Sandbox) -> None:
    delegate(fresh_sandbox, SECURITY)
    organizations = fresh_sandbox.client("organizations", SECURITY)

    assert len(organizations.list_accounts()["Accounts"]) == len(ACCOUNTS)
    assert organizations.list_accounts_for_parent(ParentId="ou-ex01-prod0000")["Accounts"]
    services = organizations.list_delegated_services_for_account(AccountId=SECURITY)
    assert [s["ServicePrincipal"] for s in services["DelegatedServices"]] == [HUB]
    refused = organizations.move_account
    assert (
        error_of(
            refused,
            AccountId=PAYMENTS_PROD,
            SourceParentId="ou-ex01-prod0000",
            DestinationParentId=ROOT,
        )
        == DENIED
    )

    fresh_sandbox.client("organizations").deregister_delegated_administrator(
        AccountId=SECURITY, ServicePrincipal=HUB
    )
    assert error_of(organizations.list_accounts) == DENIED


@pytest.mark.parametrize(
    "service",
    ["securitylake", "guardduty", "config", "access-analyzer", "cloudtrail", "inspector2"],
)
def test_every_service_can_have_a_delegated_administrator(
    fresh_sandbox: Sandbox, service: str
) -> None:
    delegate(fresh_sandbox, SECURITY, f"{service}.amazonaws.com")

    listed = fresh_sandbox.client("organizations").list_delegated_administrators(
        ServicePrincipal=f"{service}.amazonaws.com"
    )
    assert [a["Id"] for a in listed["DelegatedAdministrators"]] == [SECURITY]


def test_a_service_must_be_trusted_before_it_is_delegated(fresh_sandbox: Sandbox) -> None:
    organizations = fresh_sandbox.client("organizations")
    wish = {"AccountId": SECURITY, "ServicePrincipal": HUB}

    assert error_of(organizations.register_delegated_administrator, **wish) == (
        "ConstraintViolationException",
        400,
    )
    nonsense = {"ServicePrincipal": "no-service"}
    assert error_of(organizations.enable_aws_service_access, **nonsense)[0] == (
        "InvalidInputException"
    )


def test_trusted_access_is_switched_on_and_off(fresh_sandbox: Sandbox) -> None:
    organizations = fresh_sandbox.client("organizations")

    def trusted() -> list[str]:
        listed = organizations.list_aws_service_access_for_organization()
        return [service["ServicePrincipal"] for service in listed["EnabledServicePrincipals"]]

    organizations.enable_aws_service_access(ServicePrincipal=HUB)
    assert trusted() == [HUB]
    organizations.disable_aws_service_access(ServicePrincipal=HUB)
    assert trusted() == []


def test_an_account_that_is_created_can_be_entered(fresh_sandbox: Sandbox) -> None:
    organizations = fresh_sandbox.client("organizations")
    created = organizations.create_account(AccountName="new", Email="new@example.com")
    account_id = created["CreateAccountStatus"]["AccountId"]

    assert fresh_sandbox.client("iam", account_id).list_roles()["Roles"][0]["RoleName"] == (
        "OrganizationAccountAccessRole"
    )
    own = fresh_sandbox.client("organizations", account_id).describe_organization()
    assert own["Organization"]["Id"] == "o-exampleorg1"


def test_a_closed_account_stays_listed_as_suspended(fresh_sandbox: Sandbox) -> None:
    organizations = fresh_sandbox.client("organizations")
    organizations.close_account(AccountId=NETWORK)

    assert organizations.describe_account(AccountId=NETWORK)["Account"]["Status"] == "SUSPENDED"
    assert error_of(organizations.close_account, AccountId=NETWORK)[0] == (
        "AccountAlreadyClosedException"
    )


def test_an_organization_ends_when_every_member_is_closed(fresh_sandbox: Sandbox) -> None:
    organizations = fresh_sandbox.client("organizations")
    assert error_of(organizations.delete_organization)[0] == "OrganizationNotEmptyException"

    for account in a_fleet().accounts:
        if account.id != MANAGEMENT:
            organizations.close_account(AccountId=account.id)
    organizations.delete_organization()

    assert error_of(organizations.describe_organization)[0] == "AWSOrganizationsNotInUseException"
