"""Contacts of an account."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from orchestrator.findings import arn
from orchestrator.findings.causes import Cause
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import (
    Aws,
    Check,
    Json,
    Parameter,
    Permission,
    Place,
    Remediation,
    Risk,
    Status,
    Target,
    required,
)

ACCOUNT = ("arn:{partition}:account::{account}:account",)
FIELDS: Mapping[str, str] = {
    "Name": "Name",
    "Title": "Title",
    "EmailAddress": "E-mail address",
    "PhoneNumber": "Telephone number",
}
SECURITY = {"AlternateContactType": "SECURITY"}


def find(place: Place, _: Aws) -> Iterator[str]:
    yield arn.account(place)


def contacted(aws: Aws) -> bool:
    call = aws("account").get_alternate_contact
    return unless(("ResourceNotFoundException",), call, **SECURITY) is not None


def check(_: Target, aws: Aws) -> Check:
    if contacted(aws):
        return Check(Status.PASSES)
    return Check(Status.FAILS, "AWS has no security contact")


def name(target: Target, aws: Aws, _: Json) -> None:
    contact = {field: required(target, field) for field in FIELDS}
    aws("account").put_alternate_contact(**SECURITY, **contact)


def forget(_: Target, aws: Aws, __: Json) -> None:
    call = aws("account").delete_alternate_contact
    unless(("ResourceNotFoundException",), call, **SECURITY)


REMEDIATIONS = (
    Remediation(
        name="name-security-contact",
        controls=("Account.1",),
        causes=(Cause("account", ("DeleteAlternateContact",)),),
        resource_type="AwsAccount",
        risk=Risk.REVERSIBLE,
        effect="Tells AWS whom to write to about the account's security.",
        breaks="Nothing.",
        reads=(Permission(("account:GetAlternateContact",), ACCOUNT),),
        writes=(
            Permission(("account:PutAlternateContact", "account:DeleteAlternateContact"), ACCOUNT),
        ),
        find=find,
        check=check,
        before=lambda _, aws: {"contact": contacted(aws)},
        fix=name,
        undo=forget,
        tags=None,
        parameters={
            key: Parameter("", f"{words} of the contact.") for key, words in FIELDS.items()
        },
        everywhere=True,
    ),
)
