"""The account's password policy.

UpdateAccountPasswordPolicy replaces the whole policy, so what is there is always sent again.
Source: AWS Security Hub User Guide, IAM.7, IAM.10 to IAM.17.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from orchestrator.findings import arn
from orchestrator.findings.causes import Cause, Predicate
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
    Value,
    number,
    switch,
)

WHY = "the password policy has no ARN"
MIXED = {
    "RequireUppercaseCharacters": "uppercase letters",
    "RequireLowercaseCharacters": "lowercase letters",
    "RequireNumbers": "numbers",
    "RequireSymbols": "symbols",
}
LENGTH, REUSE, AGE = "MinimumPasswordLength", "PasswordReusePrevention", "MaxPasswordAge"
SAID = MIXED | {LENGTH: "the length", REUSE: "reuse", AGE: "the age"}
SHOWN = "ExpirePasswords"
"""What AWS says of a policy, and a caller cannot set."""

BASIS: Mapping[str, Value] = {
    **{key: key != "RequireSymbols" for key in MIXED},
    LENGTH: 8,
}
"""What comes nearest to AWS's own policy, which ends as soon as an account has its own.

Source: IAM User Guide, "Default password policy": 8 characters of three kinds.
"""


def find(place: Place, _: Aws) -> Iterator[str]:
    yield arn.account(place)


def policy(aws: Aws) -> dict[str, Any] | None:
    answer = unless(("NoSuchEntity",), aws("iam").get_account_password_policy)
    return dict(answer["PasswordPolicy"]) if answer else None


def wanted(target: Target) -> dict[str, Value]:
    """What the control and the decision ask for; 0 asks for nothing."""
    asked: dict[str, Value] = {key: True for key in MIXED if switch(target, key)}
    numbers = {key: number(target, key) for key in (LENGTH, REUSE, AGE)}
    return asked | {key: value for key, value in numbers.items() if value}


def met(key: str, have: Any, want: Any) -> bool:
    """Longer, more and sooner are as good."""
    if key == AGE:
        return bool(have) and int(have) <= int(want)
    if key in (LENGTH, REUSE):
        return int(have or 0) >= int(want)
    return bool(have)


def unmet(found: Json, target: Target) -> dict[str, Value]:
    return {k: v for k, v in wanted(target).items() if not met(k, found.get(k), v)}


def check(target: Target, aws: Aws) -> Check:
    found = policy(aws)
    if found is None:
        return Check(Status.FAILS, "the account has no password policy of its own")
    weak = ", ".join(SAID[key] for key in unmet(found, target))
    return Check(Status.FAILS, f"too weak: {weak}") if weak else Check(Status.PASSES)


def before(_: Target, aws: Aws) -> Json:
    found = policy(aws)
    return {"policy": found and {key: found[key] for key in found if set_in(found, key)}}


def set_in(found: Json, key: str) -> bool:
    """Reuse and age must be left out where they are not limited."""
    return bool(found[key]) if key in (REUSE, AGE) else key != SHOWN


def strengthen(target: Target, aws: Aws, _: Json) -> None:
    found = before(target, aws)["policy"] or dict(BASIS)
    aws("iam").update_account_password_policy(**found | unmet(found, target))


def put_back(_: Target, aws: Aws, before: Json) -> None:
    if before["policy"] is not None:
        aws("iam").update_account_password_policy(**before["policy"])
    else:
        unless(("NoSuchEntity",), aws("iam").delete_account_password_policy)


NOTHING = "Users with a shorter or simpler password keep it until they change it."
EXPIRY = (
    "Passwords older than this must be changed at the next sign-in; who may not change their own "
    "needs an administrator then."
)


def asking(
    control: str, name: str, effect: str, parameters: Mapping[str, Parameter], breaks: str = NOTHING
) -> Remediation:
    return Remediation(
        name=name,
        controls=(control,),
        causes=(
            Cause("iam", ("DeleteAccountPasswordPolicy",)),
            Cause("iam", ("UpdateAccountPasswordPolicy",), weaker(parameters)),
        ),
        resource_type="AwsAccount",
        risk=Risk.DISRUPTIVE if AGE in parameters else Risk.REVERSIBLE,
        effect=effect,
        breaks=breaks,
        reads=(Permission(("iam:GetAccountPasswordPolicy",), why=WHY),),
        writes=(
            Permission(
                ("iam:UpdateAccountPasswordPolicy", "iam:DeleteAccountPasswordPolicy"), why=WHY
            ),
        ),
        find=find,
        check=check,
        before=before,
        fix=strengthen,
        undo=put_back,
        tags=None,
        parameters=parameters,
        everywhere=True,
    )


def weaker(parameters: Mapping[str, Parameter]) -> Predicate:
    """The policy that is set asks for less than the control. It replaces the one before."""
    asked = {key: each.default for key, each in parameters.items() if each.default}
    return lambda call: any(
        not met(key, call.parameters.get(camel(key)), want) for key, want in asked.items()
    )


def camel(key: str) -> str:
    return key[0].lower() + key[1:]


def mixed(*keys: str) -> dict[str, Parameter]:
    return {key: Parameter(True, f"Passwords need {MIXED[key]}.", key) for key in keys}


def length(least: int) -> dict[str, Parameter]:
    return {LENGTH: Parameter(least, "Characters a password has at least.", LENGTH)}


def reuse(last: int) -> dict[str, Parameter]:
    return {REUSE: Parameter(last, "Last passwords that cannot be used again.", REUSE)}


def age(days: int) -> dict[str, Parameter]:
    return {AGE: Parameter(days, "Days after which a password must be changed.", AGE)}


def kind(control: str, key: str) -> Remediation:
    """One of the controls that ask for one kind of character."""
    name = f"require-{MIXED[key].replace(' ', '-')}"
    return asking(control, name, f"New passwords need {MIXED[key]}.", mixed(key))


REMEDIATIONS = (
    asking(
        "IAM.7",
        "set-strong-password-policy",
        "New passwords need all kinds of characters and a length.",
        mixed(*MIXED) | length(8) | reuse(0) | age(0),
        f"{NOTHING} Where 'MaxPasswordAge' is set: {EXPIRY}",
    ),
    asking(
        "IAM.10",
        "set-pci-password-policy",
        "New passwords need letters, numbers and a length, cannot be reused, and expire.",
        mixed(*(key for key in MIXED if key != "RequireSymbols")) | length(7) | reuse(4) | age(90),
        EXPIRY,
    ),
    kind("IAM.11", "RequireUppercaseCharacters"),
    kind("IAM.12", "RequireLowercaseCharacters"),
    kind("IAM.13", "RequireSymbols"),
    kind("IAM.14", "RequireNumbers"),
    asking("IAM.15", "require-long-passwords", "New passwords have 14 characters.", length(14)),
    asking(
        "IAM.16", "stop-password-reuse", "The last 24 passwords cannot be used again.", reuse(24)
    ),
    asking("IAM.17", "expire-passwords", "Passwords are changed within 90 days.", age(90), EXPIRY),
)
