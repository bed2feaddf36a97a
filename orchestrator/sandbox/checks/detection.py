"""GuardDuty, Inspector, Macie and EMR's block of public access.

Source: AWS Security Hub User Guide, "Security Hub controls for GuardDuty", "… Amazon Inspector",
"… Macie", "… Amazon EMR"; AWS Config Developer Guide, the managed rule that each names.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from orchestrator.sandbox.checks.answers import Reader, dig
from orchestrator.sandbox.checks.rule import (
    ACCOUNT,
    Fault,
    Parameters,
    Rule,
    Rules,
    Subject,
    keys_of,
    tagged,
)


def _detectors(reader: Reader) -> list[str]:
    return reader.all("guardduty", "list_detectors", "DetectorIds")


def _said(detector: str, reader: Reader) -> Any:
    return reader.get("guardduty", "get_detector", DetectorId=detector)


def _deciding(reader: Reader) -> list[str]:
    """Without those of members: their findings come in the administrator's account.

    Source: the text of GuardDuty.5 and of the others, "in a multi-account environment".
    """
    asked = "get_administrator_account"
    return [
        each
        for each in _detectors(reader)
        if not reader.get("guardduty", asked, "Administrator", "AccountId", DetectorId=each)
    ]


DETECTOR = Subject(
    "AwsGuardDutyDetector",
    _detectors,
    lambda each, reader: reader.arn("guardduty", f"detector/{each}"),
)
DECIDING = Subject(DETECTOR.kind, _deciding, DETECTOR.arn)


def _parts(kind: str, operation: str, key: str, noun: str) -> Subject:
    """Something that a detector has, by name or id."""

    def listed(reader: Reader) -> Iterator[tuple[str, str]]:
        for detector in reader.all("guardduty", "list_detectors", "DetectorIds"):
            for each in reader.all("guardduty", operation, key, DetectorId=detector):
                yield detector, each

    return Subject(
        kind, listed, lambda each, r: r.arn("guardduty", f"detector/{each[0]}/{noun}/{each[1]}")
    )


FILTER = _parts("AwsGuardDutyFilter", "list_filters", "FilterNames", "filter")
IP_SET = _parts("AwsGuardDutyIPSet", "list_ip_sets", "IpSetIds", "ipset")


def _tags_of(subject: Subject) -> Fault:
    return tagged(
        lambda each, reader: keys_of(
            reader.get(
                "guardduty", "list_tags_for_resource", "Tags", ResourceArn=subject.arn(each, reader)
            )
        )
    )


def _guarded(_: Any, reader: Reader, __: Parameters) -> str:
    """Source: guardduty-enabled-centralized, CentralMonitoringAccount unset: on in the account."""
    on = any(_said(each, reader).get("Status") == "ENABLED" for each in _detectors(reader))
    return "" if on else "GuardDuty is off"


def _feature(name: str, agent: str = "") -> Fault:
    """Source: guardduty-*-protection-*-enabled.

    Of an account by itself, its own detector. Of an administrator, the detectors of all members
    as well; a member's own detector is not judged at all.
    """

    called = f"{name} {agent}".strip()

    def fault(detector: str, reader: Reader, _: Parameters) -> str:
        if not _has(_said(detector, reader).get("Features"), name, agent):
            return f"{called} is off"
        members = reader.all("guardduty", "list_members", "Members", DetectorId=detector)
        for start in range(0, len(members), 50):
            ids = [each["AccountId"] for each in members[start : start + 50]]
            found = reader.client("guardduty").get_member_detectors(
                DetectorId=detector, AccountIds=ids
            )
            for each in found["MemberDataSourceConfigurations"]:
                if not _has(each.get("Features"), name, agent):
                    return f"{called} is off in the member {each['AccountId']}"
            for each in found["UnprocessedAccounts"]:
                return f"the member {each['AccountId']} is suspended"
        return ""

    return fault


def _has(features: Any, name: str, agent: str) -> bool:
    """Source of EKS's own: the text of GuardDuty.7, "EKS Runtime Monitoring"."""
    names = {name, "EKS_RUNTIME_MONITORING"} if agent == "EKS_ADDON_MANAGEMENT" else {name}
    for each in features or ():
        managed = {
            more["Name"]
            for more in each.get("AdditionalConfiguration") or ()
            if more["Status"] == "ENABLED"
        }
        if each["Name"] in names and each["Status"] == "ENABLED" and {agent} - {""} <= managed:
            return True
    return False


def _scanned(resource: str) -> Fault:
    """Source: inspector-*-scan-enabled; of an administrator, in all members' accounts too."""

    def fault(_: Any, reader: Reader, __: Parameters) -> str:
        members = reader.all("inspector2", "list_members", "members", onlyAssociated=True)
        for account in (reader.scope.account, *(each["accountId"] for each in members)):
            asked = {"accountIds": [account]}
            found = reader.all("inspector2", "batch_get_account_status", "accounts", **asked)
            status = dig(found[0], "resourceState", resource, "status") if found else "DISABLED"
            if status != "ENABLED":
                return f"the scan of {resource} is {status} in {account}"
        return ""

    return fault


def _macie(_: Any, reader: Reader, __: Parameters) -> str:
    """Source: macie-status-check. Without a session Macie refuses the question itself."""
    status = reader.get("macie2", "get_macie_session", "status", absent=("AccessDeniedException",))
    return "" if status == "ENABLED" else "Macie is off"


def _emr(_: Any, reader: Reader, __: Parameters) -> str:
    """Source: emr-block-public-access: on, and no port but 22 allowed."""
    found = reader.get(
        "emr", "get_block_public_access_configuration", "BlockPublicAccessConfiguration"
    )
    if not dig(found, "BlockPublicSecurityGroupRules"):
        return "public access is not blocked"
    for span in found.get("PermittedPublicSecurityGroupRuleRanges") or ():
        if (span["MinRange"], span.get("MaxRange", span["MinRange"])) != (22, 22):
            return "ports other than 22 are allowed to be public"
    return ""


FEATURES = {
    "GuardDuty.5": ("guardduty-eks-protection-audit-enabled", "EKS_AUDIT_LOGS"),
    "GuardDuty.7": (
        "guardduty-eks-protection-runtime-enabled",
        *("RUNTIME_MONITORING", "EKS_ADDON_MANAGEMENT"),
    ),
    "GuardDuty.6": ("guardduty-lambda-protection-enabled", "LAMBDA_NETWORK_LOGS"),
    "GuardDuty.8": ("guardduty-malware-protection-enabled", "EBS_MALWARE_PROTECTION"),
    "GuardDuty.9": ("guardduty-rds-protection-enabled", "RDS_LOGIN_EVENTS"),
    "GuardDuty.10": ("guardduty-s3-protection-enabled", "S3_DATA_EVENTS"),
    "GuardDuty.11": ("guardduty-runtime-monitoring-enabled", "RUNTIME_MONITORING"),
    "GuardDuty.12": (
        "guardduty-ecs-protection-runtime-enabled",
        *("RUNTIME_MONITORING", "ECS_FARGATE_AGENT_MANAGEMENT"),
    ),
    "GuardDuty.13": (
        "guardduty-ec2-protection-runtime-enabled",
        *("RUNTIME_MONITORING", "EC2_AGENT_MANAGEMENT"),
    ),
}
SCANS = {
    "Inspector.1": ("inspector-ec2-scan-enabled", "ec2"),
    "Inspector.2": ("inspector-ecr-scan-enabled", "ecr"),
    "Inspector.3": ("inspector-lambda-code-scan-enabled", "lambdaCode"),
    "Inspector.4": ("inspector-lambda-standard-scan-enabled", "lambda"),
}

RULES: Rules = {
    "EMR.2": (Rule("emr-block-public-access", ACCOUNT, _emr),),
    "GuardDuty.1": (Rule("guardduty-enabled-centralized", ACCOUNT, _guarded),),
    "GuardDuty.2": (Rule("", FILTER, _tags_of(FILTER)),),
    "GuardDuty.3": (Rule("", IP_SET, _tags_of(IP_SET)),),
    "GuardDuty.4": (Rule("", DETECTOR, _tags_of(DETECTOR)),),
    **{
        control: (Rule(config, DECIDING, _feature(*names)),)
        for control, (config, *names) in FEATURES.items()
    },
    **{
        control: (Rule(config, ACCOUNT, _scanned(resource)),)
        for control, (config, resource) in SCANS.items()
    },
    "Macie.1": (Rule("macie-status-check", ACCOUNT, _macie),),
}
