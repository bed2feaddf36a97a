"""What is to be rehearsed: how many accounts, which faults, and when the program is killed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from signal import Signals

from orchestrator.rehearsal.stacks import Weight
from orchestrator.sandbox.fleet import Fleet, FleetAccount

BREAKING = "iam:UpdateAccountPasswordPolicy:deny:1"
"""A call that every account's stack makes, and that a broken account refuses."""

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Scenario:
    """`throttle` and `errors` are shares of all requests, from 0 to 1; `kills` are seconds from the
    start of an attempt, one for each attempt. `words` are handed on to `apply all`.
    """

    accounts: int
    weight: Weight = Weight.LIGHT
    throttle: float = 0.0
    errors: float = 0.0
    broken: int = 0
    kills: tuple[float, ...] = ()
    signal: Signals = Signals.SIGKILL
    memory: int = 4096 * MIB
    seed: int = 0
    words: tuple[str, ...] = field(default=())

    def faults(self) -> tuple[str, ...]:
        """What is put into every request, in the words of `sandbox start --fault`."""
        wanted = ((self.throttle, "throttle"), (self.errors, "error"))
        return tuple(f"*:*:{kind}:{rate:g}" for rate, kind in wanted if rate)

    def breaking(self, broken: Sequence[FleetAccount]) -> tuple[str, ...]:
        """What keeps the stacks of broken accounts from being applied."""
        return tuple(f"{account.id}@{BREAKING}" for account in broken)


def broken_accounts(fleet: Fleet, count: int) -> tuple[FleetAccount, ...]:
    """`count` accounts, spread evenly; those that were added to the fleet, if they are enough."""
    generated = [a for a in fleet.accounts if a.id.startswith("3000")]
    others = [a for a in fleet.accounts if a.id != fleet.management_id]
    among = generated if len(generated) >= count else others
    step = max(1, len(among) // count) if count else 1
    return tuple(among[step // 2 :: step][:count])
