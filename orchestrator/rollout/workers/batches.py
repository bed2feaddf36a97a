"""The groups of a run as batches to be handed out. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.model.names import StackKey
from orchestrator.model.submission import Batch
from orchestrator.model.waves import FailureMode
from orchestrator.rollout import waves
from orchestrator.stages.jobs import Group

WIDTH = 10
"""Items of a batch that are out at the same time, where nothing else is said."""

LONGEST_BAKE = 300
"""Minutes that a worker keeps watch; modules/runner gives an item six hours, its check included."""


def bakes_too_long(groups: Sequence[Group]) -> str:
    """The first wave that wants a longer watch before the next one, '' if none does."""
    for group in groups[:-1]:
        minutes = group.wave.bake_minutes if group.wave else 0
        if minutes > LONGEST_BAKE:
            return f"{group.name} bakes for {minutes} min, workers for {LONGEST_BAKE}"
    return ""


def batches(
    groups: Sequence[Group], width: int | None = None, tolerated: int | None = None
) -> tuple[Batch, ...]:
    """What is applied, in the order in which it is."""
    return tuple(
        _batch(group, width or WIDTH, tolerated, last=number == len(groups))
        for number, group in enumerate(groups, 1)
    )


def looking(group: Group, width: int | None = None) -> tuple[Batch, ...]:
    """What is only looked at: no failure keeps anybody from looking at the rest."""
    return (Batch(group.name, _keys(group), min(width or WIDTH, len(group.jobs))),)


def _batch(group: Group, most: int, tolerated: int | None, *, last: bool) -> Batch:
    """A foundation is never tolerated to fail. Strict budgets narrow a batch, as StackSets do."""
    if group.founding:
        return Batch(group.name, _keys(group), 1, 0, FailureMode.STRICT)
    spending = waves.of(group, tolerated)
    width = min(group.width, most, len(group.jobs))
    if spending.mode is FailureMode.STRICT:
        width = min(width, spending.tolerated + 1)
    wave = group.wave
    checked = wave is not None and bool(wave.bake_minutes or wave.health) and not last
    return Batch(group.name, _keys(group), width, spending.tolerated, spending.mode, checked)


def _keys(group: Group) -> tuple[StackKey, ...]:
    return tuple(job.key for job in group.jobs)
