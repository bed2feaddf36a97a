"""What the organization's and the security account's stacks may find: administrators, the trail,
Security Hub and GuardDuty for every account.
"""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.adapters.aws.conformance.account import NO_HUB
from orchestrator.adapters.aws.conformance.checks import Aws
from orchestrator.adapters.aws.imports.wanted import (
    MISSING,
    Finder,
    Seen,
    Wanted,
    asked,
    first,
    in_the_way,
    listed,
    named,
    nothing,
    or_none,
    setting,
    there,
)

ONE_ADMINISTRATOR = (
    "there can be one: name that account in organization.accounts.security, or take the task from "
    "it in the management account"
)
AT_ONCE = 50
"""Source: Security Hub API Reference, GetMembers."""
NOT_OURS = "BadRequestException"
"""GuardDuty's word for who is not the administrator, among others.

Source: GuardDuty API Reference, DescribeOrganizationConfiguration.
"""


def administrator(service: str, key: str) -> Finder:
    """Of Security Hub and GuardDuty, who keep their own."""

    def find(aws: Aws, wanted: Wanted) -> Seen:
        operation = "ListOrganizationAdminAccounts"
        found = aws.pages(service, operation, "AdminAccounts", wanted.region)
        accounts = [each[key] for each in found]
        if wanted["admin_account_id"] in accounts:
            return there(wanted["admin_account_id"])
        if accounts:
            return in_the_way(f"the administrator is {accounts[0]}", ONE_ADMINISTRATOR)
        return MISSING

    return find


def aggregator(aws: Aws, wanted: Wanted) -> Seen:
    operation, key = "ListFindingAggregators", "FindingAggregators"
    found = or_none(lambda: aws.pages("securityhub", operation, key, wanted.region), *NO_HUB)
    if not found:
        return MISSING
    arn: str = found[0]["FindingAggregatorArn"]
    region = arn.split(":")[3]
    if region != wanted.region:
        fix = f"make '{region}' the home region, or delete the aggregator there"
        return in_the_way(f"findings come together in {region}", fix)
    return there(arn)


def association(aws: Aws, wanted: Wanted) -> Seen:
    """What is inherited from above is not an association of its own."""
    target = wanted["target_id"]
    kind = {"r-": "RootId", "ou": "OrganizationalUnitId"}.get(target[:2], "AccountId")
    found = or_none(
        lambda: aws.call(
            "securityhub",
            "GetConfigurationPolicyAssociation",
            wanted.region,
            Target={kind: target},
        ),
        *NO_HUB,
    )
    applied = found and found.get("AssociationType") == "APPLIED"
    return there(target) if applied else MISSING


def member(aws: Aws, wanted: Wanted) -> Seen:
    """Asked for together with others, as many as GetMembers takes."""
    mine, (type_, region) = wanted["account_id"], (wanted.intent.type, wanted.region)
    others = {
        str(each.values["account_id"])
        for each in wanted.siblings
        if (each.type, each.region) == (type_, region)
    }
    accounts = sorted(others | {mine})
    at = accounts.index(mine) // AT_ONCE * AT_ONCE
    asked_for = accounts[at : at + AT_ONCE]
    answer = or_none(
        lambda: aws.call("securityhub", "GetMembers", region, AccountIds=asked_for), *NO_HUB
    )
    return there(first(answer["Members"], "AccountId", AccountId=mine)) if answer else MISSING


def detector(aws: Aws, wanted: Wanted) -> Seen:
    """GuardDuty allows one in a region."""
    found: list[str] = aws.pages("guardduty", "ListDetectors", "DetectorIds", wanted.region)
    return there(found[0] if found else None)


def guardduty(aws: Aws, wanted: Wanted) -> Seen:
    detector = wanted["detector_id"]
    found = _guardduty(aws, wanted, detector)
    return there(detector) if found else MISSING


def guardduty_for_members(aws: Aws, wanted: Wanted) -> Seen:
    found = _guardduty(aws, wanted, wanted["detector_id"]) or {}
    now = first(found.get("Features", []), "AutoEnable", Name=wanted["name"])
    return setting(now if now and now != wanted["auto_enable"] else "")


def guardduty_feature(aws: Aws, wanted: Wanted) -> Seen:
    detector = wanted["detector_id"]
    found = aws.call("guardduty", "GetDetector", wanted.region, DetectorId=detector)
    now = first(found.get("Features", []), "Status", Name=wanted["name"])
    return setting(now if now and now != wanted["status"] else "")


def _guardduty(aws: Aws, wanted: Wanted, detector: str) -> Mapping[str, list[object]] | None:
    operation = "DescribeOrganizationConfiguration"
    found: Mapping[str, list[object]] | None = or_none(
        lambda: aws.call("guardduty", operation, wanted.region, DetectorId=detector), NOT_OURS
    )
    return found


FINDERS: Mapping[str, Finder] = {
    "aws_accessanalyzer_analyzer": asked(
        *("accessanalyzer", "GetAnalyzer", named("analyzerName", "analyzer_name")),
        lambda wanted, _answer: str(wanted["analyzer_name"]),
        "ResourceNotFoundException",
    ),
    "aws_cloudtrail": asked(
        *("cloudtrail", "DescribeTrails", lambda wanted: {"trailNameList": [wanted["name"]]}),
        lambda wanted, answer: first(answer["trailList"], "TrailARN", Name=wanted["name"]),
    ),
    "aws_config_configuration_aggregator": asked(
        "config",
        "DescribeConfigurationAggregators",
        lambda wanted: {"ConfigurationAggregatorNames": [wanted["name"]]},
        lambda wanted, _answer: str(wanted["name"]),
        "NoSuchConfigurationAggregatorException",
    ),
    "aws_guardduty_detector": detector,
    "aws_guardduty_detector_feature": guardduty_feature,
    "aws_guardduty_organization_admin_account": administrator("guardduty", "AdminAccountId"),
    "aws_guardduty_organization_configuration": guardduty,
    "aws_guardduty_organization_configuration_feature": guardduty_for_members,
    "aws_organizations_delegated_administrator": listed(
        "organizations",
        "ListDelegatedServicesForAccount",
        "DelegatedServices",
        named("AccountId", "account_id"),
        lambda wanted, items: (
            f"{wanted['account_id']}/{wanted['service_principal']}"
            if first(items, "ServicePrincipal", ServicePrincipal=wanted["service_principal"])
            else None
        ),
        "AccountNotRegisteredException",
    ),
    "aws_securityhub_configuration_policy": listed(
        "securityhub",
        "ListConfigurationPolicies",
        "ConfigurationPolicySummaries",
        nothing,
        lambda wanted, items: first(items, "Id", Name=wanted["name"]),
        *NO_HUB,
    ),
    "aws_securityhub_configuration_policy_association": association,
    "aws_securityhub_finding_aggregator": aggregator,
    "aws_securityhub_member": member,
    "aws_securityhub_organization_admin_account": administrator("securityhub", "AccountId"),
    "aws_securityhub_organization_configuration": asked(
        *("securityhub", "DescribeOrganizationConfiguration", nothing),
        lambda wanted, _answer: wanted.account,
        *NO_HUB,
    ),
}
