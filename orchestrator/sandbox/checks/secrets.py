"""Secrets Manager, KMS and Systems Manager.

Source: AWS Security Hub User Guide, "Security Hub controls for Secrets Manager", "… AWS KMS",
"… Systems Manager"; AWS Config Developer Guide, the managed rule that each names.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from orchestrator.sandbox.checks import answers
from orchestrator.sandbox.checks.answers import Reader
from orchestrator.sandbox.checks.rule import ACCOUNT, Fault, Parameters, Rule, Rules, Subject, named


def _secrets(reader: Reader) -> list[Any]:
    return [
        reader.get("secretsmanager", "describe_secret", SecretId=each["ARN"])
        for each in reader.all("secretsmanager", "list_secrets", "SecretList")
    ]


SECRET = Subject("AwsSecretsManagerSecret", _secrets, named("ARN"))


def _rotates(secret: Any, _: Reader, parameters: Parameters) -> str:
    """Source: secretsmanager-rotation-enabled-check; maximumAllowedRotationFrequency, if set."""
    if not secret.get("RotationEnabled"):
        return "is not rotated"
    most = parameters.get("maximumAllowedRotationFrequency")
    days = (secret.get("RotationRules") or {}).get("AutomaticallyAfterDays")
    return f"is rotated every {days} days only" if most and days and days > most else ""


def _older(moment: datetime | None, days: int) -> bool:
    return moment is not None and (datetime.now(UTC) - moment.astimezone(UTC)).days > days


def _unused(secret: Any, _: Reader, parameters: Parameters) -> str:
    """Source: secretsmanager-secret-unused; unusedForDays 90. Never read counts from its making."""
    days = parameters.get("unusedForDays", 90)
    used = secret.get("LastAccessedDate") or secret.get("CreatedDate")
    return f"was not read for {days} days" if _older(used, days) else ""


def _stale(secret: Any, _: Reader, parameters: Parameters) -> str:
    """Source: secretsmanager-secret-periodic-rotation; maxDaysSinceRotation 90."""
    days = parameters.get("maxDaysSinceRotation", 90)
    rotated = secret.get("LastRotatedDate") or secret.get("CreatedDate")
    return f"was not rotated for {days} days" if _older(rotated, days) else ""


def _keys(reader: Reader) -> list[Any]:
    """Keys that customers manage."""
    listed = reader.all("kms", "list_keys", "Keys")
    found = [reader.get("kms", "describe_key", "KeyMetadata", KeyId=k["KeyId"]) for k in listed]
    return [each for each in found if each.get("KeyManager", "CUSTOMER") == "CUSTOMER"]


KEY = Subject("AwsKmsKey", _keys, named("Arn"))


def _rotated(key: Any, reader: Reader, _: Parameters) -> str:
    """Source: cmk-backing-key-rotation-enabled; of symmetric keys whose material KMS made."""
    symmetric = key.get("KeySpec", "SYMMETRIC_DEFAULT") == "SYMMETRIC_DEFAULT"
    if not symmetric or key.get("Origin") != "AWS_KMS" or key["KeyState"] != "Enabled":
        return ""
    rotates = reader.get("kms", "get_key_rotation_status", "KeyRotationEnabled", KeyId=key["KeyId"])
    return "" if rotates else "is not rotated"


def _pending_deletion(key: Any, _: Reader, __: Parameters) -> str:
    """Source: the text of KMS.3."""
    return "is to be deleted" if key["KeyState"].startswith("PendingDeletion") else ""


def _documents(reader: Reader) -> list[Any]:
    owner = [{"Key": "Owner", "Values": ["Self"]}]
    return reader.all("ssm", "list_documents", "DocumentIdentifiers", Filters=owner)


DOCUMENT = Subject(
    "AwsSsmDocument", _documents, lambda each, r: r.arn("ssm", f"document/{each['Name']}")
)


def _shared(document: Any, reader: Reader, _: Parameters) -> str:
    """Source: ssm-document-not-public; of documents that the account owns."""
    found = reader.get(
        *("ssm", "describe_document_permission", "AccountIds"),
        Name=document["Name"],
        PermissionType="Share",
    )
    return "the public can run it" if "all" in {str(e).lower() for e in found or ()} else ""


def _setting(path: str, wanted: str) -> Fault:
    """A service setting of Systems Manager."""

    def fault(_: Any, reader: Reader, __: Parameters) -> str:
        value = reader.get("ssm", "get_service_setting", "ServiceSetting", SettingId=path)
        found = (value or {}).get("SettingValue")
        return "" if found == wanted else f"{path} is {found}"

    return fault


def _key_open(key: Any, reader: Reader, _: Parameters) -> str:
    """Source: kms-key-policy-no-public-access; of keys that the customer manages."""
    if key["KeyManager"] != "CUSTOMER":
        return ""
    name = {"KeyId": key["KeyId"], "PolicyName": "default"}
    policy = reader.get("kms", "get_key_policy", "Policy", **name)
    open_ones = [each for each in answers.statements(policy) if answers.everyone(each)]
    return "its policy allows the public" if open_ones else ""


RULES: Rules = {
    "KMS.3": (Rule("", KEY, _pending_deletion),),
    "KMS.5": (Rule("kms-key-policy-no-public-access", KEY, _key_open),),
    "KMS.4": (Rule("cmk-backing-key-rotation-enabled", KEY, _rotated),),
    "SecretsManager.1": (Rule("secretsmanager-rotation-enabled-check", SECRET, _rotates),),
    "SecretsManager.3": (Rule("secretsmanager-secret-unused", SECRET, _unused),),
    "SecretsManager.4": (Rule("secretsmanager-secret-periodic-rotation", SECRET, _stale),),
    "SSM.4": (Rule("ssm-document-not-public", DOCUMENT, _shared),),
    "SSM.6": (
        Rule(
            "ssm-automation-logging-enabled",
            ACCOUNT,
            _setting("/ssm/automation/customer-script-log-destination", "CloudWatch"),
        ),
    ),
    "SSM.7": (
        Rule(
            "ssm-automation-block-sharing",
            ACCOUNT,
            _setting("/ssm/documents/console/public-sharing-permission", "Disable"),
        ),
    ),
}
