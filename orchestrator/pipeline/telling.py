"""What a run tells as it goes: when it and its groups begin and end, and each stack's result."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence

from orchestrator.model.events import GroupEnded, GroupStarted, RunStarted, StackEnded
from orchestrator.model.run import StackResult
from orchestrator.pipeline.course import Course
from orchestrator.pipeline.groups import Group

Results = tuple[StackResult, ...]


def told(
    command: str, groups: Sequence[Group], results: Iterable[StackResult], course: Course
) -> Results:
    """The results of a run in the order of its groups, each told once: here and nowhere else."""
    tell = course.ports.tell
    named = tuple((group.name, tuple(job.key for job in group.jobs)) for group in groups)
    tell(RunStarted(course.terms.run, command, named))
    ended = {}
    for result in results:
        tell(StackEnded(result))
        ended[result.key] = result
    return tuple(ended[key] for _, keys in named for key in keys)


def in_group(group: Group, results: Iterable[StackResult], course: Course) -> Iterator[StackResult]:
    """The results of a group, told as they come."""
    course.ports.tell(GroupStarted(group.name, len(group.jobs)))
    started, failed = time.monotonic(), 0
    for result in results:
        failed += not result.stands
        yield result
    course.ports.tell(GroupEnded(group.name, failed, time.monotonic() - started))
