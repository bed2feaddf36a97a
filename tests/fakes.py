"""Ports that answer or refuse, and remember what they were asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from orchestrator.errors import AccountBusy, LeaseLost, ScanFailed
from orchestrator.model.drift import Baseline, Reading, Sighting, Suspect, Unread
from orchestrator.model.events import Emit, silently
from orchestrator.model.names import AccountId, StackKey
from orchestrator.model.organization import Account
from orchestrator.model.plan import Change, Plan, Rendering, Violation
from orchestrator.model.run import Probe
from orchestrator.ports import Entry, Environment, Ports, Purpose, Rest, Scan
from tests.builders import a_plan, a_reading


@dataclass
class FakeFolders:
    discarded: list[StackKey] = field(default_factory=list)

    def write(self, rendering: Rendering) -> Path:
        return Path("build") / rendering.key.folder

    def discard(self, plan: Plan) -> None:
        self.discarded.append(plan.key)


@dataclass
class FakeTerraform:
    """Plans `changes` (or what `plans` says of an account) until they are applied."""

    changes: tuple[Change, ...] = ()
    drift: tuple[Change, ...] = ()
    left: tuple[str, ...] = ()
    failing: Mapping[str, Exception] = field(default_factory=dict)
    """What is raised when an account of that name is planned."""
    failing_apply: Mapping[str, Exception] = field(default_factory=dict)
    showing: Mapping[str, Plan] = field(default_factory=dict)
    """What the plan file of an account of that name says, where it is not what was planned."""
    broken_off: bool = False
    """Whether an earlier apply left a state in the folder."""
    calls: list[str] = field(default_factory=list)
    roles: dict[str, str] = field(default_factory=dict)
    applied: set[StackKey] = field(default_factory=set)

    def init(self, folder: Path, env: Environment) -> bool:
        return False

    def plan(
        self, key: StackKey, folder: Path, rendered: str, env: Environment, *, refresh_only: bool
    ) -> Plan:
        self.calls.append(f"plan {key.account_name}/{key.stack}")
        self.roles[f"plan {key.account_name}"] = env["ROLE"]
        if key.account_name in self.failing:
            raise self.failing[key.account_name]
        changes = () if refresh_only or key in self.applied else self.changes
        return a_plan(*changes, key=key, drift=self.drift)

    def show(self, plan: Plan, env: Environment) -> Plan:
        self.calls.append(f"show {plan.key.account_name}/{plan.key.stack}")
        return self.showing.get(plan.key.account_name, plan)

    def apply(self, plan: Plan, env: Environment) -> None:
        self.calls.append(f"apply {plan.key.account_name}/{plan.key.stack}")
        self.roles[f"apply {plan.key.account_name}"] = env["ROLE"]
        if plan.key.account_name in self.failing_apply:
            raise self.failing_apply[plan.key.account_name]
        self.applied.add(plan.key)

    def unsaved(self, folder: Path) -> bool:
        return self.broken_off

    def save(self, folder: Path, env: Environment) -> None:
        self.calls.append(f"save as {env['ROLE']}")
        self.broken_off = False

    def migrate(self, folder: Path, env: Environment) -> None:
        self.calls.append("migrate")

    def is_empty(self, folder: Path, env: Environment) -> tuple[str, ...]:
        return self.left

    def record(self, folder: Path, env: Environment) -> None:
        self.calls.append("record")


@dataclass
class FakeScanner:
    violations: tuple[Violation, ...] = ()
    scans: list[int] = field(default_factory=list)
    failing: Exception | None = None
    unreadable: Mapping[StackKey, ScanFailed] = field(default_factory=dict)

    def scan(self, plans: Sequence[Plan]) -> Mapping[StackKey, Scan]:
        self.scans.append(len(plans))
        if self.failing:
            raise self.failing
        return {plan.key: self.unreadable.get(plan.key, self.violations) for plan in plans}


@dataclass
class FakeSessions:
    made: bool = True
    applied: bool = True
    states: Mapping[StackKey, str] = field(default_factory=dict)

    @contextmanager
    def open(self, key: StackKey, purpose: Purpose) -> Iterator[Entry]:
        yield Entry({"ROLE": str(purpose)}, str(purpose))

    def has_state(self, key: StackKey) -> bool:
        return self.applied

    def state_of(self, key: StackKey) -> str:
        return self.states.get(key, ":0")

    def roles_made(self, key: StackKey) -> bool:
        return self.made


@dataclass
class FakeInspector:
    answers: tuple[Probe, ...] = ()

    def arrivals(self, account: Account, key: StackKey) -> tuple[Probe, ...]:
        return ()

    def inspect(self, account: Account, key: StackKey) -> tuple[Probe, ...]:
        return self.answers


@dataclass
class FakeReader:
    """Reads `answer`, or fails."""

    answer: Reading | Unread = field(default_factory=a_reading)
    failing: Exception | None = None
    roles: list[str] = field(default_factory=list)
    only: Sequence[Suspect] | None = None

    @property
    def reads(self) -> int:
        return len(self.roles)

    def read(
        self,
        key: StackKey,
        folder: Path,
        env: Environment,
        only: Sequence[Suspect] | None = None,
    ) -> Reading | Unread:
        self.roles.append(env["ROLE"])
        self.only = only
        if self.failing:
            raise self.failing
        return self.answer


@dataclass
class FakeBaselines:
    kept: dict[StackKey, Baseline] = field(default_factory=dict)

    def get(self, key: StackKey) -> Baseline | None:
        return self.kept.get(key)

    def put(self, baseline: Baseline) -> None:
        self.kept[baseline.key] = baseline

    def forget(self, key: StackKey) -> None:
        self.kept.pop(key, None)


@dataclass
class FakeSightings:
    kept: dict[StackKey, tuple[Sighting, ...]] = field(default_factory=dict)

    def of(self, key: StackKey) -> tuple[Sighting, ...]:
        return self.kept.get(key, ())

    def keep(self, key: StackKey, sightings: tuple[Sighting, ...]) -> None:
        self.kept[key] = sightings


@dataclass
class FakeCapacity:
    carries: int = 99
    asked_to_slow_down: int = 0
    used: tuple[int, int] = (0, 0)

    def width(self, under_way: int) -> int:
        return self.carries

    def use(self, width: int, most: int) -> None:
        self.used = (width, most)

    def throttles(self) -> int:
        return self.asked_to_slow_down


@dataclass
class FakeFindings:
    """Findings that came up `at` a time; or what is raised."""

    found: Mapping[datetime, str] = field(default_factory=dict)
    failing: Exception | None = None

    def newer(self, accounts: Sequence[AccountId], since: datetime) -> tuple[str, ...]:
        if self.failing:
            raise self.failing
        return tuple(line for at, line in self.found.items() if at >= since)


@dataclass
class FakeLocks:
    """Some accounts are `busy` with another run, and the leases of some are `lost`."""

    busy: Mapping[str, str] = field(default_factory=dict)
    lost: frozenset[str] = frozenset()
    held: list[str] = field(default_factory=list)
    tidied: list[str] = field(default_factory=list)

    @contextmanager
    def hold(self, key: StackKey) -> Iterator[None]:
        if key.account_name in self.busy:
            raise AccountBusy(key.account_id, self.busy[key.account_name])
        self.held.append(str(key))
        yield
        self.held.remove(str(key))

    def confirm(self, key: StackKey) -> None:
        if key.account_name in self.lost:
            raise LeaseLost(f"account {key.account_id}")

    def tidy(self, key: StackKey) -> None:
        self.tidied.append(str(key))


NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


def some_ports(
    terraform: FakeTerraform | None = None,
    scanner: FakeScanner | None = None,
    sessions: FakeSessions | None = None,
    conformance: FakeInspector | None = None,
    reader: FakeReader | None = None,
    baselines: FakeBaselines | None = None,
    now: datetime = NOW,
    sightings: FakeSightings | None = None,
    capacity: FakeCapacity | None = None,
    findings: FakeFindings | None = None,
    locks: FakeLocks | None = None,
    emit: Emit = silently,
    rest: Rest = lambda _seconds: False,
) -> Ports:
    return Ports(
        FakeFolders(),
        terraform or FakeTerraform(),
        scanner or FakeScanner(),
        sessions or FakeSessions(),
        conformance or FakeInspector(),
        reader or FakeReader(),
        baselines or FakeBaselines(),
        lambda: now,
        sightings or FakeSightings(),
        capacity or FakeCapacity(),
        findings or FakeFindings(),
        locks or FakeLocks(),
        emit,
        rest,
    )
