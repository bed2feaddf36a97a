"""How far each file has been read, kept in the lake beside what was read."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from orchestrator.errors import UsageError

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
    """Be the only one that writes into the lake. Raises UsageError when somebody else does."""
    lake.mkdir(parents=True, exist_ok=True)
    with (lake / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                f"{lake}: another ingest is writing into this lake", "wait until it has ended"
            ) from None
        yield
