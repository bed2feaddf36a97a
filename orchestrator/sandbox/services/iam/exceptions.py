"""Errors of IAM that moto words differently."""

from __future__ import annotations

from orchestrator.sandbox.extend import AwsError


class InvalidInput(AwsError):
    code = "InvalidInput"


class NoSuchEntity(AwsError):
    code = "NoSuchEntity"


class NotSupportedService(AwsError):
    code = "NotSupportedService"


class AccountNotManagementOrDelegatedAdministrator(AwsError):
    code = "AccountNotManagementOrDelegatedAdministratorException"


class OrganizationNotFound(AwsError):
    code = "OrganizationNotFoundException"


class ServiceAccessNotEnabled(AwsError):
    code = "ServiceAccessNotEnabledException"
