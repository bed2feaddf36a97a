from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.iam.models import iam_backends

from orchestrator.findings.remediation import Aws, Status
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import TAG_LIST, Builder, Case
from tests.unit.findings.services.recording import Overlay

ACCOUNT = "AWS::::Account:123456789012"
NOBODY = "arn:aws:iam::123456789012:user/nobody"
MANAGED = {"iam": {"load_aws_managed_policies": True}}
STRONG = {
    "MinimumPasswordLength": 20,
    "RequireSymbols": True,
    "RequireNumbers": True,
    "RequireUppercaseCharacters": True,
    "RequireLowercaseCharacters": True,
    "AllowUsersToChangePassword": True,
    "MaxPasswordAge": 60,
    "PasswordReusePrevention": 24,
    "HardExpiry": False,
}


def no_policy(_: Aws) -> str:
    return ACCOUNT


def policy(**weaker: Any) -> Builder:
    """A policy that is strong but for one thing; None leaves it out."""

    def build(aws: Aws) -> str:
        given = {key: value for key, value in (STRONG | weaker).items() if value is not None}
        aws("iam").update_account_password_policy(**given)
        return ACCOUNT

    return build


def user(name: str = "robot", *keys: int, password: int | None = None) -> Builder:
    """A user with a key of each of these ages, and a password that was used so long ago."""

    def build(aws: Aws) -> str:
        client = aws("iam")
        arn = client.create_user(UserName=name, Path="/robots/", Tags=TAG_LIST)["User"]["Arn"]
        found = iam_backends["123456789012"]["aws"].users[arn.rpartition("/")[2]]
        for age in keys:
            client.create_access_key(UserName=name)
            found.access_keys[-1].create_date -= timedelta(days=age)
        if password is not None:
            client.create_login_profile(UserName=name, Password="not-a-secret")
            found.password_last_used = datetime.now(UTC) - timedelta(days=password)
        return str(arn)

    return build


def a_role(aws: Aws) -> str:
    aws("iam").create_role(RoleName="support", AssumeRolePolicyDocument=cycle.trusting("support"))
    return ACCOUNT


def a_user_with_an_inactive_key(aws: Aws) -> str:
    arn = user("other", 400)(aws)
    key = aws("iam").list_access_keys(UserName="other")["AccessKeyMetadata"][0]["AccessKeyId"]
    aws("iam").update_access_key(UserName="other", AccessKeyId=key, Status="Inactive")
    return arn


def analyzers() -> Overlay:
    names: list[str] = []

    def made(given: Mapping[str, Any]) -> Mapping[str, Any]:
        names.append(given["analyzerName"])
        return {}

    def deleted(given: Mapping[str, Any]) -> Mapping[str, Any]:
        names[:] = [name for name in names if name != given["analyzerName"]]
        return {}

    def listed(_: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"analyzers": [analyzer(name) for name in names]}

    return {
        ("accessanalyzer", "CreateAnalyzer"): made,
        ("accessanalyzer", "DeleteAnalyzer"): deleted,
        ("accessanalyzer", "ListAnalyzers"): listed,
    }


def analyzer(name: str) -> Mapping[str, Any]:
    arn = f"arn:aws:access-analyzer:eu-west-1:123456789012:analyzer/{name}"
    made = datetime(2026, 1, 1, tzinfo=UTC)
    return {"arn": arn, "name": name, "type": "ACCOUNT", "createdAt": made, "status": "ACTIVE"}


CASES = (
    *(
        Case(control, no_policy, name="without a policy")
        for control in (
            "IAM.7",
            "IAM.10",
            "IAM.11",
            "IAM.12",
            "IAM.13",
            "IAM.14",
            "IAM.15",
            "IAM.16",
            "IAM.17",
        )
    ),
    Case("IAM.7", policy(RequireSymbols=False)),
    Case(
        "IAM.7", policy(MaxPasswordAge=None), parameters={"MaxPasswordAge": 90}, name="with an age"
    ),
    Case("IAM.10", policy(PasswordReusePrevention=3)),
    Case("IAM.11", policy(RequireUppercaseCharacters=False)),
    Case("IAM.12", policy(RequireLowercaseCharacters=False)),
    Case("IAM.13", policy(RequireSymbols=False)),
    Case("IAM.14", policy(RequireNumbers=False)),
    Case("IAM.15", policy(MinimumPasswordLength=13)),
    Case("IAM.16", policy(PasswordReusePrevention=None)),
    Case("IAM.17", policy(MaxPasswordAge=365)),
    Case("IAM.3", user("robot", 91, 5), user("fine", 90), NOBODY),
    Case("IAM.3", user("robot", 91, 91), a_user_with_an_inactive_key, NOBODY, name="both keys"),
    Case("IAM.8", user("robot", 91, 46), user("fine", 46), NOBODY),
    Case(
        "IAM.8",
        user("robot", 91, password=5),
        user("fine", password=90),
        NOBODY,
        name="with a password in use",
    ),
    Case(
        "IAM.8",
        user("robot", 91, password=91),
        None,
        NOBODY,
        name="with an unused password",
        after=Status.FAILS,
    ),
    Case("IAM.22", user("robot", 46), user("fine", 45), NOBODY),
    Case("IAM.18", a_role, parameters={"role": "support"}, moto=MANAGED),
    Case("IAM.28", no_policy, parameters={"name": "external"}, overlay=analyzers),
)
