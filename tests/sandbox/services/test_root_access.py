"""Centralized root access: who may ask for it."""

from __future__ import annotations

from tests.sandbox.services.conftest import MEMBER, Cloud, error_of


def test_the_management_account_asks_once_iam_is_trusted(cloud: Cloud) -> None:
    ask = cloud.client("iam").list_organizations_features
    assert error_of(ask) == "ServiceAccessNotEnabledException"

    cloud.client("organizations").enable_aws_service_access(ServicePrincipal="iam.amazonaws.com")

    assert ask()["EnabledFeatures"] == []


def test_a_member_may_not_ask(cloud: Cloud) -> None:
    ask = cloud.client("iam", MEMBER).list_organizations_features

    assert error_of(ask) == "AccountNotManagementOrDelegatedAdministratorException"
