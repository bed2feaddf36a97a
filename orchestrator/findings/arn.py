"""What an ARN says, and the id Security Hub gives an account."""

from __future__ import annotations

from orchestrator.findings.remediation import Place


def resource(arn: str) -> str:
    """'table/orders' of 'arn:aws:dynamodb:eu-west-1:111122223333:table/orders'."""
    return arn.split(":", 5)[-1]


def name(arn: str) -> str:
    """What follows the last '/' or ':'."""
    return arn.replace("/", ":").rpartition(":")[2]


def of(place: Place, service: str, resource: str) -> str:
    """The ARN of a regional resource of the account."""
    return f"arn:{place.partition}:{service}:{place.region}:{place.account}:{resource}"


def account(place: Place) -> str:
    """The id of the resource in a finding about a setting of the account.

    Source: AWS Security Hub User Guide, ASFF, 'Resources'.
    """
    return f"AWS::::Account:{place.account}"
