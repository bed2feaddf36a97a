"""Users' access keys and passwords that are unused or too old.

Keys are deactivated, which can be undone. A deleted password cannot be restored, so none is
deleted, and a person decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from orchestrator.findings import arn
from orchestrator.findings.causes import Cause, says
from orchestrator.findings.errors import unless
from orchestrator.findings.remediation import (
    Aws,
    Check,
    Json,
    Naming,
    Permission,
    Place,
    Refused,
    Remediation,
    Risk,
    Status,
    Target,
)
from orchestrator.findings.resource_type import ResourceType, existing
from orchestrator.findings.tags import mapping

USERS = ("arn:{partition}:iam::{account}:user/*",)
DAYS = {"IAM.3": 90, "IAM.8": 90, "IAM.22": 45}
"""Source: AWS Security Hub User Guide. None of them can be set."""

Ages = Callable[[Target, Aws], Mapping[str, int]]
"""Active keys by the days that count for the control."""


def find(_: Place, aws: Aws) -> Iterator[str]:
    for page in aws("iam").get_paginator("list_users").paginate():
        for user in page["Users"]:
            yield user["Arn"]


def read(target: Target, aws: Aws) -> Json | None:
    call, name = aws("iam").get_user, arn.name(target.arn)
    answer = unless(("NoSuchEntity",), call, UserName=name)
    return answer["User"] if answer else None


def user_of(id_: str, _: Place, aws: Aws) -> str:
    for page in aws("iam").get_paginator("list_users").paginate():
        for user in page["Users"]:
            if user["UserId"] == id_:
                return str(user["Arn"])
    return ""


NAMING = Naming(r"arn:[^:]+:iam::\d*:user/(AIDA[A-Z0-9]{12,124})", user_of)
"""IAM's id of the user instead of the name.

Source: AWS's own example of such a finding, aws-solutions/automated-security-response-on-aws,
simtest/simdata/afsbp-iam.8-nodetails.json; IAM User Guide, "Unique identifiers".
"""


def tags(target: Target, aws: Aws) -> Mapping[str, str]:
    return mapping((read(target, aws) or {}).get("Tags"))


USER = ResourceType(
    "AwsIamUser",
    find,
    read,
    tags,
    (
        Permission(("iam:ListUsers",), why="IAM lists all users at once"),
        Permission(("iam:GetUser",), USERS),
    ),
    "CreateDate",
)
KEYS = Permission(("iam:ListAccessKeys",), USERS)
USE = Permission(("iam:GetAccessKeyLastUsed", "iam:GetLoginProfile"), USERS)


def since(moment: datetime) -> int:
    """Whole days that have gone by."""
    return (datetime.now(UTC) - moment).days


def active_keys(target: Target, aws: Aws) -> list[dict[str, Any]]:
    name = arn.name(target.arn)
    pages = aws("iam").get_paginator("list_access_keys").paginate(UserName=name)
    return [key for p in pages for key in p["AccessKeyMetadata"] if key["Status"] == "Active"]


def ages(target: Target, aws: Aws) -> Mapping[str, int]:
    return {key["AccessKeyId"]: since(key["CreateDate"]) for key in active_keys(target, aws)}


def idle(target: Target, aws: Aws) -> Mapping[str, int]:
    """A key that was never used counts from the day it was made."""
    return {key["AccessKeyId"]: since(last_use(key, aws)) for key in active_keys(target, aws)}


def last_use(key: Mapping[str, Any], aws: Aws) -> datetime:
    answer = aws("iam").get_access_key_last_used(AccessKeyId=key["AccessKeyId"])
    used: datetime = answer["AccessKeyLastUsed"].get("LastUsedDate") or key["CreateDate"]
    return used


def idle_password(user: Json, aws: Aws) -> int:
    """Days since the password was used, or made where it never was; 0 without a password."""
    call = aws("iam").get_login_profile
    profile = unless(("NoSuchEntity",), call, UserName=user["UserName"])
    if profile is None:
        return 0
    return since(user.get("PasswordLastUsed") or profile["LoginProfile"]["CreateDate"])


def stale(target: Target, aws: Aws, days: Ages) -> list[str]:
    limit = DAYS[target.control]
    return sorted(key for key, age in days(target, aws).items() if age > limit)


def judged(user: Json, faults: list[str]) -> Check:
    status = Status.FAILS if faults else Status.PASSES
    return Check(status, "; ".join(faults), user.get("CreateDate"))


def check_age(target: Target, aws: Aws) -> Check:
    user = read(target, aws)
    if user is None:
        return Check(Status.GONE)
    return judged(user, [f"key {key} is too old" for key in stale(target, aws, ages)])


def check_use(target: Target, aws: Aws) -> Check:
    user = read(target, aws)
    if user is None:
        return Check(Status.GONE)
    faults = [f"key {key} is not used" for key in stale(target, aws, idle)]
    days = idle_password(user, aws)
    if days > DAYS[target.control]:
        faults.append(f"the password was not used for {days} days: delete it by hand")
    return judged(user, faults)


def keeping(days: Ages) -> Callable[[Target, Aws], Json]:
    def before(target: Target, aws: Aws) -> Json:
        existing(USER, target, aws)
        return {"active": stale(target, aws, days)}

    return before


def deactivating(days: Ages) -> Callable[[Target, Aws, Json], None]:
    def fix(target: Target, aws: Aws, before: Json) -> None:
        if not before["active"]:
            raise Refused("only the password is unused, and a deleted one cannot be had again")
        for key in set(stale(target, aws, days)) & set(before["active"]):
            set_status(target, aws, key, "Inactive")

    return fix


def reactivate(target: Target, aws: Aws, before: Json) -> None:
    for key in before["active"]:
        set_status(target, aws, key, "Active")


def set_status(target: Target, aws: Aws, key: str, status: str) -> None:
    aws("iam").update_access_key(UserName=arn.name(target.arn), AccessKeyId=key, Status=status)


WRITES = (Permission(("iam:UpdateAccessKey",), USERS),)


KEYS_GIVEN = (
    Cause("iam", ("CreateAccessKey",)),
    Cause("iam", ("UpdateAccessKey",), says("status", "Active")),
)


def unused(control: str) -> Remediation:
    days = DAYS[control]
    return Remediation(
        name=f"deactivate-keys-unused-{days}-days",
        controls=(control,),
        causes=(
            *(replace(each, sure=False) for each in KEYS_GIVEN),
            Cause("iam", ("CreateLoginProfile",), sure=False),
        ),
        resource_type=USER.resource_type,
        risk=Risk.DISRUPTIVE,
        effect=f"Deactivates the user's access keys that were not used for {days} days.",
        danger="The unused access keys work again, also for whoever has stolen them.",
        breaks="What is run less often than that. An unused password is reported, not deleted.",
        reads=(*USER.reads, KEYS, USE),
        writes=WRITES,
        find=find,
        check=check_use,
        before=keeping(idle),
        fix=deactivating(idle),
        undo=reactivate,
        tags=tags,
        everywhere=True,
        naming=NAMING,
    )


REMEDIATIONS = (
    Remediation(
        name="deactivate-old-keys",
        controls=("IAM.3",),
        causes=KEYS_GIVEN,
        resource_type=USER.resource_type,
        risk=Risk.DESTRUCTIVE,
        effect="Deactivates the user's access keys that are older than 90 days.",
        breaks="Software that still signs in with these keys stops at once.",
        danger="The old access keys work again, also for whoever has stolen them.",
        reads=(*USER.reads, KEYS),
        writes=WRITES,
        find=find,
        check=check_age,
        before=keeping(ages),
        fix=deactivating(ages),
        undo=reactivate,
        tags=tags,
        by_hand="An old key may be in use at this moment, and is replaced before it is cut off.",
        everywhere=True,
        naming=NAMING,
    ),
    unused("IAM.8"),
    unused("IAM.22"),
)
