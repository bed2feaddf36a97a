"""A question, what it is about, and how its answer is taken down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from orchestrator.adapters.aws.credential_cache import CredentialCache
from orchestrator.errors import AwsDenied
from orchestrator.model.organization import Account, Organization
from orchestrator.model.run import Answer, Probe
from orchestrator.model.settings import Standard
from orchestrator.ports import Purpose


class Aws(Protocol):
    """The part of a session that questions need."""

    def call(self, service: str, operation: str, region: str = "", **parameters: object) -> Any: ...

    def pages(
        self, service: str, operation: str, key: str, region: str = "", **parameters: object
    ) -> list[Any]: ...


@dataclass(frozen=True, slots=True)
class Subject:
    """An account as declared, and AWS as its plan role sees it."""

    account: Account
    organization: Organization
    credential_cache: CredentialCache
    arn: Callable[[Standard, str], str]
    """The ARN of a standard in a region."""

    @property
    def aws(self) -> Aws:
        return self.credential_cache.session(self.account.id, Purpose.PLAN)

    @property
    def governed(self) -> tuple[str, ...]:
        """The home region, and every region that some account governs."""
        home = self.organization.facts.home_region
        named = (region for account in self.organization.accounts for region in account.regions)
        return tuple(dict.fromkeys((home, *named)))


@dataclass(frozen=True, slots=True)
class Found:
    """An answer that is more than different: `what` was found, and what that means."""

    answer: Answer
    what: str


Check = Callable[[], str | Found]
"""'' when everything is as declared, else what was found instead."""

Checks = Iterator[tuple[str, Check]]


def ask(what: str, check: Check) -> Probe:
    """Denied or unreachable is an answer of its own, never 'as declared'."""
    try:
        found = check()
    except AwsDenied as denied:
        return Probe(what, Answer.DENIED, f"{denied.call} as '{denied.role}': {denied.reason}")
    if isinstance(found, Found):
        return Probe(what, found.answer, found.what)
    return Probe(what, Answer.DIFFERENT if found else Answer.AS_DECLARED, found)


def on_its_way(what: str) -> Found:
    """AWS has taken it, and is still at it."""
    return Found(Answer.ON_ITS_WAY, what)


def roles(credential_cache: CredentialCache, account: Account) -> Checks:
    """Whether plan and apply role of the account let us in; the reader is told of its own alone."""
    for purpose in (
        (Purpose.PLAN,) if credential_cache.reads_only else (Purpose.PLAN, Purpose.APPLY)
    ):
        yield (
            f"{account.name}: {purpose} role can be assumed",
            lambda purpose=purpose: "" if credential_cache.keys(account.id, purpose) else "no keys",  # type: ignore[misc]
        )
