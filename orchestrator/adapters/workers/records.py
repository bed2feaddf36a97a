"""The records of submitted runs: see ports.workers.RunRecords.

runs/<run>/inputs.json                        what was submitted, written last
runs/<run>/project.tar.gz                     the files it is about
runs/<run>/items/<number>.json                what the state machine hands out
runs/<run>/results/<account>-<stack>.json     one conclusion each, never replaced
runs/<run>/failed/<batch>/<account>-<stack>     those that failed
runs/<run>/checks/<batch>.json                  what was found after a batch
runs/<run>/journal/<worker>/<item>.jsonl      what happened
runs/<run>/cancelled                          who has called it off, and why
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Protocol, TypeVar

from orchestrator.adapters.aws.leases import MISSING, OTHERS_FIRST
from orchestrator.adapters.aws.run_copies import checked as an_id
from orchestrator.adapters.aws.session import AwsSession
from orchestrator.adapters.aws.transport import Refused
from orchestrator.adapters.workers import codec
from orchestrator.errors import PlanChanged, UsageError
from orchestrator.model.events import Entry
from orchestrator.model.names import StackKey
from orchestrator.model.run import StackResult
from orchestrator.model.submission import Cancelled, Item, Submission, steps

BOOTSTRAP = (
    "set organization.state.runs, and run 'orchestrator bootstrap' again, so that the runner role "
    "may keep runs"
)


class Objects(Protocol):
    """Raises AwsDenied."""

    def get(self, key: str) -> bytes | None: ...

    def put(self, key: str, content: bytes, *, first: bool = False) -> bool:
        """False if it was to be the first, and there is one already."""
        ...

    def keys(self, prefix: str) -> tuple[str, ...]: ...


class BucketObjects:
    """`session` is asked each time, for its keys end."""

    def __init__(self, session: Callable[[], AwsSession], bucket: str) -> None:
        self._session, self._bucket = session, bucket

    def get(self, key: str) -> bytes | None:
        try:
            content: bytes = self._call("GetObject", Key=key)["Body"].read()
        except Refused as refusal:
            if refusal.code in MISSING:
                return None
            raise
        return content

    def put(self, key: str, content: bytes, *, first: bool = False) -> bool:
        condition = {"IfNoneMatch": "*"} if first else {}
        try:
            self._call("PutObject", Key=key, Body=content, **condition)
        except Refused as refusal:
            if first and refusal.code in OTHERS_FIRST:
                return False
            raise
        return True

    def keys(self, prefix: str) -> tuple[str, ...]:
        with _explained():
            found = self._session().pages(
                "s3", "ListObjectsV2", "Contents", Bucket=self._bucket, Prefix=prefix
            )
        return tuple(str(each["Key"]) for each in found)

    def _call(self, operation: str, **parameters: Any) -> Any:
        with _explained():
            return self._session().call("s3", operation, Bucket=self._bucket, **parameters)


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except Refused as refusal:
        if refusal.code == "AccessDenied":
            refusal.fix = BOOTSTRAP
        raise


T = TypeVar("T")
AT_ONCE = 8


class ObjectRecords:
    """`place` stands in items that are of no account: the management account's."""

    def __init__(self, objects: Objects, place: StackKey, clock: Callable[[], datetime]) -> None:
        self._objects, self._place, self._clock = objects, place, clock

    def submit(self, submission: Submission, project: bytes) -> None:
        below, digest = _below(submission.inputs.run), hashlib.sha256(project).hexdigest()
        if digest != submission.project:
            raise PlanChanged("the files are not those that were submitted")
        self._objects.put(f"{below}project.tar.gz", project)
        for number, (_, handed_out) in enumerate(steps(submission)):
            text = codec.items_text(handed_out, self._place)
            self._objects.put(items_key(submission.inputs.run, number), text)
        text = codec.submission_text(submission)
        if not self._objects.put(f"{below}inputs.json", text, first=True):
            raise UsageError(f"run '{submission.inputs.run}' was submitted before")

    def submission(self, run: str) -> Submission:
        return self._read(f"{_below(run)}inputs.json", codec.submission)

    def project(self, submission: Submission) -> bytes:
        run = submission.inputs.run
        content = self._objects.get(f"{_below(run)}project.tar.gz") or b""
        if hashlib.sha256(content).hexdigest() != submission.project:
            raise PlanChanged(f"the files of run {run} are not those that were submitted")
        return content

    def conclude(self, item: Item, result: StackResult) -> StackResult:
        """The mark of a failure comes first: without one, a failure would not count."""
        below = _below(item.run)
        if not result.stands:
            self._objects.put(f"{below}failed/{item.batch}/{item.name}", b"")
        text = codec.result_text(result, self._clock())
        if self._objects.put(_result(item), text, first=True):
            return result
        return self.concluded(item) or result

    def concluded(self, item: Item) -> StackResult | None:
        content = self._objects.get(_result(item))
        return None if content is None else _as(codec.result, content, _result(item))

    def results(self, run: str) -> tuple[StackResult, ...]:
        keys = self._objects.keys(f"{_below(run)}results/")
        return tuple(self._all(keys, codec.result))

    def failures(self, run: str) -> Mapping[str, int]:
        below = f"{_below(run)}failed/"
        found = (key.removeprefix(below) for key in self._objects.keys(below))
        return Counter(name.rpartition("/")[0] for name in found)

    def check(self, item: Item, unhealthy: str) -> str:
        if self._objects.put(_check(item), codec.unhealthy_text(unhealthy), first=True):
            return unhealthy
        return self.checked(item) or ""

    def checked(self, item: Item) -> str | None:
        content = self._objects.get(_check(item))
        return None if content is None else _as(codec.unhealthy, content, _check(item))

    def cancel(self, run: str, cancelled: Cancelled) -> Cancelled:
        text = codec.cancelled_text(cancelled)
        if self._objects.put(f"{_below(run)}cancelled", text, first=True):
            return cancelled
        return self.cancelled(run) or cancelled

    def cancelled(self, run: str) -> Cancelled | None:
        key = f"{_below(run)}cancelled"
        content = self._objects.get(key)
        return None if content is None else _as(codec.cancelled, content, key)

    def note(self, name: str, item: Item, entries: Sequence[Entry]) -> None:
        key = f"{_below(item.run)}journal/{name}/{item.name}.jsonl"
        self._objects.put(key, codec.lines(entries))

    def notes(self, run: str) -> tuple[Entry, ...]:
        told = self._all(self._objects.keys(f"{_below(run)}journal/"), codec.entries)
        found = (entry for part in told for entry in part)
        return tuple(sorted(found, key=lambda entry: entry.at))

    def _read(self, key: str, parse: Callable[[bytes], T]) -> T:
        content = self._objects.get(key)
        if content is None:
            raise UsageError(f"there is no {key} in the state bucket", "is it the id of a run?")
        return _as(parse, content, key)

    def _all(self, keys: Sequence[str], parse: Callable[[bytes], T]) -> list[T]:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(lambda key: self._read(key, parse), keys))


def _as(parse: Callable[[bytes], T], content: bytes, key: str) -> T:
    try:
        return parse(content)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            f"{key} in the state bucket cannot be read: {error}",
            "it was written by another version, or by another program; submit the run again",
        ) from error


def items_key(run: str, number: int) -> str:
    """Where the items of a step are."""
    return f"{_below(run)}items/{number:02}.json"


def _below(run: str) -> str:
    return f"runs/{an_id(run)}/"


def _result(item: Item) -> str:
    return f"{_below(item.run)}results/{item.name}.json"


def _check(item: Item) -> str:
    return f"{_below(item.run)}checks/{item.batch}.json"
