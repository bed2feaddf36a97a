"""Errors of AWS Security Hub, by the names and HTTP statuses of its API model."""

from __future__ import annotations

from orchestrator.sandbox.extend import AwsError


class InvalidInputException(AwsError):
    code = "InvalidInputException"


class InvalidAccessException(AwsError):
    code = "InvalidAccessException"


class AccessDeniedException(AwsError):
    code = "AccessDeniedException"


class ResourceNotFoundException(AwsError):
    code = "ResourceNotFoundException"


class ResourceConflictException(AwsError):
    code = "ResourceConflictException"


class LimitExceededException(AwsError):
    code = "LimitExceededException"


def not_subscribed(account_id: str) -> InvalidAccessException:
    """The words Terraform's provider looks for when it decides that a resource is gone."""
    return InvalidAccessException(f"Account {account_id} is not subscribed to AWS Security Hub")
