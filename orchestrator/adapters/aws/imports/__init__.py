"""Whether what a plan means to create is in AWS already: one question for each type of resource.

Import ids are those of the AWS provider's documentation, section "Import" of each resource.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from orchestrator.adapters.aws.conformance.checks import Aws
from orchestrator.adapters.aws.credential_cache import CredentialCache
from orchestrator.adapters.aws.imports import account, logs, messaging, organization, storage
from orchestrator.adapters.aws.imports.wanted import Finder, NotYet, Seen, Wanted
from orchestrator.adapters.aws.transport import Refused
from orchestrator.adapters.terraform.plan_json import Intent, intents
from orchestrator.errors import AwsDenied
from orchestrator.model.import_candidates import ImportCandidate, Presence
from orchestrator.model.organization import has_address
from orchestrator.model.plan import Action, Plan
from orchestrator.ports import Purpose

FINDERS: Mapping[str, Finder] = {
    **account.FINDERS,
    **messaging.CHAT_FINDERS,
    **account.IDENTITY_FINDERS,
    **logs.FINDERS,
    **messaging.FINDERS,
    **organization.FINDERS,
    **logs.SEARCH_FINDERS,
    **storage.FINDERS,
}


class Remembering:
    """Answers of `aws`, refusals too, for as long as one plan is looked at."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self._answers: dict[str, Any] = {}

    def call(self, service: str, operation: str, region: str = "", **parameters: object) -> Any:
        what = repr((service, operation, region, sorted(parameters.items())))
        return self._once(what, lambda: self._aws.call(service, operation, region, **parameters))

    def pages(
        self, service: str, operation: str, key: str, region: str = "", **parameters: object
    ) -> list[Any]:
        what = repr((service, operation, key, region, sorted(parameters.items())))
        found: list[Any] = self._once(
            what, lambda: self._aws.pages(service, operation, key, region, **parameters)
        )
        return found

    def _once(self, what: str, ask: Callable[[], Any]) -> Any:
        if what not in self._answers:
            try:
                self._answers[what] = ask()
            except Refused as refusal:
                self._answers[what] = refusal
        if isinstance(self._answers[what], Refused):
            raise self._answers[what]
        return self._answers[what]


class AwsExisting:
    """See ports.Existing."""

    def __init__(self, credential_cache: CredentialCache) -> None:
        self._credential_cache = credential_cache

    def find(self, plan: Plan, purpose: Purpose) -> tuple[ImportCandidate, ...]:
        """See ports.Existing."""
        if not plan.count(Action.CREATE):
            return ()
        wanted = intents(plan.json_file)
        aws = Remembering(self._credential_cache.session(plan.key.account_id, purpose))
        return tuple(candidate(aws, Wanted(plan.key.account_id, each, wanted)) for each in wanted)


def candidate(aws: Aws, wanted: Wanted) -> ImportCandidate:
    """What there is of one resource."""
    intent = wanted.intent
    seen = _seen(aws, wanted, intent)
    return ImportCandidate(intent.address, seen.presence, seen.id, seen.says, seen.fix)


def _seen(aws: Aws, wanted: Wanted, intent: Intent) -> Seen:
    finder = FINDERS.get(intent.type)
    if finder is None:
        return Seen(Presence.UNKNOWN, says=f"no way is known to ask for an {intent.type}")
    if not has_address(intent.address):
        return Seen(Presence.UNKNOWN, says="no import block can be written for this address")
    if not intent.region:
        return Seen(Presence.UNKNOWN, says="its provider does not say in which region it is")
    try:
        return finder(aws, wanted)
    except NotYet as waits:
        return Seen(Presence.WAITS, says=f"'{waits}' is known only afterwards")
    except AwsDenied as denied:
        return Seen(Presence.UNKNOWN, says=f"{denied.call}: {denied.reason}")
