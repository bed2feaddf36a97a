"""What keeps stacks and waves from starting: budgets, bake time, health, pauses, stops."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from threading import Event as Flag

import pytest

from orchestrator.errors import AwsDenied
from orchestrator.model.events import (
    Event,
    GroupEnded,
    GroupStarted,
    Halted,
    RunStarted,
    StackEnded,
    StageEnded,
    StageStarted,
    Waiting,
)
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.organization import Account
from orchestrator.model.run import Answer, Outcome, Probe, StackResult, code_of
from orchestrator.model.waves import FailureMode, Failures, Health, Wave
from orchestrator.ports import Ports
from orchestrator.rollout import rollout
from orchestrator.stages.context import RunOptions
from orchestrator.stages.jobs import Group, together
from tests.builders import a_change, a_job, an_account
from tests.fakes import NOW, FakeFindings, FakeInspector, FakeLocks, FakeTerraform, some_ports

TODAY = date(2026, 6, 1)
DENIED = AwsDenied("200000000006", "orchestrator-apply", "sts:AssumeRole", "no")
BROKEN = ("a6", "a8", "a10", "a12", "a14")


@dataclass
class Told:
    """Remembers the events; stops the run when it hears the words."""

    stop_at: str = "nothing says this"
    events: list[Event] = field(default_factory=list)
    stop: Flag = field(default_factory=Flag)

    def __call__(self, event: Event) -> None:
        self.events.append(event)
        if self.stop_at in str(event):
            self.stop.set()

    def of(self, kind: type) -> list[Event]:
        return [event for event in self.events if isinstance(event, kind)]


class NoTime(Flag):
    """Waits for nothing, and remembers how long it should have."""

    waited: float = 0.0

    def wait(self, timeout: float | None = None) -> bool:
        self.waited += timeout or 0.0
        return self.is_set()


def groups(wave: Wave, stacks: int = 20) -> tuple[Group, ...]:
    first = tuple(a_job(an_account(n, f"a{n}")) for n in range(6, 6 + stacks))
    last = (a_job(an_account(99, "last")),)
    return Group("wave first", first, wave.width, wave), Group("wave second", last, 1, Wave())


def breaking() -> FakeTerraform:
    return FakeTerraform(changes=(a_change(),), failing_apply=dict.fromkeys(BROKEN, DENIED))


def run(wave: Wave, ports: Ports, stacks: int = 20, **options: object) -> dict[str, StackResult]:
    results = rollout.apply(groups(wave, stacks), ports, RunOptions(TODAY, **options))  # type: ignore[arg-type]
    return {result.key.account_name: result for result in results}


def count(results: dict[str, StackResult], outcome: Outcome) -> int:
    return sum(result.outcome is outcome for result in results.values())


def test_a_strict_budget_of_three_stops_at_the_fourth_of_five_broken_accounts() -> None:
    wave = Wave(width=8, failures=Failures(tolerance=3))

    results = run(wave, some_ports(breaking()))

    assert count(results, Outcome.DENIED) == 4
    assert results["a14"].outcome is Outcome.SKIPPED
    assert results["a14"].reason == "more stacks have failed than tolerated"
    assert results["last"].outcome is Outcome.SKIPPED
    assert results["last"].reason == "4 stacks before it failed, 3 tolerated"


def test_a_strict_budget_of_five_is_not_spent_by_five_broken_accounts() -> None:
    results = run(Wave(width=8, failures=Failures(tolerance=5)), some_ports(breaking()))

    assert count(results, Outcome.DENIED) == 5
    assert count(results, Outcome.APPLIED) == 16
    assert results["last"].outcome is Outcome.APPLIED


def test_a_soft_budget_lets_what_is_under_way_come_to_its_end() -> None:
    wave = Wave(width=20, failures=Failures(tolerance=3, mode=FailureMode.SOFT))

    results = run(wave, some_ports(breaking()))

    assert count(results, Outcome.DENIED) == 5
    assert count(results, Outcome.APPLIED) == 15
    assert results["last"].outcome is Outcome.SKIPPED


def test_a_soft_budget_starts_nothing_new_once_it_is_spent() -> None:
    wave = Wave(width=1, failures=Failures(tolerance="15%", mode=FailureMode.SOFT))

    results = run(wave, some_ports(breaking()))

    assert count(results, Outcome.DENIED) == 4
    assert [results[f"a{n}"].outcome for n in range(13, 26)] == [Outcome.SKIPPED] * 13


def test_what_the_gate_or_a_plan_refused_counts_before_anything_is_applied() -> None:
    terraform = FakeTerraform(changes=(a_change(),), failing=dict.fromkeys(BROKEN, DENIED))

    results = run(Wave(width=8, failures=Failures(tolerance=3)), some_ports(terraform))

    assert not terraform.applied
    assert count(results, Outcome.SKIPPED) == 16


def test_the_command_line_tolerates_for_all_waves() -> None:
    wave = Wave(width=8, failures=Failures(tolerance=0))

    results = run(wave, some_ports(breaking()), tolerated=5)

    assert results["last"].outcome is Outcome.APPLIED


def test_a_wave_bakes_before_the_next_one_and_not_after_the_last() -> None:
    told, stop = Told(), NoTime()
    ports = some_ports(FakeTerraform(changes=(a_change(),)), emit=told)

    results = run(Wave(bake_minutes=30), ports, stacks=2, stop=stop)

    assert stop.waited == 1800
    assert told.of(Waiting) == [Waiting("wave first bakes for 30 min", 1800.0)]
    assert results["last"].outcome is Outcome.APPLIED


def test_a_bake_is_broken_off_when_the_run_is_stopped() -> None:
    told = Told(stop_at="bakes")
    ports = some_ports(FakeTerraform(changes=(a_change(),)), emit=told)

    results = run(Wave(bake_minutes=600), ports, stacks=2, stop=told.stop)

    assert results["last"].reason == "the run was stopped"


UNWELL = FakeInspector((Probe("Security Hub in us-east-1", Answer.DIFFERENT, "off"),))


def checked(health: Health, **fakes: object) -> tuple[dict[str, StackResult], Told]:
    told = Told()
    ports = some_ports(FakeTerraform(changes=()), emit=told, **fakes)  # type: ignore[arg-type]
    return run(Wave(health=health), ports, stacks=3), told


def test_new_findings_since_the_wave_began_keep_the_next_from_starting() -> None:
    found = FakeFindings({NOW: "S3 bucket is public (2)", NOW - timedelta(days=1): "old (2)"})

    results, told = checked(Health(new_critical_findings=0), findings=found)

    why = "wave first is not healthy: new critical or high findings: S3 bucket is public (2)"
    assert results["last"].outcome is Outcome.SKIPPED
    assert results["last"].reason == why
    assert told.of(Halted) == [Halted(why)]


def test_findings_that_are_allowed_or_not_asked_for_keep_nobody() -> None:
    found = FakeFindings({NOW: "S3 bucket is public (2)"})

    for health in (Health(new_critical_findings=1), Health()):
        results, _ = checked(health, findings=found)
        assert results["last"].succeeded


def test_findings_that_cannot_be_read_are_not_healthy() -> None:
    results, _ = checked(Health(new_critical_findings=9), findings=FakeFindings(failing=DENIED))

    assert "findings cannot be read" in results["last"].reason


def test_accounts_that_are_not_as_declared_any_more_keep_the_next_wave_from_starting() -> None:
    class Worse(FakeInspector):
        """As declared while the wave goes on, and not after."""

        def inspect(self, account: object, key: object) -> tuple[Probe, ...]:
            bad = any("health check" in str(event) for event in told.events)
            return UNWELL.answers if bad else ()

    told = Told()
    ports = some_ports(FakeTerraform(changes=(a_change(),)), conformance=Worse(), emit=told)

    results = run(Wave(health=Health()), ports, stacks=3)

    assert results["a6"].outcome is Outcome.APPLIED
    assert "Security Hub in us-east-1: different (off)" in results["last"].reason


def test_what_is_on_its_way_keeps_no_wave_from_starting() -> None:
    late = FakeInspector((Probe("us-east-1: standards", Answer.ON_ITS_WAY, "a is PENDING"),))

    results, _ = checked(Health(), conformance=late)

    assert results["last"].succeeded


def test_a_foundation_that_aws_could_not_bring_everywhere_lets_the_others_go_on() -> None:
    failed = Probe("configuration policies", Answer.NOT_EVERYWHERE, "orders: no recorder")

    class Founded(FakeInspector):
        def inspect(self, account: Account, key: StackKey) -> tuple[Probe, ...]:
            return (failed,) if account.name == "founding" else ()

    ports = some_ports(FakeTerraform(changes=(a_change(),)), conformance=Founded())
    founding = Group("security", (a_job(an_account(5, "founding"), StackName.SECURITY),), 1)
    ordered = (founding, *groups(Wave(), stacks=2))

    results = {r.key.account_name: r for r in rollout.apply(ordered, ports, RunOptions(TODAY))}

    assert results["founding"].outcome is Outcome.PARTLY
    assert results["last"].outcome is Outcome.APPLIED
    assert code_of(r.outcome for r in results.values()) is ExitCode.INCOMPLETE


@pytest.mark.parametrize(("rate", "well"), [("25%", True), ("24%", False)])
def test_tolerated_failures_may_still_be_too_large_a_share(rate: str, well: bool) -> None:
    wave = Wave(health=Health(error_rate=rate), failures=Failures(tolerance=9))

    results = run(wave, some_ports(breaking()))

    assert (results["last"].outcome is Outcome.APPLIED) is well
    if not well:
        assert "5 of 20 stacks failed, error_rate is 24%" in results["last"].reason


def test_a_run_that_is_to_pause_ends_after_the_wave_and_says_so() -> None:
    told = Told()
    ports = some_ports(FakeTerraform(changes=(a_change(),)), emit=told)

    results = run(Wave(), ports, stacks=2, pause_after="wave first")

    assert results["last"].outcome is Outcome.SKIPPED
    assert results["last"].reason == "paused after wave first"
    assert told.of(Halted) == [Halted("paused after wave first")]


def test_an_account_that_another_run_holds_is_left_alone_and_its_holder_named() -> None:
    terraform = FakeTerraform(changes=(a_change(),))
    locks = FakeLocks(busy={"a6": "run r-1 on another-host, until 12:15"})

    results = run(Wave(), some_ports(terraform, locks=locks), stacks=2)

    assert results["a6"].outcome is Outcome.SKIPPED
    assert "held by run r-1 on another-host" in results["a6"].reason
    assert results["a7"].outcome is Outcome.APPLIED
    assert "apply a6/account" not in terraform.calls
    assert results["last"].reason == "one stack before it failed"


def test_plans_and_drift_checks_hold_no_account() -> None:
    locks = FakeLocks(busy={"a6": "another run"})
    ports = some_ports(FakeTerraform(changes=(a_change(),)), locks=locks)
    job = a_job(an_account(6, "a6"))

    (planned,) = rollout.plan(together("plan", [job]), ports, RunOptions(TODAY))

    assert planned.outcome is Outcome.PLANNED


def test_what_is_under_way_when_the_run_is_stopped_is_finished_and_the_rest_not_begun() -> None:
    told = Told(stop_at="stage='apply'")
    terraform = FakeTerraform(changes=(a_change(),))

    results = run(Wave(width=1), some_ports(terraform, emit=told), stacks=3, stop=told.stop)

    assert results["a6"].outcome is Outcome.APPLIED
    assert results["a7"].outcome is Outcome.INTERRUPTED
    assert results["last"].reason == "the run was stopped"
    assert told.of(Halted) == [Halted("the run was stopped")]


def test_every_stack_ends_once_whatever_becomes_of_it() -> None:
    told = Told()
    wave = Wave(width=4, failures=Failures(tolerance=1))

    results = run(wave, some_ports(breaking(), emit=told))

    ended = [event.result for event in told.events if isinstance(event, StackEnded)]
    assert len(ended) == len(results) == 21
    assert {result.key: result for result in ended} == {r.key: r for r in results.values()}
    assert isinstance(told.events[0], RunStarted)


def test_groups_and_stages_begin_and_end() -> None:
    told = Told()

    run(Wave(), some_ports(FakeTerraform(changes=(a_change(),)), emit=told), stacks=1)

    started = [(event.key, event.stage) for event in told.events if isinstance(event, StageStarted)]
    stopped = [(event.key, event.stage) for event in told.events if isinstance(event, StageEnded)]
    assert sorted(started) == sorted(stopped)
    assert {stage for _, stage in started} == {"init", "plan", "scan", "apply", "verify"}
    assert [event.name for event in told.events if isinstance(event, GroupStarted)] == [
        event.name for event in told.events if isinstance(event, GroupEnded)
    ]


def test_a_stage_that_fails_ends_as_well() -> None:
    told = Told()

    run(Wave(), some_ports(breaking(), emit=told), stacks=1)

    assert [e.note for e in told.events if isinstance(e, StageEnded) and e.stage == "apply"] == [
        "denied",
    ]
