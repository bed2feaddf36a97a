"""What every check knows, how it enters accounts, and how its answer is taken down.

The permissions are those that the checks ask for and no more; a test in the sandbox shows that
they are enough.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from orchestrator.adapters.aws.conformance.checks import Aws
from orchestrator.adapters.aws.credentials import Kept, now
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.aws.transport import Refused
from orchestrator.errors import AwsDenied
from orchestrator.model.organization import Account, Organization
from orchestrator.model.preflight import Check, Found, unknown

MANAGEMENT = (
    "cloudtrail:DescribeTrails",
    "guardduty:ListDetectors",
    "guardduty:ListOrganizationAdminAccounts",
    "iam:GetRole",
    "iam:SimulateCustomPolicy",
    "organizations:DescribeEffectivePolicy",
    "organizations:DescribeOrganization",
    "organizations:DescribePolicy",
    "organizations:ListAWSServiceAccessForOrganization",
    "organizations:ListAccountsForParent",
    "organizations:ListDelegatedAdministrators",
    "organizations:ListOrganizationalUnitsForParent",
    "organizations:ListPoliciesForTarget",
    "organizations:ListRoots",
    "s3:ListAllMyBuckets",
    "s3:ListBucket",
    "securityhub:DescribeHub",
    "securityhub:ListOrganizationAdminAccounts",
)
"""Asked as the caller, in the management account."""

ACCOUNT = (
    "config:DescribeConfigurationRecorders",
    "config:DescribeDeliveryChannels",
    "ec2:DescribeRegions",
    "events:ListEventBuses",
    "events:ListRules",
    "iam:GetAccountSummary",
    "kms:DescribeKey",
    "kms:ListAliases",
    "lambda:GetAccountSettings",
    "s3:ListAllMyBuckets",
    "s3:ListBucket",
    "securityhub:DescribeOrganizationConfiguration",
    "securityhub:GetEnabledStandards",
    "servicequotas:GetServiceQuota",
)
"""Asked in every account, the management account included."""

PREFIXES: Mapping[str, str] = {
    "accessanalyzer": "access-analyzer",
    "service-quotas": "servicequotas",
}
ACTIONS: Mapping[str, str] = {
    "s3:HeadBucket": "s3:ListBucket",
    "s3:ListBuckets": "s3:ListAllMyBuckets",
}
"""What IAM calls an operation, where it is not as the API does. Source: Service Authorization
Reference."""


def permission(call: str) -> str:
    """The IAM action behind a call such as 's3:HeadBucket'."""
    if call.startswith("sts:AssumeRole"):
        return "sts:AssumeRole"
    service, _, operation = call.partition(":")
    return ACTIONS.get(call, f"{PREFIXES.get(service, service)}:{operation}")


def in_the_management_account(entry_role: str) -> Mapping[str, object]:
    """An IAM policy that is enough for the one who starts the preflight."""
    reads = sorted({*MANAGEMENT, *ACCOUNT})
    enters = {
        "Sid": "EntersAccounts",
        "Effect": "Allow",
        "Action": ["sts:AssumeRole"],
        "Resource": f"arn:aws:iam::*:role/{entry_role}",
    }
    return _document([_reads(reads), enters])


def in_an_account() -> Mapping[str, object]:
    """What is left of an entry role while it is used here: a session policy."""
    return _document([_reads(ACCOUNT)])


def _reads(actions: Sequence[str]) -> Mapping[str, object]:
    # Lists and settings of the account: none has a name to be held to.
    return {"Sid": "Reads", "Effect": "Allow", "Action": list(actions), "Resource": "*"}


def _document(statements: Sequence[Mapping[str, object]]) -> Mapping[str, object]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


Probe = Callable[[], Found]
Probes = Iterator[tuple[str, Probe]]
"""What is looked at, and how."""

NEXT_APPLY = "nothing to do: the next apply of the organization's stack makes it"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the stacks count on, as they are rendered."""

    trusted: frozenset[str]
    delegated: Mapping[str, str]
    service_roles: tuple[str, ...]
    regions: tuple[str, ...]
    """Governed by some account; the home region first."""
    hubs: tuple[str, ...]
    """Regions in which the management account has a hub of its own."""


class PreflightContext:
    """The organization as declared, and AWS as the caller and the entry roles see it."""

    def __init__(
        self,
        organization: Organization,
        wanted: Wanted,
        caller: AwsSession,
        accounts: Sequence[Account],
    ) -> None:
        self.organization, self.wanted, self._caller = organization, wanted, caller
        self.accounts = tuple(accounts)
        self._keys = Kept(now)

    @property
    def aws(self) -> Aws:
        """The management account, as the caller sees it."""
        return self._caller

    def enter(self, account: Account) -> AwsSession:
        """An account by its entry role, which here can only read; it is assumed once.

        Raises AwsDenied.
        """
        management = self.organization.management.id
        if account.id == management:
            return self._caller
        arn = f"arn:aws:iam::{account.id}:role/{self.organization.facts.access.entry_role}"
        policy = json.dumps(in_an_account())
        keys = self._keys.fresh(
            account.id, lambda: self._caller.assume(arn, "orchestrator-preflight", policy=policy)
        )
        return self._caller.acting_as(keys, account.id, arn)


def check(area: str, what: str, probe: Probe) -> Check:
    """Denied or unreachable is an answer of its own."""
    try:
        return Check(area, what, probe())
    except AwsDenied as denied:
        return Check(area, what, not_known(denied))


def not_known(denied: AwsDenied) -> Found:
    """Who lacks what."""
    says = f"{denied.call} as '{denied.role}': {denied.reason}"
    if isinstance(denied, Refused) and "AccessDenied" in denied.code:
        action = permission(denied.call)
        return unknown(says, f"allow {action}; all that is needed: orchestrator preflight --policy")
    return unknown(says, denied.fix)
