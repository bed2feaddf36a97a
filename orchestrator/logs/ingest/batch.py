"""What an ingest has done, in numbers that must add up."""

from __future__ import annotations

import fcntl
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from io import BufferedReader
from pathlib import Path
from typing import Protocol

from orchestrator.errors import UsageError


class Sha256(Protocol):
    """The part of a digest that is used."""

    def update(self, data: bytes, /) -> None: ...
    def hexdigest(self) -> str: ...
    def copy(self) -> Sha256: ...


@dataclass(slots=True)
class Counts:
    """`read` is how many records came in: each is an event, quarantined or skipped.

    `files` is how many there were: each was read, known or passed over.
    """

    files: int = 0
    known: int = 0
    """Files that an earlier ingest had read, and that have nothing new."""
    passed: Counter[str] = field(default_factory=Counter)
    """Files that hold no records, by what they are: digests, snapshots, archives."""
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
        self.passed += other.passed
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
    """Of its first line, from 1 where reading began; of a document, which record it is."""
    reason: str
    raw: str


def by_reason(records: Iterable[Quarantined]) -> Counter[str]:
    return Counter(each.reason for each in records)


BEGINNING = 4096
BLOCK = 1024 * 1024
DONE = -1
"""What earlier versions kept of a file that was read to its end, instead of marks."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a file was read: by its contents, uncompressed, and not by its name."""

    size: int
    """Bytes that were read."""
    digest: str
    """Of those bytes; empty if an earlier version has not kept it."""
    resume: int
    """Where reading goes on if there is more: the beginning of a last line that had no end."""


@dataclass(slots=True)
class Reading:
    """What is to be read of a file: its digest so far, and its beginning."""

    start: int = 0
    done: bool = False
    """Nothing has come after what was read."""
    digest: Sha256 = field(default_factory=sha256)
    """Of all before `start`."""
    head: bytes = b""
    """The first bytes, at most BEGINNING."""
    position: int = 0
    """Where the stream is now."""

    def take(self, data: bytes) -> None:
        self.digest.update(data)
        if len(self.head) < BEGINNING:
            self.head += data[: BEGINNING - len(self.head)]


def name_of(head: bytes) -> str:
    """Under what the marks of files that begin so are kept."""
    return f"{len(head)}:{sha256(head).hexdigest()[:32]}"


class Progress:
    """One small file for each batch, so that keeping it costs the same however much was read.

    Files are told apart by a digest of all that was read of them. So a file that was renamed or
    compressed, as rotation does, is the same; one that has grown is read on; one that begins alike
    is another.
    """

    def __init__(self, lake: Path, source: str) -> None:
        self._folder = lake / "checkpoints" / source
        self._marks: dict[str, list[Mark]] = {}
        self._lengths: set[int] = set()
        self._batches = 0
        for file in sorted(self._folder.glob("*.json")):
            for name, found in json.loads(file.read_text("utf-8")).items():
                given = [[found, "", found]] if isinstance(found, int) else found
                for each in given:
                    self.note(name, Mark(*each))
            self._batches += 1

    def marks(self, head: bytes) -> list[Mark]:
        """Those of files that begin so, the smallest first. `head` has at most BEGINNING bytes."""
        found = [
            mark
            for length in self._lengths
            if 0 < length <= len(head)
            for mark in self._marks.get(name_of(head[:length]), ())
        ]
        return sorted(found, key=lambda mark: mark.size)

    def old_marks(self, file: Path) -> list[Mark]:
        """Those that earlier versions kept by what the file, compressed or not, begins with."""
        with file.open("rb") as stream:
            return [mark for mark in self.marks(stream.read(BEGINNING)) if not mark.digest]

    def note(self, name: str, mark: Mark) -> None:
        """Know a file from now on, in this run; a checkpoint makes it last."""
        self._marks.setdefault(name, []).append(mark)
        self._lengths.add(int(name.partition(":")[0]))

    def next_batch(self) -> str:
        return f"b{self._batches:08d}"

    def checkpoint(self, marks: Mapping[str, Sequence[Mark]]) -> tuple[Path, str]:
        """The file that says these have been read, and its text."""
        kept = {
            name: [[mark.size, mark.digest, mark.resume] for mark in found]
            for name, found in marks.items()
        }
        return self._folder / f"{self.next_batch()}.json", json.dumps(kept)

    def advance(self) -> None:
        """Go on to the next batch, now that the checkpoint is in place."""
        self._batches += 1


def beginning_of(stream: BufferedReader) -> bytes:
    """The first bytes of a stream that was not read yet, without reading on."""
    return stream.peek(BEGINNING)[:BEGINNING]


def passed_by(stream: BufferedReader, start: int) -> Reading:
    """The same from `start` on, after all before it was read again."""
    reading = Reading()
    while reading.start < start and (data := stream.read(min(BLOCK, start - reading.start))):
        reading.take(data)
        reading.start += len(data)
    return reading


def continued(stream: BufferedReader, marks: Sequence[Mark]) -> Reading:
    """Compare what comes with what was read before, and say where reading is to go on.

    The stream is read as far as the longest mark, and is not rewound.
    """
    reading, best = Reading(), Reading()
    size, found = 0, False
    for mark in marks:
        if mark.size == DONE:
            return Reading(done=True)
        while size < mark.size and (data := stream.read(min(BLOCK, mark.size - size))):
            reading.take(data)
            size += len(data)
        if size < mark.size:
            break
        if not mark.digest or reading.digest.hexdigest() == mark.digest:
            following = stream.peek(1)[:1]
            whole = mark.resume == mark.size or following in (b"\n", b"\r", b"")
            start = mark.size if whole else mark.resume
            best = Reading(start, not following, reading.digest.copy(), reading.head)
            found = True
    best = best if found else Reading()
    best.position = size
    return best


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
