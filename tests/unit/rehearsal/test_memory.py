from __future__ import annotations

import os
import subprocess
import sys
import time

import psutil
import pytest

from orchestrator.rehearsal.memory import Sampler, kind, measured

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
