"""How far Security Hub's configuration policies have come, by target.

An association may stay PENDING for 24 hours, and a parent is FAILED if any of its children is, so
what is told of a failure is where it is, not what lies above.
Source: AWS Security Hub User Guide, "Viewing the status of a configuration policy".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestrator.adapters.aws.conformance.checks import Aws, Check, Found, Subject, on_its_way
from orchestrator.errors import AwsDenied
from orchestrator.model.facts import Mode
from orchestrator.model.organization import Organization
from orchestrator.model.run import Answer
from orchestrator.ports import Purpose

FIX = (
    "remove the reason, then associate the policy again, in the security account: aws securityhub "
    "start-configuration-policy-association --configuration-policy-identifier {policy} "
    "--target {target}"
)
KINDS = {"ACCOUNT": "AccountId", "ORGANIZATIONAL_UNIT": "OrganizationalUnitId", "ROOT": "RootId"}

Association = Mapping[str, Any]


def associations(aws: Aws, organization: Organization) -> str | Found:
    """Also those an account or OU inherits: that is where a policy fails to arrive."""
    operation = "ListConfigurationPolicyAssociations"
    found = aws.pages("securityhub", operation, "ConfigurationPolicyAssociationSummaries")
    if not found:
        return "there are none"
    failed = _lowest([a for a in found if a["AssociationStatus"] == "FAILED"], organization)
    late = [a for a in found if a["AssociationStatus"] == "PENDING"]
    waiting = f"{len(late)} of {len(found)} targets are PENDING"
    if failed:
        told = [_told(a, organization) for a in failed]
        told += [waiting] if late else []
        again = FIX.format(
            policy=failed[0]["ConfigurationPolicyId"], target=_source(failed[0], found)
        )
        return Found(Answer.NOT_EVERYWHERE, f"{'; '.join(told)}; {again}")
    return on_its_way(waiting) if late else ""


def excused(subject: Subject, check: Check) -> Check:
    """`look`, but what differs while the account's configuration policy is PENDING is on its way,
    and what differs because it has FAILED says so.
    """
    if subject.organization.facts.security_hub.mode is not Mode.CENTRAL:
        return check

    def looked() -> str | Found:
        found = check()
        if not found or isinstance(found, Found):
            return found
        status, message = _status(subject)
        if status == "PENDING":
            return on_its_way(f"{found}; its configuration policy is PENDING")
        return (
            f"{found}; its configuration policy FAILED: {message}" if status == "FAILED" else found
        )

    return looked


def _status(subject: Subject) -> tuple[str, str]:
    """Of the account's association, which only the administrator sees; '' if it does not say."""
    security = subject.credential_cache.session(subject.organization.security.id, Purpose.PLAN)
    operation, target = "GetConfigurationPolicyAssociation", {"AccountId": subject.account.id}
    try:
        found = security.call("securityhub", operation, Target=target)
    except AwsDenied:
        return "", ""
    return found["AssociationStatus"], found.get("AssociationStatusMessage", "")


def _lowest(failed: list[Association], organization: Organization) -> list[Association]:
    """Those below which nothing has failed."""
    paths = {a["TargetId"]: _path(a["TargetId"], organization) for a in failed}
    above = {
        target
        for target, path in paths.items()
        if any(_is_below(other, path) for each, other in paths.items() if each != target)
    }
    return [a for a in failed if a["TargetId"] not in above]


def _is_below(path: str, above: str) -> bool:
    return not above or path == above or path.startswith(f"{above}/")


def _path(target: str, organization: Organization) -> str:
    """'Workloads/Prod' of an OU, with the account's id behind it of an account; '' is the root.

    What account_configs/ does not know stands by its own id.
    """
    for account in organization.accounts:
        if account.id == target:
            return f"{account.ou}/{target}".lstrip("/")
    named = {unit.id: str(unit.path) for unit in organization.units}
    return named.get(target, "" if target.startswith("r-") else target)


def _told(association: Association, organization: Organization) -> str:
    target = association["TargetId"]
    names = {str(account.id): account.name for account in organization.accounts}
    names |= {unit.id: str(unit.path) or "the root" for unit in organization.units}
    name = f"{names[target]} ({target})" if target in names else target
    return f"{name}: {association.get('AssociationStatusMessage') or 'FAILED'}"


def _source(failed: Association, found: list[Association]) -> str:
    """The target that the policy was associated with: this one, or one it inherits from."""
    policy = failed["ConfigurationPolicyId"]
    applied = [a for a in found if a["AssociationType"] == "APPLIED"]
    applied = [a for a in applied if a["ConfigurationPolicyId"] == policy]
    own = [a for a in applied if a["TargetId"] == failed["TargetId"]]
    source = next(iter(own or [a for a in applied if a["AssociationStatus"] == "FAILED"]), failed)
    return f"{KINDS[source['TargetType']]}={source['TargetId']}"
