"""What is still there of an account that has gone. Whoever is denied an answer says so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from orchestrator.adapters.aws.keyring import Keyring
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.errors import AwsDenied
from orchestrator.model.leaving import Remnant
from orchestrator.model.names import AccountId
from orchestrator.model.organization import Organization
from orchestrator.ports import Purpose

Look = Callable[[], Sequence[str]]


class AwsRemains:
    """See ports.Remains."""

    def __init__(self, keyring: Keyring, organization: Organization) -> None:
        self._keyring, self._organization = keyring, organization

    def of(self, account: AccountId) -> tuple[Remnant, ...]:
        """See ports.Remains."""
        looks: dict[str, Look] = {
            "role": lambda: self._roles(account),
            "open findings": lambda: self._findings(account),
            "Security Hub member": lambda: self._hub(account),
            "GuardDuty member": lambda: self._guardduty(account),
        }
        return tuple(found for kind, look in looks.items() for found in _asked(kind, look))

    def _roles(self, account: AccountId) -> Sequence[str]:
        """The roles cannot be looked at in a closed account; whether they let us in can be."""
        access = self._organization.facts.access
        names = [access.plan_role, access.apply_role]
        if self._organization.facts.remediation.enabled:
            names.append(self._organization.facts.remediation.role)
        try:
            self._keyring.keys(account, Purpose.PLAN)
            lets = "the plan role still lets us in"
        except AwsDenied:
            lets = "the plan role lets nobody in; AWS removes it with the account"
        return [f"arn:aws:iam::{account}:role/{name} ({lets})" for name in names]

    def _findings(self, account: AccountId) -> Sequence[str]:
        filters = {
            "AwsAccountId": [{"Value": account, "Comparison": "EQUALS"}],
            "RecordState": [{"Value": "ACTIVE", "Comparison": "EQUALS"}],
            "WorkflowStatus": [
                {"Value": value, "Comparison": "EQUALS"} for value in ("NEW", "NOTIFIED")
            ],
        }
        found = self._security().pages("securityhub", "GetFindings", "Findings", Filters=filters)
        counts = Counter(str(each.get("Severity", {}).get("Label", "?")) for each in found)
        return [f"{count} {label.lower()}" for label, count in sorted(counts.items())]

    def _hub(self, account: AccountId) -> Sequence[str]:
        aws = self._security()
        found = aws.call("securityhub", "GetMembers", AccountIds=[account])["Members"]
        return [str(each.get("MemberStatus", "")) for each in found]

    def _guardduty(self, account: AccountId) -> Sequence[str]:
        aws = self._security()
        detectors = aws.pages("guardduty", "ListDetectors", "DetectorIds")
        return [
            str(each.get("RelationshipStatus", ""))
            for detector in detectors
            for each in aws.call(
                "guardduty", "GetMembers", DetectorId=detector, AccountIds=[account]
            )["Members"]
        ]

    def _security(self) -> AwsSession:
        """Where findings and members of all accounts are, in the home region."""
        return self._keyring.session(self._organization.security.id, Purpose.PLAN)


def _asked(kind: str, look: Look) -> Iterator[Remnant]:
    try:
        yield from (Remnant(kind, what) for what in look())
    except AwsDenied as denied:
        yield Remnant(kind, f"{denied.call}: {denied.reason}", known=False)
