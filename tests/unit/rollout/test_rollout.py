from __future__ import annotations

from datetime import date
from threading import Event

from orchestrator.drift.verdict import Care
from orchestrator.errors import AwsDenied, ScanFailed
from orchestrator.model.names import StackName
from orchestrator.model.run import Outcome
from orchestrator.rollout import rollout
from orchestrator.stages.context import RunOptions
from orchestrator.stages.jobs import Group, groups, together
from tests.builders import a_change, a_job, an_account, an_organization
from tests.fakes import FakeScanner, FakeSessions, FakeTerraform, some_ports

TODAY = date(2026, 6, 1)
ONE, TWO, THREE = (an_account(n, name) for n, name in ((6, "one"), (7, "two"), (8, "three")))
DENIED = AwsDenied("200000000006", "orchestrator-plan", "sts:AssumeRole", "no")


def options(tolerated: int = 0, stop: Event | None = None) -> RunOptions:
    return RunOptions(TODAY, width=2, tolerated=tolerated, stop=stop or Event())


def waves_of_one_and_two() -> tuple[Group, ...]:
    return (
        Group("wave canary", (a_job(ONE), a_job(TWO)), 2),
        Group("wave rest", (a_job(THREE),), 2),
    )


def test_foundations_come_before_the_waves_and_waves_in_their_order() -> None:
    organization = an_organization((ONE, TWO), {"canary": (TWO,), "rest": (ONE,)})
    jobs = [
        a_job(ONE),
        a_job(TWO),
        a_job(organization.security, StackName.SECURITY),
        a_job(organization.management, StackName.ORGANIZATION),
        a_job(organization.log_archive, StackName.LOG_ARCHIVE),
    ]

    ordered = groups(jobs, organization, width=2)

    names = [group.name for group in ordered]
    assert names == ["log_archive", "organization", "security", "wave canary", "wave rest"]
    assert [group.jobs[0].key.account_name for group in ordered[3:]] == ["two", "one"]


def test_a_plan_scans_all_stacks_in_one_go_and_changes_nothing() -> None:
    terraform, scanner = FakeTerraform(changes=(a_change(),)), FakeScanner()
    jobs = [a_job(ONE), a_job(TWO), a_job(THREE)]

    results = list(rollout.plan(together("plan", jobs), some_ports(terraform, scanner), options()))

    assert [result.outcome for result in results] == [Outcome.PLANNED] * 3
    assert scanner.scans == [3]
    assert not [call for call in terraform.calls if call.startswith("apply")]


def test_the_security_stack_is_planned_once_the_organization_stack_was_applied() -> None:
    organization = an_organization((ONE,))
    jobs = [
        a_job(organization.management, StackName.ORGANIZATION),
        a_job(organization.security, StackName.SECURITY),
        a_job(ONE),
    ]
    for applied, outcome in ((False, Outcome.SKIPPED), (True, Outcome.UNCHANGED)):
        ports = some_ports(sessions=FakeSessions(applied=applied))

        results = {
            result.key.stack: result
            for result in rollout.plan(together("plan", jobs), ports, options())
        }

        assert results[StackName.SECURITY].outcome is outcome
        assert results[StackName.ORGANIZATION].outcome is Outcome.UNCHANGED
        assert results[StackName.ACCOUNT].outcome is Outcome.UNCHANGED


def test_a_plan_without_changes_needs_no_scan() -> None:
    scanner = FakeScanner()

    (result,) = rollout.plan(together("plan", [a_job(ONE)]), some_ports(scanner=scanner), options())

    assert result.outcome is Outcome.UNCHANGED
    assert scanner.scans == []


def test_all_accounts_are_scanned_in_one_go_before_the_first_wave() -> None:
    terraform, scanner = FakeTerraform(changes=(a_change(),)), FakeScanner()

    list(rollout.apply(waves_of_one_and_two(), some_ports(terraform, scanner), options()))

    assert scanner.scans == [3]
    planned = [n for n, call in enumerate(terraform.calls) if call.startswith("plan")]
    assert planned == [0, 1, 2]


def test_one_bad_account_does_not_stop_the_others_of_its_wave() -> None:
    terraform = FakeTerraform(changes=(a_change(),), failing={"one": DENIED})

    results = {
        result.key.account_name: result.outcome
        for result in rollout.apply(waves_of_one_and_two(), some_ports(terraform), options())
    }

    assert results["one"] is Outcome.DENIED
    assert results["two"] is Outcome.APPLIED


def test_the_next_wave_waits_for_the_failures_of_this_one_to_be_looked_at() -> None:
    terraform = FakeTerraform(changes=(a_change(),), failing={"one": DENIED})
    ports = some_ports(terraform)

    stopped = list(rollout.apply(waves_of_one_and_two(), ports, options()))
    assert stopped[-1].outcome is Outcome.SKIPPED
    assert stopped[-1].reason == "one stack before it failed"

    tolerated = list(rollout.apply(waves_of_one_and_two(), ports, options(tolerated=1)))
    assert tolerated[-1].outcome is Outcome.APPLIED


def test_nothing_is_built_on_a_foundation_that_failed_whatever_is_tolerated() -> None:
    terraform = FakeTerraform(changes=(a_change(),), failing={"one": DENIED})
    foundation = Group("log_archive", (a_job(ONE, StackName.LOG_ARCHIVE),), 1)
    after = Group("organization", (a_job(TWO, StackName.ORGANIZATION),), 1)

    *_, last = rollout.apply((foundation, after), some_ports(terraform), options(tolerated=9))

    assert last.outcome is Outcome.SKIPPED


def test_an_apply_that_fails_is_told_from_a_plan_that_fails() -> None:
    terraform = FakeTerraform(changes=(a_change(),), failing_apply={"one": DENIED})

    results = list(rollout.apply(waves_of_one_and_two(), some_ports(terraform), options(1)))

    (bad,) = [result for result in results if result.outcome is Outcome.DENIED]
    assert bad.reason.startswith("apply: ")


def test_a_scanner_that_fails_lets_no_plan_through() -> None:
    terraform = FakeTerraform(changes=(a_change(),))
    ports = some_ports(terraform, FakeScanner(failing=ScanFailed("checkov ended with 2")))

    results = list(rollout.apply(waves_of_one_and_two(), ports, options()))

    assert {result.outcome for result in results} == {Outcome.FAILED, Outcome.SKIPPED}
    assert not terraform.applied


def test_nothing_starts_after_the_run_was_told_to_stop() -> None:
    terraform, stop = FakeTerraform(changes=(a_change(),)), Event()
    stop.set()

    results = list(rollout.apply(waves_of_one_and_two(), some_ports(terraform), options(stop=stop)))

    assert {result.outcome for result in results} == {Outcome.SKIPPED}
    assert terraform.calls == []


def test_drift_of_every_account_is_reported() -> None:
    terraform = FakeTerraform(drift=(a_change(),))

    results = list(
        rollout.drift(
            together("drift", [a_job(ONE), a_job(TWO)]), some_ports(terraform), options(), Care()
        )
    )

    assert [result.outcome for result in results] == [Outcome.DRIFTED] * 2


def test_a_plan_that_cannot_be_scanned_fails_its_stack_alone() -> None:
    jobs = [a_job(ONE), a_job(TWO), a_job(THREE)]
    scanner = FakeScanner(unreadable={jobs[1].key: ScanFailed("it is odd", "look at it")})
    terraform = FakeTerraform(changes=(a_change(),))

    results = list(rollout.plan(together("plan", jobs), some_ports(terraform, scanner), options()))

    outcomes = {result.key.account_name: result.outcome for result in results}
    assert outcomes == {
        "one": Outcome.PLANNED,
        "two": Outcome.FAILED,
        "three": Outcome.PLANNED,
    }
    (failed,) = (result for result in results if result.outcome is Outcome.FAILED)
    assert failed.reason == "scan: it is odd\n  fix: look at it"
