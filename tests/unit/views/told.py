"""A run of 500 accounts, told event by event."""

from __future__ import annotations

from dataclasses import dataclass, field

from orchestrator.model.events import (
    Event,
    GroupEnded,
    GroupStarted,
    Planned,
    RunStarted,
    StackEnded,
    StageEnded,
    StageStarted,
)
from orchestrator.model.names import AccountId, StackKey, StackName
from orchestrator.model.run import Outcome, StackResult
from orchestrator.views.live_state import Progress, fold

RUN = "20260601-120000-beef"
WAVES = (("canary", 1), ("development", 280), ("infrastructure", 19), ("production", 200))


def key(number: int) -> StackKey:
    return StackKey(AccountId(f"3{number:011}"), f"prod-{number:03}", StackName.ACCOUNT)


LOG_ARCHIVE = StackKey(AccountId("200000000003"), "log-archive", StackName.LOG_ARCHIVE)


def groups() -> tuple[tuple[str, tuple[StackKey, ...]], ...]:
    """One foundation, and 500 accounts in four waves."""
    numbers = iter(range(1, 501))
    waves = tuple((f"wave {n}", tuple(key(next(numbers)) for _ in range(c))) for n, c in WAVES)
    return (("log_archive", (LOG_ARCHIVE,)), *waves)


@dataclass
class Telling:
    """Tells events at a clock that stands still unless it is moved."""

    now: float = 1000.0
    progress: Progress = field(default_factory=lambda: Progress(1000.0))

    def emit(self, *events: Event) -> None:
        for event in events:
            self.progress = fold(self.progress, event, self.now)

    def begin(self) -> None:
        self.emit(RunStarted(RUN, "apply", groups()))

    def plan(self, *keys: StackKey) -> None:
        self.emit(*(Planned(each, "d" * 64, "lineage:1") for each in keys))

    def end(self, each: StackKey, outcome: Outcome = Outcome.APPLIED, reason: str = "") -> None:
        self.emit(StageStarted(each, "apply"), StageEnded(each, "apply", 1.0, "6 create"))
        self.emit(StackEnded(StackResult(each, outcome, reason=reason)))


def in_the_middle(bad: Outcome = Outcome.DENIED, every: int = 40) -> Telling:
    """All planned; 200 of 280 of the second wave are done, one in `every` badly; six are running.

    A stack ends each second.
    """
    run = Telling()
    run.begin()
    named = dict(groups())
    for name in ("log_archive", "wave canary"):
        run.emit(GroupStarted(name, 1))
        run.now += 20
        run.plan(*named[name])
        run.end(named[name][0])
        run.emit(GroupEnded(name, 0, 20.0))
    for _, keys in groups():
        run.plan(*keys)
    wave = named["wave development"]
    run.emit(GroupStarted("wave development", len(wave)))
    for number, each in enumerate(wave[:200], 1):
        run.now += 1
        if number % every:
            run.end(each)
        else:
            run.end(each, bad, f"apply: AWS refused \x1b[31miam:CreateRole {'very ' * 40}\nfix: x")
    for each in wave[200:206]:
        run.now += 1
        run.emit(StageStarted(each, "apply"))
    return run
