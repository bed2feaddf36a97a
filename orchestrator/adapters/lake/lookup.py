"""CloudTrail's event history as a lake, for those who have no other."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from orchestrator.adapters.aws.session import AwsSession
from orchestrator.logs.event import Event
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
from orchestrator.logs.ocsf.events import event

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
