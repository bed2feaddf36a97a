"""Errors that moto's Organizations does not have."""

from __future__ import annotations

from orchestrator.sandbox.extend import AwsError


class AccessDenied(AwsError):
    """A member account that asks for what only the management account may see."""

    code = "AccessDeniedException"

    def __init__(self) -> None:
        super().__init__("You don't have permissions to access this resource.")


class InvalidInput(AwsError):
    code = "InvalidInputException"


class ConstraintViolation(AwsError):
    code = "ConstraintViolationException"
