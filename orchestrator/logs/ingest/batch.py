"""What an ingest has done, in numbers that must add up."""

from __future__ import annotations

import fcntl
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path

from orchestrator.errors import UsageError


@dataclass(slots=True)
class Counts:
    """`read` is how many records came in: each is an event, quarantined or skipped."""

    files: int = 0
    known: int = 0
    """Files, or beginnings of files, that an earlier ingest had read."""
    read: int = 0
    events: Counter[str] = field(default_factory=Counter)
    """By class."""
    quarantined: Counter[str] = field(default_factory=Counter)
    """By reason."""
    skipped: Counter[str] = field(default_factory=Counter)
    """Records that tell of nothing, such as headers, by what they are."""
    flagged: Counter[str] = field(default_factory=Counter)
    """Events whose clock cannot be right, by what is wrong with it."""

    @property
    def total(self) -> int:
        return self.events.total()

    @property
    def lost(self) -> int:
        """Records that are none of these: always 0, or it is a bug of ours."""
        return self.read - self.total - self.quarantined.total() - self.skipped.total()

    def add(self, other: Counts) -> None:
        self.files += other.files
        self.known += other.known
        self.read += other.read
        self.events += other.events
        self.quarantined += other.quarantined
        self.skipped += other.skipped
        self.flagged += other.flagged


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A record that is not an event, where it stood and why."""

    file: str
    line: int
    """Of its first line, from 1 where reading began; 0 for a whole file."""
    reason: str
    raw: str


def by_reason(records: Iterable[Quarantined]) -> Counter[str]:
    return Counter(each.reason for each in records)


BEGINNING = 4096
DONE = -1


def fingerprint(file: Path) -> str:
    """What a file is known by: how much of its beginning is compared, and a digest of that.

    So a file that is renamed, as rotation does, is the same; one with other contents is another.
    """
    with file.open("rb") as stream:
        return _digest(stream.read(BEGINNING))


def _digest(head: bytes) -> str:
    return f"{len(head)}:{sha256(head).hexdigest()[:32]}"


class Progress:
    """One small file for each batch, so that keeping it costs the same however much was read."""

    def __init__(self, lake: Path, source: str) -> None:
        self._folder = lake / "checkpoints" / source
        self._offsets: dict[str, int] = {}
        self._batches = 0
        for file in sorted(self._folder.glob("*.json")):
            self._offsets |= json.loads(file.read_text("utf-8"))
            self._batches += 1

    def offset(self, name: str) -> int:
        """Bytes of the file, uncompressed, that are in the lake; DONE when it is complete."""
        return self._offsets.get(name, 0)

    def name_of(self, file: Path) -> str:
        """The fingerprint under which the file is known, also if it was shorter then."""
        with file.open("rb") as stream:
            head = stream.read(BEGINNING)
        lengths = sorted({int(name.partition(":")[0]) for name in self._offsets}, reverse=True)
        for length in lengths:
            if 0 < length <= len(head) and (name := _digest(head[:length])) in self._offsets:
                return name
        return _digest(head)

    def next_batch(self) -> str:
        return f"b{self._batches:08d}"

    def checkpoint(self, offsets: Mapping[str, int]) -> tuple[Path, str]:
        """The file that says these have been read, and its text."""
        return self._folder / f"{self.next_batch()}.json", json.dumps(offsets)

    def advance(self, offsets: Mapping[str, int]) -> None:
        """Go on to the next batch, now that the checkpoint is in place."""
        self._offsets |= offsets
        self._batches += 1


@contextmanager
def alone(lake: Path) -> Iterator[None]:
    """Lock the lake for writing. Raises UsageError if another process has locked it."""
    lake.mkdir(parents=True, exist_ok=True)
    with (lake / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                f"{lake}: another ingest is writing into this lake", "wait until it has ended"
            ) from None
        yield


def stage(folder: Path, source: str, batch: str, records: Sequence[Quarantined]) -> None:
    """Write them beside what was staged of the same batch."""
    if not records:
        return
    file = folder / "quarantine" / source / f"{batch}.ndjson"
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(asdict(record), ensure_ascii=True) for record in records)
    file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
