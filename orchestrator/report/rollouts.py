"""What earlier runs have done: rollouts wave by wave, and what has been drifting since when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from orchestrator.model.names import AccountId, StackKey
from orchestrator.model.run import Kind, Outcome
from orchestrator.model.run_history import GroupHistory, History

ROLLOUTS = frozenset({"apply", "vend", "resume"})
SETTLED = frozenset({Outcome.APPLIED, Outcome.UNCHANGED, Outcome.IN_SYNC})


@dataclass(frozen=True, slots=True)
class Rollout:
    """One run that applied. `halted` says why it stopped; '' if it did not."""

    run: str
    started: datetime
    outcomes: Mapping[Outcome, int]
    waves: tuple[GroupHistory, ...]
    halted: str = ""


@dataclass(frozen=True, slots=True)
class Drift:
    """A stack that was not as declared when it was last looked at."""

    key: StackKey
    since: datetime
    """The first look of those that have found it so without a break."""
    seen: datetime
    kinds: tuple[Kind, ...] = ()


def rollouts(histories: Iterable[History], most: int) -> tuple[Rollout, ...]:
    """The newest first."""
    found = [
        Rollout(
            each.inputs.run,
            each.started,
            Counter(each.outcomes.values()),
            each.groups,
            each.halted,
        )
        for each in histories
        if each.inputs.command in ROLLOUTS
    ]
    return tuple(sorted(found, key=lambda each: each.started, reverse=True)[:most])


def drifting(histories: Iterable[History]) -> tuple[Drift, ...]:
    """Those that have lasted longest first."""
    open_: dict[StackKey, Drift] = {}
    for history in sorted(histories, key=lambda each: each.started):
        for key, stack in history.stacks.items():
            if stack.outcome is Outcome.DRIFTED:
                since = open_[key].since if key in open_ else history.started
                open_[key] = Drift(key, since, history.started, stack.kinds)
            elif stack.outcome in SETTLED:
                open_.pop(key, None)
    return tuple(sorted(open_.values(), key=lambda each: (each.since, each.key)))


def accounts_of(drifts: Iterable[Drift]) -> frozenset[AccountId]:
    return frozenset(drift.key.account_id for drift in drifts)
