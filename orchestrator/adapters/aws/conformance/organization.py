"""The organization's stack: who administers what, and the trail."""

from __future__ import annotations

from functools import partial
from typing import Any

from orchestrator.adapters.aws.conformance.account import PUBLIC_ACCESS
from orchestrator.adapters.aws.conformance.checks import Aws, Checks, Subject, roles
from orchestrator.adapters.aws.organization_policies import AwsPolicies
from orchestrator.adapters.aws.transport import Refused
from orchestrator.model.organization_policies import PolicySet, PolicyType

DELEGATED = ("access-analyzer.amazonaws.com", "config.amazonaws.com")
"""Services whose administrator Organizations knows. Security Hub and GuardDuty keep their own."""


def checks(subject: Subject) -> Checks:
    aws, facts = subject.aws, subject.organization.facts
    security = subject.organization.security.id
    yield "delegated administrators", partial(delegated, aws, security)
    yield "Security Hub's administrator", partial(hub_administrator, aws, security)
    if facts.guardduty.enabled:
        for region in subject.governed:
            what = f"{region}: GuardDuty's administrator"
            yield what, partial(guardduty_administrator, aws, region, security)
    yield "the organization's trail logs", partial(trail, aws)
    wanted = subject.policies_of(subject.organization)
    for kind in wanted.types:
        yield f"{kind} holds as decided", partial(policies_hold, subject, wanted, kind)


def policies_hold(subject: Subject, wanted: PolicySet, kind: PolicyType) -> str:
    """By the effective policies of accounts, one for each target, and by what is not valid."""
    policies = AwsPolicies(subject.credential_cache.session, subject.organization)
    places = policies.places
    known = wanted.named()
    targets = [a.target for a in wanted.attachments if known[a.policy].type is kind]
    sample = [below[0] for target in targets if (below := places.below(target))]
    return policies.differing(wanted, kind, tuple(dict.fromkeys(sample)))


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
    return "" if found == {security} else f"{', '.join(sorted(found)) or 'none'}"


def bootstrap_checks(subject: Subject) -> Checks:
    organization, credential_cache = subject.organization, subject.credential_cache
    what = f"{credential_cache.start_role} can be assumed"
    yield what, lambda: "" if credential_cache.start_keys() else "no keys"
    for account in (organization.management, organization.security, organization.log_archive):
        yield from roles(credential_cache, account)


PURPOSES = ("access", "cloudtrail", "config", "logs")


def log_archive_checks(subject: Subject) -> Checks:
    aws, prefix = subject.aws, subject.organization.facts.log_archive.bucket_prefix
    for bucket in (f"{prefix}-{purpose}" for purpose in PURPOSES):
        yield f"{bucket} is versioned", partial(versioned, aws, bucket)
        yield f"{bucket} is encrypted", partial(encrypted, aws, bucket)
        yield f"{bucket} is closed to the public", partial(closed, aws, bucket)


def versioned(aws: Aws, bucket: str) -> str:
    found = _setting(aws, "GetBucketVersioning", bucket)
    if found is None:
        return "no such bucket"
    return "" if found.get("Status") == "Enabled" else "it is not"


def encrypted(aws: Aws, bucket: str) -> str:
    found = _setting(aws, "GetBucketEncryption", bucket)
    return "" if found and found["ServerSideEncryptionConfiguration"]["Rules"] else "it is not"


def closed(aws: Aws, bucket: str) -> str:
    found = _setting(aws, "GetPublicAccessBlock", bucket)
    block = found["PublicAccessBlockConfiguration"] if found else {}
    missing = [switch for switch in PUBLIC_ACCESS if not block.get(switch)]
    return f"off: {', '.join(missing)}" if missing else ""


def _setting(aws: Aws, operation: str, bucket: str) -> dict[str, Any] | None:
    """None when the bucket, or that setting of it, is not there."""
    try:
        found: dict[str, Any] = aws.call("s3", operation, Bucket=bucket)
    except Refused as refusal:
        if refusal.code.startswith("NoSuch") or refusal.code.endswith("NotFoundError"):
            return None
        raise
    return found
