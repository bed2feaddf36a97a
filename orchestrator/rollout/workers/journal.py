"""One journal of a run that many machines have worked on. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from orchestrator.model.events import Ending, Entry, GroupEnded, GroupStarted, Halted, StackEnded
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.names import StackKey
from orchestrator.model.run import Outcome, Run, StackResult
from orchestrator.model.submission import Batch, Cancelled, Submission
from orchestrator.ports.workers import Progress


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is known of a run; `progress` is None if nobody could say."""

    submission: Submission
    notes: Sequence[Entry]
    results: Sequence[StackResult]
    cancelled: Cancelled | None = None
    progress: Progress | None = None

    @property
    def ended(self) -> bool:
        """Nothing is handed out any more, or nothing is left."""
        known = {result.key for result in self.results}
        everything = known >= set(self.submission.inputs.keys)
        return everything or self.progress in (Progress.ENDED, Progress.STOPPED)


def journal(known: Gathered) -> tuple[Entry, ...]:
    """As one machine would have written it. A conclusion counts for more than an event."""
    first = Entry(known.submission.at, known.submission.inputs)
    concluded = {result.key: result for result in known.results}
    notes = [note for note in known.notes if not _overruled(note, concluded)]
    ends = _conclusions(known, notes)
    groups = [entry for batch in known.submission.batches for entry in _group(batch, notes, ends)]
    middle = sorted((*notes, *ends.values(), *groups), key=lambda entry: entry.at)
    last = middle[-1].at if middle else known.submission.at
    return (first, *middle, *_halted(known, last), *_ending(known, last))


def _overruled(note: Entry, concluded: dict[StackKey, StackResult]) -> bool:
    return isinstance(note.said, StackEnded) and note.said.result.key in concluded


def _conclusions(known: Gathered, notes: Sequence[Entry]) -> dict[StackKey, Entry]:
    """Each at the time of the last that was told of its stack."""
    last = {_key(note): note.at for note in notes}
    return {
        result.key: Entry(last.get(result.key, known.submission.at), StackEnded(result))
        for result in known.results
    }


def _key(note: Entry) -> StackKey | None:
    said = note.said
    return said.result.key if isinstance(said, StackEnded) else getattr(said, "key", None)


def _group(batch: Batch, notes: Sequence[Entry], ends: dict[StackKey, Entry]) -> Iterator[Entry]:
    keys = set(batch.keys)
    times = [note.at for note in notes if _key(note) in keys]
    if not times:
        return
    began = min(times)
    yield Entry(began, GroupStarted(batch.name, len(batch.keys)))
    if keys <= ends.keys():
        over = max(ends[key].at for key in keys)
        failed = sum(not _result(ends[key]).stands for key in keys)
        yield Entry(over, GroupEnded(batch.name, failed, (over - began).total_seconds()))


def _result(entry: Entry) -> StackResult:
    assert isinstance(entry.said, StackEnded)  # noqa: S101
    return entry.said.result


def _halted(known: Gathered, last: datetime) -> Iterator[Entry]:
    if known.cancelled:
        yield Entry(max(last, known.cancelled.at), Halted(str(known.cancelled)))


def _ending(known: Gathered, last: datetime) -> Iterator[Entry]:
    if not known.ended:
        return
    at = max(last, known.cancelled.at) if known.cancelled else last
    results = tuple(known.results)
    seconds = (at - known.submission.at).total_seconds()
    counts = {
        outcome: sum(result.outcome is outcome for result in results)
        for outcome in Outcome
        if any(result.outcome is outcome for result in results)
    }
    yield Entry(at, Ending(int(_code(known, results)), counts, seconds))


def _code(known: Gathered, results: tuple[StackResult, ...]) -> ExitCode:
    left = set(known.submission.inputs.keys) - {result.key for result in results}
    if left and known.cancelled:
        return ExitCode.INTERRUPTED
    code = Run("", "", "", 0.0, results).exit_code
    return code if code or not left else ExitCode.INCOMPLETE
