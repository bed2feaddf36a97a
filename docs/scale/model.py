"""How long a run over many accounts takes, what holds it up, and what a month of runs costs.

A run is as long as the slowest of what it needs: processors, the wait for AWS's answers, and each
of AWS's rates, all of which are used side by side. Small things are left out on purpose: it is
about which limit comes first, and how far away the next one is.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from docs.scale import prices, quotas

START_SECONDS = 90.0
"""Until a task on Fargate has fetched its image and asks for work; assumed."""

LATENCY = 0.08
"""Seconds of a call to AWS, and how many a provider makes side by side; both assumed."""
SIDE_BY_SIDE = 10
READS_A_RESOURCE = 1.5
CHANGED_SHARE = 0.05
"""Resources that a routine apply writes, each with a wait until AWS has it; assumed."""
WRITE_SECONDS = 5.0
DEVIATING_SHARE = 0.05
"""Accounts with a configuration policy of their own in Security Hub; assumed."""
HEARTBEAT = 30.0


class Kind(StrEnum):
    """What a run does."""

    PLAN = "plan"
    APPLY = "apply"
    DRIFT = "drift"


@dataclass(frozen=True, slots=True)
class Figures:
    """CPU seconds for one account of two regions, and where they were measured."""

    plan: float
    apply: float
    drift: float
    resources: int
    origin: str

    def cpu(self, kind: Kind) -> float:
        return {Kind.PLAN: self.plan, Kind.APPLY: self.apply, Kind.DRIFT: self.drift}[kind]


@dataclass(frozen=True, slots=True)
class Fleet:
    """`resources` are those of an account in each of its regions together."""

    accounts: int
    regions: int
    resources: int


@dataclass(frozen=True, slots=True)
class Workers:
    """Machines that work on a run; 0 of them means: this machine alone."""

    count: int
    vcpus: float = 2.0
    gib: float = 8.0
    parallel: int = 4

    @property
    def slots(self) -> int:
        return self.count * self.parallel


@dataclass(frozen=True, slots=True)
class Estimate:
    """Seconds of a run, and what they are spent on, the longest first."""

    seconds: float
    spent: Mapping[str, float]

    @property
    def bottleneck(self) -> str:
        return next(iter(self.spent))

    @property
    def next_limit(self) -> str:
        """What would hold it up however many workers there were."""
        return next(name for name in self.spent if not name.startswith("workers"))


def estimate(kind: Kind, fleet: Fleet, workers: Workers, figures: Figures) -> Estimate:
    """How long the run takes with these workers."""
    spent = {**_machines(kind, fleet, workers, figures), **_services(kind, fleet, workers)}
    longest = dict(sorted(spent.items(), key=lambda each: -each[1]))
    begin = START_SECONDS + 2 * _one_stack(kind, fleet, workers, figures)
    return Estimate(begin + next(iter(longest.values())), longest)


def exceeded(fleet: Fleet, workers: Workers) -> tuple[quotas.Ceiling, ...]:
    """What cannot be had at this size, however long one waits."""
    asked = {
        quotas.CEILINGS[0].name: workers.slots,
        quotas.CEILINGS[1].name: fleet.accounts,
        quotas.CEILINGS[2].name: fleet.accounts,
    }
    return tuple(each for each in quotas.CEILINGS if asked[each.name] > each.most)


def workers_for(kind: Kind, fleet: Fleet, hours: float, figures: Figures) -> Workers | None:
    """The fewest workers that do it within `hours`; None if no number does."""
    for count in _counts():
        if estimate(kind, fleet, Workers(count), figures).seconds <= hours * 3600:
            return Workers(count)
    return None


def cost(kind: Kind, fleet: Fleet, workers: Workers, figures: Figures) -> float:
    """USD of one run."""
    hours = estimate(kind, fleet, workers, figures).seconds / 3600
    machine = workers.vcpus * prices.VCPU_HOUR + workers.gib * prices.GIB_HOUR
    return workers.count * hours * machine + fleet.accounts * _handling(kind)


MONTHLY: Mapping[Kind, int] = {Kind.DRIFT: 30, Kind.PLAN: 20, Kind.APPLY: 4}
"""Runs over all accounts in a month: drift daily, a plan each working day, an apply a week."""


def monthly(fleet: Fleet, workers: Mapping[Kind, Workers], figures: Figures) -> float:
    """USD a month, without what AWS Config, Security Hub and the logs themselves cost."""
    runs = (times * cost(kind, fleet, workers[kind], figures) for kind, times in MONTHLY.items())
    return prices.STANDING + sum(runs)


def _machines(kind: Kind, fleet: Fleet, workers: Workers, figures: Figures) -> dict[str, float]:
    processor = fleet.accounts * _cpu(kind, fleet, figures) / (workers.count * workers.vcpus)
    waiting = fleet.accounts * _one_stack(kind, fleet, workers, figures) / workers.slots
    return {"workers' processors": processor, "workers' wait for AWS": waiting}


def _services(kind: Kind, fleet: Fleet, workers: Workers) -> dict[str, float]:
    accounts, writes = fleet.accounts, STATE_WRITES[kind]
    pages = math.ceil(accounts / quotas.ACCOUNTS_A_PAGE)
    beats = workers.slots / HEARTBEAT
    return {
        "STS AssumeRole": accounts * ROLES[kind] / quotas.ASSUME_ROLE.a_second,
        "S3 reads of states": accounts * STATE_READS[kind] / quotas.STATE_READS.a_second,
        "S3 writes of states": accounts * writes / quotas.STATE_WRITES.a_second,
        "Step Functions StartExecution": accounts / quotas.STARTS.a_second,
        "Step Functions transitions": accounts * TRANSITIONS / quotas.TRANSITIONS.a_second,
        "Step Functions answers": accounts / max(quotas.ANSWERS.a_second - beats, 1.0),
        "Security Hub associations": accounts * DEVIATING_SHARE / quotas.SECURITY_HUB.a_second,
        "Organizations ListAccounts": pages / quotas.ORGANIZATIONS.a_second,
    }


ROLES: Mapping[Kind, int] = {Kind.PLAN: 2, Kind.APPLY: 6, Kind.DRIFT: 2}
"""AssumeRole for a stack: into the account and for its state, for each stage."""
STATE_READS: Mapping[Kind, int] = {Kind.PLAN: 4, Kind.APPLY: 12, Kind.DRIFT: 3}
STATE_WRITES: Mapping[Kind, int] = {Kind.PLAN: 1, Kind.APPLY: 12, Kind.DRIFT: 1}
"""Requests for a stack: state, lock, lease, and the run's record of what came of it."""
TRANSITIONS = 3


def _handling(kind: Kind) -> float:
    """USD for one stack, beside the worker."""
    objects = STATE_READS[kind] * prices.S3_READ + STATE_WRITES[kind] * prices.S3_WRITE
    keys = (STATE_READS[kind] + STATE_WRITES[kind] + 3) * prices.KEY_REQUEST
    logged = 20_000 / 2**30 * prices.LOG_GIB
    return TRANSITIONS * prices.TRANSITION + 4 * prices.QUEUE_REQUEST + objects + keys + logged


def _cpu(kind: Kind, fleet: Fleet, figures: Figures) -> float:
    """The work grows with the resources, from what it was when it was measured."""
    return figures.cpu(kind) * fleet.resources / figures.resources


def _one_stack(kind: Kind, fleet: Fleet, workers: Workers, figures: Figures) -> float:
    """Seconds of one stack on a worker that has nothing else to do, AWS's answers included."""
    reads = fleet.resources * READS_A_RESOURCE * LATENCY / SIDE_BY_SIDE
    times = 2 if kind is Kind.APPLY else 1
    waits = fleet.resources * CHANGED_SHARE * WRITE_SECONDS if kind is Kind.APPLY else 0.0
    return _cpu(kind, fleet, figures) / min(workers.vcpus, 1.0) + times * reads + waits


def _counts() -> tuple[int, ...]:
    return (*range(1, 20), *range(20, 200, 10), *range(200, 2001, 100))
