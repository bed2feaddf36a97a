from __future__ import annotations

import json
import os
import subprocess
import sys
import time

import psutil
import pytest

from orchestrator.rehearsal.program import ProgramOutput, Sampler, kind, measured


def output(*lines: object) -> ProgramOutput:
    found = ProgramOutput()
    for line in lines:
        found.line(line if isinstance(line, str) else json.dumps(line) + "\n")
    return found


def test_a_killed_program_has_told_its_run_its_waves_and_what_had_ended() -> None:
    found = output(
        {"event": "run_started", "run": "r-1"},
        {"event": "group_started", "run": "r-1", "name": "wave canary"},
        {"event": "stack_ended", "run": "r-1", "outcome": "applied"},
        {"event": "stack_ended", "run": "r-1", "outcome": "denied"},
        {"event": "halted", "run": "r-1", "why": "1 failure"},
        '{"event": "stack_en',
    )

    assert found.run == "r-1"
    assert found.waves == ["wave canary"]
    assert found.outcomes == {"applied": 1, "denied": 1}
    assert found.halted == "1 failure"
    assert found.stacks == ()


def test_the_result_brings_every_stack() -> None:
    found = output(
        {"event": "result", "run": "r-1", "result": {"stacks": [{"outcome": "applied"}]}}
    )

    assert found.stacks == ({"outcome": "applied"},)


def test_what_is_no_event_says_nothing() -> None:
    assert output("management/bootstrap  applied\n", "[1]\n", '"x"\n', "\n") == ProgramOutput()


MIB = 1024 * 1024
EATER = "import sys; held = b'x' * (64 << 20); print(flush=True); sys.stdin.read()"


def test_a_process_counts_with_what_it_has_started_until_it_ends() -> None:
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {EATER!r}])"
    with (
        Sampler(pause=0.05) as sampler,
        subprocess.Popen(
            [sys.executable, "-c", parent], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as child,
    ):
        sampler.watch(child.pid)
        assert child.stdout is not None
        child.stdout.readline()
        while max((sample.total for sample in sampler.samples), default=0) < 64 * MIB:
            time.sleep(0.05)
        assert len(sampler.alive()) == 2
        child.communicate()

    assert max(sample.total for sample in sampler.samples) > 64 * MIB
    assert sampler.alive() == ()


def test_what_a_killed_process_leaves_behind_is_still_seen() -> None:
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {EATER!r}])"
    sampler = Sampler()
    with subprocess.Popen(
        [sys.executable, "-c", parent], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        sampler.watch(child.pid)
        assert child.stdout is not None
        child.stdout.readline()
        sampler.alive()
        child.kill()
        child.wait()

        (orphan,) = sampler.alive()

        orphan.kill()
        psutil.wait_procs([orphan], timeout=10)
    assert sampler.alive() == ()


def test_shared_memory_is_counted_once() -> None:
    ours = psutil.Process(os.getpid())

    (size,) = measured([ours]).values()

    assert 0 < size <= ours.memory_info().rss


@pytest.mark.parametrize(
    ("name", "argv", "known"),
    [
        ("terraform-prov", ["/p/terraform-provider-aws_v5"], "providers"),
        ("terraform", ["terraform", "plan"], "terraform"),
        ("python3", ["python", "-m", "checkov.main"], "checkov"),
        ("python3", ["python", "-m", "orchestrator"], "orchestrator"),
    ],
)
def test_processes_are_told_apart(name: str, argv: list[str], known: str) -> None:
    assert kind(name, argv) == known
