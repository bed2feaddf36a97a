"""CloudTrail's event history by LookupEvents, and Security Lake's settings for new accounts."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from orchestrator.adapters.aws.session import AwsSession, Identity
from orchestrator.adapters.aws.transport import Refused
from orchestrator.logs.auto_enable import Source
from orchestrator.logs.event import Event, event
from orchestrator.logs.lake.question import (
    About,
    Answer,
    By,
    Calls,
    Question,
    Touching,
    WithId,
    answer,
    matches,
)
from orchestrator.logs.ocsf.cloudtrail import NotCloudTrail, to_ocsf

SERVICE = "securitylake"
CONFIGURATION = "DataLakeOrganizationConfiguration"
NONE, BUSY = "ResourceNotFoundException", "ConflictException"
TRIES, SETTLE_PAUSE = 6, 10.0
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
                self._sleep(SETTLE_PAUSE)
            else:
                return


def by_region(sources: Iterable[Source]) -> list[dict[str, Any]]:
    """As the API takes them."""
    regions: dict[str, list[dict[str, str]]] = {}
    for source in sorted(sources):
        one = {"sourceName": source.name, "sourceVersion": source.version}
        regions.setdefault(source.region, []).append(one)
    return [{"region": region, "sources": those} for region, those in regions.items()]


HISTORY = timedelta(days=90)
PAUSE = 0.5
"""Seconds between calls: two a second for an account and region. Source: CloudTrail quotas."""

PAGES = 40


class LookupLake:
    """Asks LookupEvents, one attribute a call, and keeps what matches.

    Source: CloudTrail API Reference, LookupEvents.
    """

    def __init__(
        self,
        session: AwsSession,
        region: str,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        sleep: Callable[[float], None] = time.sleep,
        *,
        why: str = "",
    ) -> None:
        self._session, self._region, self._why = session, region, why
        self._now, self._sleep = now, sleep
        self._cut = False

    @property
    def limits(self) -> tuple[str, ...]:
        said = (
            *filter(None, (self._why,)),
            "asked CloudTrail's event history: 90 days, management events only, this account "
            "and the region asked for only; a lake has more",
        )
        cut = (f"the history was read for {PAGES} pages a question and has more",)
        return said + cut if self._cut else said

    def ask(self, question: Question) -> Answer:
        return answer(self._candidates(question), question)

    def count(self, question: Question) -> Mapping[str, int]:
        found = {e.uid: e for e in self._candidates(question) if matches(e, question)}
        return Counter(each.name for each in found.values())

    def _candidates(self, question: Question) -> Iterator[Event]:
        start = max(question.window.start, self._now() - HISTORY)
        if start >= question.window.end:
            return
        for region in question.scope.regions or (self._region,):
            for key, value in attributes(question.about):
                for record in self._pages(region, key, value, start, question.window.end):
                    try:
                        yield event(to_ocsf(json.loads(record["CloudTrailEvent"])))
                    except (NotCloudTrail, ValueError, KeyError):
                        continue

    def _pages(
        self, region: str, key: str, value: str, start: datetime, end: datetime
    ) -> Iterator[Mapping[str, str]]:
        token: dict[str, str] = {}
        wanted = [{"AttributeKey": key, "AttributeValue": value}] if key else []
        for number in range(PAGES):
            if number:
                self._sleep(PAUSE)
            page = self._session.call(
                "cloudtrail",
                "LookupEvents",
                region,
                LookupAttributes=wanted,
                StartTime=start,
                EndTime=end,
                MaxResults=50,
                **token,
            )
            yield from page.get("Events", [])
            if not page.get("NextToken"):
                return
            token = {"NextToken": page["NextToken"]}
        self._cut = True


def attributes(about: About) -> tuple[tuple[str, str], ...]:
    """The attributes to look up for a question, each in calls of its own."""
    match about:
        case Touching(names):
            return tuple(("ResourceName", name) for name in names)
        case By(arns, keys, names):
            users = dict.fromkeys((*(arn.rpartition("/")[2] for arn in arns), *names))
            return (
                *(("AccessKeyId", key) for key in keys),
                *(("Username", user) for user in users),
            )
        case WithId(ids):
            return tuple(("EventId", each) for each in ids)
        case Calls(names):
            return tuple(("EventName", name) for name in names)
        case _:
            return (("", ""),)
