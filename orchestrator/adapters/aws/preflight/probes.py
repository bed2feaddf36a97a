"""What every check knows, how its answer is taken down, and how accounts are entered for it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from orchestrator.adapters.aws.conformance.checks import Aws
from orchestrator.adapters.aws.credentials import Kept, now
from orchestrator.adapters.aws.preflight.permissions import in_an_account, permission
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.aws.transport import Refused
from orchestrator.errors import AwsDenied
from orchestrator.model.organization import Account, Organization
from orchestrator.model.preflight import Check, Found, unknown

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
