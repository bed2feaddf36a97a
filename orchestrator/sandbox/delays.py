"""Time passes: AWS answers first, and is as it was asked to be a little later.

Whatever a service brings about later than it answers is handed to `DELAYS.later`, and is done
before the first request that comes when its time is over: under the same settings and the same
pauses always the same. `advance` lets the time pass at once; with 0 seconds nothing is ever late.

A wait can be told to end badly instead, by target: an account, an OU, a name.
"""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from orchestrator.errors import UsageError

log = logging.getLogger(__name__)

SECONDS: Mapping[str, float] = {
    "association": 0.3,
    "central": 0.3,
    "standards": 0.3,
    "account": 0.3,
    "closure": 0.3,
    "function": 0.3,
    "iam": 0.3,
    "analyzer": 0.3,
    "region": 0.3,
    "distribution": 0.3,
    "resource": 0.0,
    "task": 0.0,
}
"""What can be late, and by how much as a rule; on AWS it is seconds to a day.

association: a configuration policy at a target. central: central configuration itself. standards:
a standards subscription. account: an account that is made. closure: one that is closed. function:
a Lambda function after each change. iam: a role, until it can be assumed. analyzer: an analyzer of
IAM Access Analyzer. region: one that is enabled or disabled for an account. distribution: one of
CloudFront, after each change. resource: what RDS, Redshift, ElastiCache, DynamoDB, Kinesis, EKS,
Inspector and OpenSearch make and change; not late as a rule. task: a task of ECS, by its family,
which is placed at once or not at all.
"""

FIX = f"write kind=seconds; kinds are {', '.join(SECONDS)}, and * for all"


@dataclass(frozen=True, slots=True)
class Failure:
    """What of a kind ends badly. `target` is a glob over its name; `reason` is what AWS says."""

    kind: str
    target: str
    reason: str = "the sandbox was told to let it fail"

    def __str__(self) -> str:
        return f"{self.kind}:{self.target}={self.reason}"


def seconds(texts: Sequence[str]) -> dict[str, float]:
    """Read 'association=5' and '*=0', the later one above the earlier. Raises UsageError."""
    found: dict[str, float] = {}
    for text in texts:
        kind, _, number = text.partition("=")
        if kind not in SECONDS and kind != "*":
            raise UsageError(f"delay '{text}': there is no kind '{kind}'", FIX)
        try:
            spent = float(number)
        except ValueError:
            raise UsageError(f"delay '{text}': '{number}' is not a number", FIX) from None
        if not 0 <= spent < float("inf"):
            raise UsageError(f"delay '{text}': seconds are 0 or more", FIX)
        found.update(dict.fromkeys(SECONDS, spent) if kind == "*" else {kind: spent})
    return found


def failure(text: str) -> Failure:
    """Read 'association:200000000006=reason'; the reason may be left out. Raises UsageError."""
    what, _, reason = text.partition("=")
    kind, _, target = what.partition(":")
    if kind not in SECONDS or not target:
        fix = f"write kind:target[=reason]; kinds are {', '.join(SECONDS)}"
        raise UsageError(f"failure '{text}': no kind, or no target", fix)
    return Failure(kind, target, *([reason] if reason else []))


@dataclass(slots=True)
class Delays:
    """What is on its way in this process. `clock` counts seconds."""

    clock: Callable[[], float] = time.monotonic
    own: Mapping[str, float] = field(default_factory=dict)
    """Seconds by kind that differ from `SECONDS`, for as long as the sandbox runs."""
    given: Mapping[str, float] = field(default_factory=dict)
    """The same, until the next reset."""
    failing: Sequence[Failure] = ()
    _ahead: float = 0.0
    _waiting: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _count: itertools.count[int] = field(default_factory=itertools.count)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    def now(self) -> float:
        return self.clock() + self._ahead

    def lasts(self, kind: str) -> float:
        """How many seconds something of this kind takes."""
        return {**SECONDS, **self.own, **self.given}[kind]

    def later(self, kind: str, work: Callable[[], None]) -> None:
        """Do `work` when the kind's time is over: now, if it takes none."""
        if not self.lasts(kind):
            work()
            return
        with self._lock:
            due = self.now() + self.lasts(kind)
            heapq.heappush(self._waiting, (due, next(self._count), work))

    def is_seen(self, role: object) -> bool:
        """Whether IAM shows a role of moto's everywhere by now."""
        seen_at: float = getattr(role, "seen_at", 0.0)
        return seen_at <= self.now()

    def settle(self) -> None:
        """Do what is due. Whoever comes meanwhile waits, and then sees it."""
        if not self._waiting:
            return
        with self._lock:
            while self._waiting and self._waiting[0][0] <= self.now():
                self._do(heapq.heappop(self._waiting)[2])

    def _do(self, work: Callable[[], None]) -> None:
        """Whoever has asked for it has long had an answer, and nobody else is to get its error."""
        try:
            work()
        except Exception:
            log.exception("what was on its way has failed")

    def advance(self, seconds: float) -> int:
        """Let time pass; how much is still on its way."""
        with self._lock:
            self._ahead += seconds
            self.settle()
            return len(self._waiting)

    def failed(self, kind: str, target: str) -> str:
        """Why what is on its way to `target` ends badly; '' if it ends well."""
        hit = (f.reason for f in self.failing if f.kind == kind and fnmatchcase(target, f.target))
        return next(hit, "")

    def forget(self) -> None:
        """Nothing is on its way any more, and nothing fails; what is there has been for long."""
        with self._lock:
            self._waiting.clear()
            self._ahead += max(SECONDS.values()) + sum(self.own.values())
            self.given, self.failing = {}, ()


DELAYS = Delays()
"""Those of this process, as moto's backends are: one sandbox runs in one."""
