"""Errors of Amazon GuardDuty, which has one for nearly everything."""

from __future__ import annotations

from orchestrator.sandbox.extend import AwsError


class BadRequestException(AwsError):
    code = "BadRequestException"


def not_permitted(account_id: str) -> BadRequestException:
    return BadRequestException(
        "The request is rejected because the current account cannot perform this operation: "
        f"{account_id} is not the administrator account."
    )


def not_owned() -> BadRequestException:
    """The words Terraform's provider takes as "is gone"."""
    return BadRequestException(
        "The request is rejected because the input detectorId is not owned by the current account."
    )
