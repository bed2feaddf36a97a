"""The organization's stack: who administers what, and the trail."""

from __future__ import annotations

from functools import partial

from orchestrator.adapters.aws.questions.asking import Aws, Questions, Subject

DELEGATED = ("access-analyzer.amazonaws.com", "config.amazonaws.com")
"""Services whose administrator Organizations knows. Security Hub and GuardDuty keep their own."""


def questions(subject: Subject) -> Questions:
    aws, facts = subject.aws, subject.organization.facts
    security = subject.organization.security.id
    yield "delegated administrators", partial(delegated, aws, security)
    yield "Security Hub's administrator", partial(hub_administrator, aws, security)
    if facts.guardduty.enabled:
        for region in subject.governed:
            what = f"{region}: GuardDuty's administrator"
            yield what, partial(guardduty_administrator, aws, region, security)
    yield "the organization's trail logs", partial(trail, aws)


def delegated(aws: Aws, security: str) -> str:
    operation, key = "ListDelegatedServicesForAccount", "DelegatedServices"
    found = aws.pages("organizations", operation, key, AccountId=security)
    missing = set(DELEGATED) - {each["ServicePrincipal"] for each in found}
    return f"not delegated to {security}: {', '.join(sorted(missing))}" if missing else ""


def hub_administrator(aws: Aws, security: str) -> str:
    found = aws.pages("securityhub", "ListOrganizationAdminAccounts", "AdminAccounts")
    return _administrator({each["AccountId"] for each in found}, security)


def guardduty_administrator(aws: Aws, region: str, security: str) -> str:
    found = aws.pages("guardduty", "ListOrganizationAdminAccounts", "AdminAccounts", region)
    return _administrator({each["AdminAccountId"] for each in found}, security)


def trail(aws: Aws) -> str:
    found = aws.call("cloudtrail", "DescribeTrails")["trailList"]
    ours = [each["TrailARN"] for each in found if each.get("IsOrganizationTrail")]
    if not ours:
        return "there is no trail of the organization"
    status = aws.call("cloudtrail", "GetTrailStatus", Name=ours[0])
    if not status["IsLogging"]:
        return "logging is stopped"
    error: str = status.get("LatestDeliveryError", "")
    return error


def _administrator(found: set[str], security: str) -> str:
    return "" if found == {security} else f"{', '.join(sorted(found)) or 'nobody'}"
