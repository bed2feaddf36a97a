"""IAM, Access Analyzer and the account itself.

Source: AWS Security Hub User Guide, "Security Hub controls for IAM" and "… for AWS accounts"; AWS
Config Developer Guide, the managed rule that each names.
"""

from __future__ import annotations

import csv
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from orchestrator.sandbox.checks import answers
from orchestrator.sandbox.checks.answers import Reader
from orchestrator.sandbox.checks.rule import (
    ACCOUNT,
    GLOBAL_ACCOUNT,
    Fault,
    Parameters,
    Rule,
    Rules,
    Subject,
    Unavailable,
    named,
)

CLASSES = {
    f"Require{name}": True
    for name in ("UppercaseCharacters", "LowercaseCharacters", "Symbols", "Numbers")
}
ABSENT = ("NoSuchEntity", "ResourceNotFoundException")


def _password_policy(reader: Reader) -> Any:
    return reader.get("iam", "get_account_password_policy", "PasswordPolicy", absent=ABSENT) or {}


def _password(**wanted: bool | int) -> Fault:
    """As the rule's parameters say; Security Hub's parameters of the same names may differ.

    0 asks for nothing unless a parameter is set.
    """

    def fault(_: Any, reader: Reader, parameters: Parameters) -> str:
        found = _password_policy(reader)
        weak = [
            name
            for name, default in wanted.items()
            if not _strong(name, found.get(name), parameters.get(name, default))
        ]
        return f"the password policy is too weak: {weak}" if weak or not found else ""

    return fault


def _strong(name: str, found: Any, wanted: Any) -> bool:
    if isinstance(wanted, bool):
        return not wanted or found is True
    if name == "MaxPasswordAge":
        return not wanted or 0 < (found or 0) <= wanted
    return bool((found or 0) >= wanted)


PCI = {**CLASSES, "MinimumPasswordLength": 7, "PasswordReusePrevention": 4, "MaxPasswordAge": 90}
del PCI["RequireSymbols"]
FULL = {**CLASSES, "MinimumPasswordLength": 8, "PasswordReusePrevention": 0, "MaxPasswordAge": 0}


def _password_rule(**wanted: bool | int) -> tuple[Rule, ...]:
    return (Rule("iam-password-policy", GLOBAL_ACCOUNT, _password(**wanted)),)


def _users(reader: Reader) -> list[Any]:
    return reader.all("iam", "list_users", "Users")


USER = Subject("AwsIamUser", _users, named("Arn"), once=True)


def _report(reader: Reader) -> dict[str, dict[str, str]]:
    """The credential report by user name."""
    iam = reader.client("iam")
    for _ in range(20):
        if iam.generate_credential_report()["State"] == "COMPLETE":
            break
        time.sleep(0.1)
    text = reader.get("iam", "get_credential_report", "Content")
    return {row["user"]: row for row in csv.DictReader(text.decode().splitlines())}


def _age(moment: str | datetime | None) -> timedelta | None:
    if not moment or moment in ("N/A", "no_information", "not_supported"):
        return None
    then = moment if isinstance(moment, datetime) else datetime.fromisoformat(moment)
    return datetime.now(UTC) - (then if then.tzinfo else then.replace(tzinfo=UTC))


def _keys(user: Any, reader: Reader) -> list[Any]:
    listed = reader.all("iam", "list_access_keys", "AccessKeyMetadata", UserName=user["UserName"])
    return [key for key in listed if key["Status"] == "Active"]


def _old_keys(user: Any, reader: Reader, _: Parameters) -> str:
    """Source: access-keys-rotated, maxAccessKeyAge 90, which cannot be set."""
    old = [key for key in _keys(user, reader) if _past(key["CreateDate"], 90)]
    return "has active access keys of more than 90 days" if old else ""


def _past(moment: str | datetime | None, days: int) -> bool:
    age = _age(moment)
    return age is not None and age.days > days


def _unused(days: int) -> Fault:
    """Source: iam-user-unused-credentials-check, maxCredentialUsageAge.

    What was never used counts from the day it was made.
    """

    def fault(user: Any, reader: Reader, _: Parameters) -> str:
        for key in _keys(user, reader):
            used = reader.get(
                *("iam", "get_access_key_last_used", "AccessKeyLastUsed", "LastUsedDate"),
                AccessKeyId=key["AccessKeyId"],
            )
            if _past(used or key["CreateDate"], days):
                return f"has an access key that was not used for {days} days"
        row = _report(reader).get(user["UserName"], {})
        if row.get("password_enabled") != "true":
            return ""
        used = row.get("password_last_used")
        since = used if _age(used) is not None else row.get("password_last_changed")
        unused = _past(since if _age(since) is not None else user["CreateDate"], days)
        return f"has a password that was not used for {days} days" if unused else ""

    return fault


def _support(_: Any, reader: Reader, __: Parameters) -> str:
    """Source: iam-policy-in-use with AWSSupportAccess: somebody can manage incidents with AWS."""
    arn = f"arn:{reader.scope.partition}:iam::aws:policy/AWSSupportAccess"
    found = reader.get("iam", "list_entities_for_policy", absent=ABSENT, PolicyArn=arn) or {}
    kinds = ("PolicyRoles", "PolicyUsers", "PolicyGroups")
    return "" if any(found.get(kind) for kind in kinds) else "no principal has AWSSupportAccess"


def _analyzer(_: Any, reader: Reader, __: Parameters) -> str:
    """Source: iam-external-access-analyzer-enabled: one for external access, in each region."""
    found = reader.all("accessanalyzer", "list_analyzers", "analyzers")
    kinds = {each["type"] for each in found if each["status"] == "ACTIVE"}
    return "" if kinds & {"ACCOUNT", "ORGANIZATION"} else "no analyzer of external access is active"


def _security_contact(_: Any, reader: Reader, __: Parameters) -> str:
    """Source: security-account-information-provided."""
    contact = reader.get(
        *("account", "get_alternate_contact", "AlternateContact"),
        absent=ABSENT,
        AlternateContactType="SECURITY",
    )
    return "" if contact else "there is no contact for security"


def _local_policies(reader: Reader) -> list[Any]:
    return reader.all("iam", "list_policies", "Policies", Scope="Local")


POLICY = Subject("AwsIamPolicy", _local_policies, named("Arn"), once=True)


def _document(policy: Any, reader: Reader) -> Any:
    version = policy["DefaultVersionId"]
    answer = reader.get(
        *("iam", "get_policy_version", "PolicyVersion", "Document"),
        PolicyArn=policy["Arn"],
        VersionId=version,
    )
    return [s for s in answers.listed(answer["Statement"]) if s["Effect"] == "Allow"]


def _administrator(policy: Any, reader: Reader, _: Parameters) -> str:
    """Source: iam-policy-no-statements-with-admin-access, of customer managed policies."""
    for statement in _document(policy, reader):
        if "*" in answers.actions(statement) and "*" in answers.listed(statement.get("Resource")):
            return "allows everything on everything"
    return ""


def _whole_services(policy: Any, reader: Reader, _: Parameters) -> str:
    """Source: iam-policy-no-statements-with-full-access: 'service:*', or everything."""
    for statement in _document(policy, reader):
        if any(a == "*" or a.endswith(":*") for a in answers.actions(statement)):
            return "allows all actions of a service"
    return ""


def _own_rights(user: Any, reader: Reader, _: Parameters) -> str:
    """Source: iam-user-no-policies-check."""
    name = {"UserName": user["UserName"]}
    inline = reader.all("iam", "list_user_policies", "PolicyNames", **name)
    attached = reader.all("iam", "list_attached_user_policies", "AttachedPolicies", **name)
    return "has policies of its own" if inline or attached else ""


def _root_key(_: Any, reader: Reader, __: Parameters) -> str:
    """Source: iam-root-access-key-check."""
    summary = reader.get("iam", "get_account_summary", "SummaryMap") or {}
    if "AccountAccessKeysPresent" not in summary:
        raise Unavailable("AWS does not say whether the root user has keys")
    return "the root user has an access key" if summary["AccountAccessKeysPresent"] else ""


RULES: Rules = {
    "Account.1": (
        Rule("security-account-information-provided", GLOBAL_ACCOUNT, _security_contact),
    ),
    "IAM.1": (Rule("iam-policy-no-statements-with-admin-access", POLICY, _administrator),),
    "IAM.2": (Rule("iam-user-no-policies-check", USER, _own_rights),),
    "IAM.3": (Rule("access-keys-rotated", USER, _old_keys),),
    "IAM.4": (Rule("iam-root-access-key-check", GLOBAL_ACCOUNT, _root_key),),
    "IAM.7": _password_rule(**FULL),
    "IAM.8": (Rule("iam-user-unused-credentials-check", USER, _unused(90)),),
    "IAM.10": _password_rule(**PCI),
    "IAM.11": _password_rule(RequireUppercaseCharacters=True),
    "IAM.12": _password_rule(RequireLowercaseCharacters=True),
    "IAM.13": _password_rule(RequireSymbols=True),
    "IAM.14": _password_rule(RequireNumbers=True),
    "IAM.15": _password_rule(MinimumPasswordLength=14),
    "IAM.16": _password_rule(PasswordReusePrevention=24),
    "IAM.17": _password_rule(MaxPasswordAge=90),
    "IAM.18": (Rule("iam-policy-in-use", GLOBAL_ACCOUNT, _support),),
    "IAM.21": (Rule("iam-policy-no-statements-with-full-access", POLICY, _whole_services),),
    "IAM.22": (Rule("iam-user-unused-credentials-check", USER, _unused(45)),),
    "IAM.28": (Rule("iam-external-access-analyzer-enabled", ACCOUNT, _analyzer),),
}
