from __future__ import annotations

from pathlib import Path

from orchestrator.adapters.terraform import arguments

TERRAFORM = Path("/usr/bin/terraform")


def test_init_changes_no_lock_file_and_asks_nothing() -> None:
    assert arguments.init(TERRAFORM) == (
        "/usr/bin/terraform",
        "init",
        "-input=false",
        "-no-color",
        "-lockfile=readonly",
    )


def test_moving_a_state_is_never_done_by_accident() -> None:
    assert "-migrate-state" not in arguments.init(TERRAFORM)
    assert {"-migrate-state", "-force-copy"} < set(arguments.init(TERRAFORM, migrate=True))


def test_a_plan_is_saved_and_takes_no_lock() -> None:
    argv = arguments.plan(TERRAFORM)

    assert {"-lock=false", "-out=plan.tfplan", "-detailed-exitcode", "-input=false"} < set(argv)
    assert "-refresh-only" not in argv
    assert "-refresh-only" in arguments.plan(TERRAFORM, refresh_only=True)


def test_an_apply_is_of_one_plan_file_and_waits_for_the_lock() -> None:
    argv = arguments.apply(TERRAFORM, Path("/build/plan.tfplan"))

    assert argv[1] == "apply"
    assert argv[-1] == "/build/plan.tfplan"
    assert "-lock-timeout=60s" in argv
    assert "-auto-approve" not in argv


def test_terraform_is_told_how_many_requests_to_make_at_a_time() -> None:
    assert "-parallelism=4" in arguments.plan(TERRAFORM, parallelism=4)
    assert "-parallelism=4" in arguments.apply(TERRAFORM, Path("plan.tfplan"), 4)
    assert not [word for word in arguments.plan(TERRAFORM) if "parallelism" in word]
