"""Words about earlier runs and about git's history."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from orchestrator.model.names import StackKey
from orchestrator.model.run import EXIT_CODES, Outcome
from orchestrator.selection.mistakes import Miss
from orchestrator.selection.near import suggest
from orchestrator.selection.world import Found, World

LAST = "last"
"""The run before this one."""

FAILED = frozenset(EXIT_CODES) - {Outcome.DRIFTED}
"""What did not come through, for whatever reason."""


def failed(world: World, value: str) -> Found | Miss:
    return _of_run(world, "failed", value, lambda outcome: outcome in FAILED)


def drifted(world: World, value: str) -> Found | Miss:
    return _of_run(world, "drifted", value, lambda outcome: outcome is Outcome.DRIFTED)


def _of_run(world: World, kind: str, value: str, counts: Callable[[Outcome], bool]) -> Found | Miss:
    runs = world.records.runs()
    run = runs[-1] if value == LAST and runs else value
    if run not in runs:
        fix = suggest(value, (*reversed(runs), LAST) if runs else (), kind)
        return Miss(f"no run '{value}' is kept", fix)
    outcomes = world.records.outcomes(run)
    return _remembered(world, (key for key, outcome in outcomes.items() if counts(outcome)))


def affected(world: World, value: str) -> Found | Miss:
    return _remembered(world, world.records.affected(value))


def _remembered(world: World, keys: Iterable[StackKey]) -> Found:
    """By account id and stack, because an account may have been renamed since."""
    wanted = {(key.account_id, key.stack): key for key in keys}
    found = frozenset(key for key in world.stacks if (key.account_id, key.stack) in wanted)
    present = {(key.account_id, key.stack) for key in found}
    return Found(found, frozenset(key for at, key in wanted.items() if at not in present))
