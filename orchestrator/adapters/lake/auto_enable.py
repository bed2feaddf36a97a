"""Security Lake's settings for accounts that join the organization."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from orchestrator.adapters.aws.refusal import Refused
from orchestrator.adapters.aws.session import Identity
from orchestrator.logs.auto_enable import Source

SERVICE = "securitylake"
CONFIGURATION = "DataLakeOrganizationConfiguration"
NONE, BUSY = "ResourceNotFoundException", "ConflictException"
TRIES, PAUSE = 6, 10.0
"""Security Lake refuses a change while another is going on."""


class Caller(Protocol):
    """The part of AwsSession that is used here."""

    def identity(self) -> Identity: ...
    def call(self, service: str, operation: str, region: str = "", **parameters: object) -> Any: ...


class LakeAutoEnable:
    """Asks in the home region, which knows of all others."""

    def __init__(self, session: Caller, sleep: Callable[[float], None] = time.sleep) -> None:
        self._session, self._sleep = session, sleep

    def account(self) -> str:
        return self._session.identity().account

    def held(self) -> frozenset[Source]:
        """Nothing where nothing was ever set."""
        try:
            answer = self._session.call(SERVICE, f"Get{CONFIGURATION}")
        except Refused as refusal:
            if refusal.code == NONE:
                return frozenset()
            raise
        return frozenset(
            Source(each["region"], source["sourceName"], source.get("sourceVersion", ""))
            for each in answer.get("autoEnableNewAccount", [])
            for source in each["sources"]
        )

    def add(self, sources: Iterable[Source]) -> None:
        self._change("Create", sources)

    def remove(self, sources: Iterable[Source]) -> None:
        self._change("Delete", sources)

    def _change(self, verb: str, sources: Iterable[Source]) -> None:
        regions = by_region(sources)
        for left in reversed(range(TRIES)):
            try:
                self._session.call(SERVICE, f"{verb}{CONFIGURATION}", autoEnableNewAccount=regions)
            except Refused as refusal:
                if refusal.code != BUSY or not left:
                    raise
                self._sleep(PAUSE)
            else:
                return


def by_region(sources: Iterable[Source]) -> list[dict[str, Any]]:
    """As the API takes them."""
    regions: dict[str, list[dict[str, str]]] = {}
    for source in sorted(sources):
        one = {"sourceName": source.name, "sourceVersion": source.version}
        regions.setdefault(source.region, []).append(one)
    return [{"region": region, "sources": those} for region, those in regions.items()]
