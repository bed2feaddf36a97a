"""The states of accounts that have gone, copied below `archive/` of the state bucket.

The bucket keeps versions: what is archived twice is kept twice, and what is removed from where
Terraform looks for it is only hidden there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from orchestrator.adapters.aws import state
from orchestrator.adapters.aws.credential_cache import CredentialCache
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.aws.transport import Refused
from orchestrator.errors import AwsDenied, UsageError
from orchestrator.model.inventory import KeptState, Remnant
from orchestrator.model.names import AccountId, StackKey, StackName
from orchestrator.model.organization import Organization
from orchestrator.ports import Purpose

OWN_RIGHTS = (
    "the runner role may delete no state, so your own credentials are used: take those of a user "
    "who may delete objects of the state bucket in the management account"
)


class StateBucketArchive:
    """See ports.StateArchive."""

    def __init__(self, credential_cache: CredentialCache, bucket: str) -> None:
        self._credential_cache, self._bucket = credential_cache, bucket

    def states(self, account: AccountId, name: str) -> tuple[KeptState, ...]:
        """See ports.StateArchive."""
        aws = self._credential_cache.start()
        found = {*self._stacks(aws, f"{account}/"), *self._stacks(aws, f"archive/{account}/")}
        keys = [StackKey(account, name, stack) for stack in StackName if stack in found]
        return tuple(self._kept(aws, key) for key in keys)

    def archive(self, key: StackKey) -> None:
        """See ports.StateArchive."""
        aws = self._credential_cache.runner()
        kept = KeptState(key, live=True, archived=False)
        body = aws.read(self._bucket, key.state_key)
        aws.call("s3", "PutObject", Bucket=self._bucket, Key=kept.archive, Body=body)

    def remove(self, key: StackKey) -> None:
        """See ports.StateArchive. With the caller's own rights: the runner role has none to."""
        kept = self._kept(self._credential_cache.start(), key)
        if not kept.archived:
            raise UsageError(f"{key.state_key} is not archived as it is now", "archive it again")
        try:
            where = {"Bucket": self._bucket, "Key": key.state_key}
            self._credential_cache.caller.call("s3", "DeleteObject", **where)
        except Refused as refusal:
            if refusal.code == "AccessDenied":
                refusal.fix = OWN_RIGHTS
            raise

    def _kept(self, aws: AwsSession, key: StackKey) -> KeptState:
        kept = KeptState(key, live=True, archived=False)
        live = self._there(aws, key.state_key)
        archived = self._there(aws, kept.archive)
        same = archived and (not live or self._same(aws, key.state_key, kept.archive))
        return KeptState(key, live, archived=same)

    def _same(self, aws: AwsSession, one: str, other: str) -> bool:
        return aws.read(self._bucket, one) == aws.read(self._bucket, other)

    def _there(self, aws: AwsSession, key: str) -> bool:
        listed = aws.call("s3", "ListObjectsV2", Bucket=self._bucket, Prefix=key, MaxKeys=1)
        return any(item["Key"] == key for item in listed.get("Contents", []))

    def _stacks(self, aws: AwsSession, prefix: str) -> frozenset[str]:
        listed = aws.pages("s3", "ListObjectsV2", "Contents", Bucket=self._bucket, Prefix=prefix)
        names = (str(item["Key"]).removeprefix(prefix).split("/") for item in listed)
        return frozenset(n[0] for n in names if len(n) == 2 and n[1] == state.STATE_FILE)


Check = Callable[[], Sequence[str]]


class AwsLeftovers:
    """See ports.Remains."""

    def __init__(self, credential_cache: CredentialCache, organization: Organization) -> None:
        self._credential_cache, self._organization = credential_cache, organization

    def of(self, account: AccountId) -> tuple[Remnant, ...]:
        """See ports.Remains."""
        checks: dict[str, Check] = {
            "role": lambda: self._roles(account),
            "open findings": lambda: self._findings(account),
            "Security Hub member": lambda: self._hub(account),
            "GuardDuty member": lambda: self._guardduty(account),
        }
        return tuple(found for kind, check in checks.items() for found in _asked(kind, check))

    def _roles(self, account: AccountId) -> Sequence[str]:
        """The roles cannot be looked at in a closed account; whether they let us in can be."""
        access = self._organization.facts.access
        names = [access.plan_role, access.apply_role]
        if self._organization.facts.remediation.enabled:
            role = self._organization.facts.remediation.role
            names += [role, f"{role}-2"]
        try:
            self._credential_cache.keys(account, Purpose.PLAN)
            lets = "the plan role still lets us in"
        except AwsDenied:
            lets = "the plan role cannot be assumed; AWS removes it with the account"
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
            for each in aws.pages(
                "guardduty", "ListMembers", "Members", DetectorId=detector, OnlyAssociated="false"
            )
            if each["AccountId"] == account
        ]

    def _security(self) -> AwsSession:
        """Where findings and members of all accounts are, in the home region."""
        return self._credential_cache.session(self._organization.security.id, Purpose.PLAN)


def _asked(kind: str, check: Check) -> Iterator[Remnant]:
    try:
        yield from (Remnant(kind, what) for what in check())
    except AwsDenied as denied:
        yield Remnant(kind, f"{denied.call}: {denied.reason}", known=False)
