from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from orchestrator.adapters.process import HANDED_OVER, Command, Ending, Grace, Processes
from orchestrator.adapters.process_guard import Guard
from orchestrator.adapters.process_output import KEPT
from orchestrator.adapters.process_watch import ticks
from orchestrator.errors import Interrupted, LeaseLost, ToolMissing

STUBBORN = """
import signal, sys, time
signal.signal(signal.SIGINT, lambda *_: print('SIGINT', flush=True))
if 'term' in sys.argv:
    signal.signal(signal.SIGTERM, lambda *_: print('SIGTERM', flush=True))
print('ready', flush=True)
while True:
    time.sleep(0.05)
"""
POLITE = """
import signal, sys, time
def stop(*_):
    print('finishing', flush=True)
    time.sleep(0.1)
    sys.exit(7)
signal.signal(signal.SIGINT, stop)
print('ready', flush=True)
time.sleep(60)
"""


def python(code: str, *arguments: str, cwd: Path | None = None, **options: Any) -> Command:
    command = Command((sys.executable, "-c", code, *arguments), cwd or Path("/"), {})
    return replace(command, **options)


def test_both_outputs_and_the_code_come_back() -> None:
    ended = Processes().run(
        python("import sys; print('out'); print('err', file=sys.stderr); sys.exit(3)")
    )

    assert (ended.code, ended.stdout, ended.stderr) == (3, "out\n", "err\n")
    assert ended.ending is Ending.EXITED
    assert ended.cpu_seconds > 0
    assert ended.seconds > 0


def test_a_process_sees_only_the_environment_it_is_given() -> None:
    code = "import os; print(sorted(set(os.environ) - {'LC_CTYPE'}))"

    assert Processes().run(python(code, env={"ONLY": "this"})).stdout == "['ONLY']\n"


def test_nothing_of_an_argument_is_read_by_a_shell() -> None:
    ended = Processes().run(python("import sys; print(sys.argv[1])", "$(id); `id` && *"))

    assert ended.stdout == "$(id); `id` && *\n"


ANSWERED = """
import pathlib, time
for question in "abc":
    print(question, flush=True)
    while not pathlib.Path(question).exists():
        time.sleep(0.01)
"""


def test_lines_arrive_while_the_process_runs(tmp_path: Path) -> None:
    seen: list[str] = []

    def answer(line: str) -> None:
        seen.append(line)
        (tmp_path / line).touch()

    ended = Processes().run(python(ANSWERED, cwd=tmp_path, timeout=120), answer)

    assert (ended.code, seen) == (0, ["a", "b", "c"])


def test_only_the_end_of_a_long_output_is_kept() -> None:
    ended = Processes().run(python(f"print('x' * 79 + chr(10), end='') or print('y' * {3 * KEPT})"))

    assert len(ended.stdout) <= KEPT
    assert ended.stdout.endswith("y\n")


def test_an_output_can_go_to_a_private_file(tmp_path: Path) -> None:
    file = tmp_path / "plan.json"

    ended = Processes().run(python("print('secret')", stdout=file))

    assert (ended.stdout, file.read_text()) == ("", "secret\n")
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_a_private_process_writes_is_for_its_owner_alone(tmp_path: Path) -> None:
    Processes().run(python("open('plan', 'w')", cwd=tmp_path, private=True))

    assert (tmp_path / "plan").stat().st_mode & 0o777 == 0o600


def test_a_process_that_takes_too_long_is_interrupted_first() -> None:
    ended = Processes().run(python(POLITE, timeout=2))

    assert ended.ending is Ending.TIMED_OUT
    assert (ended.code, ended.stdout) == (7, "ready\nfinishing\n")


def test_one_that_ignores_the_interrupt_is_terminated() -> None:
    ended = Processes().run(python(STUBBORN, timeout=2, grace=Grace(1, 60)))

    assert (ended.code, ended.stdout) == (-15, "ready\nSIGINT\n")


def test_one_that_ignores_both_is_killed() -> None:
    ended = Processes().run(python(STUBBORN, "term", timeout=2, grace=Grace(1, 1)))

    assert (ended.code, ended.stdout) == (-9, "ready\nSIGINT\nSIGTERM\n")


def test_all_running_processes_are_interrupted_together_and_none_is_started_after() -> None:
    processes = Processes()
    ready = threading.Barrier(3)
    endings: list[tuple[Ending, int]] = []

    def wait_for_the_other(line: str) -> None:
        if line == "ready":
            ready.wait()

    def run() -> None:
        ended = processes.run(python(POLITE), wait_for_the_other)
        endings.append((ended.ending, ended.code))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    ready.wait()
    processes.interrupt_all()
    for thread in threads:
        thread.join()

    assert endings == [(Ending.INTERRUPTED, 7)] * 2
    with pytest.raises(Interrupted, match="was not started"):
        processes.run(python("pass"))


def test_an_exception_in_the_one_who_waits_stops_the_process_before_it_is_raised() -> None:
    seen: list[str] = []

    def lose_patience(line: str) -> None:
        seen.append(line)
        if line == "ready":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Processes().run(python(POLITE), lose_patience)

    assert seen[0] == "ready"


def test_a_grandchild_that_holds_the_output_open_does_not_hold_us() -> None:
    code = "import subprocess; print(subprocess.Popen(['sleep', '600']).pid)"

    ended = Processes().run(python(code, env={"PATH": os.defpath}))

    os.kill(int(ended.stdout), signal.SIGKILL)  # it is still there
    assert ended.code == 0


def test_a_program_that_is_not_there_is_said_so() -> None:
    with pytest.raises(ToolMissing, match="'no-such-program' cannot be started"):
        Processes().run(Command(("no-such-program",), Path("/"), {"PATH": "/usr/bin"}))


def test_a_secret_is_refused_as_an_argument_by_name_and_not_by_value() -> None:
    command = python("pass", "password=hunter22", env={"AWS_SECRET_ACCESS_KEY": "hunter22"})

    with pytest.raises(ValueError, match="AWS_SECRET_ACCESS_KEY") as caught:
        Processes().run(command)
    assert "hunter22" not in str(caught.value)


TALKATIVE = """
import signal, time, pathlib
stopped = []
signal.signal(signal.SIGINT, lambda *_: stopped.append(1))
pathlib.Path('ready').touch()
for _ in range(600):
    print('x' * 200, flush=True)
    time.sleep(0.02)
    if stopped:
        pathlib.Path('ended').write_text('in an orderly way')
        break
"""
SHORT = """
import pathlib, signal, time
interrupted = []
signal.signal(signal.SIGINT, lambda *_: interrupted.append(1))
pathlib.Path('ready').touch()
for _ in range(100):
    print('x' * 200, flush=True)
    time.sleep(0.02)
pathlib.Path('ended').write_text('interrupted' if interrupted else 'uninterrupted')
"""
KILLED = """
import sys
from pathlib import Path
from orchestrator.adapters.process import Command, Processes
from orchestrator.adapters.process_guard import Guard
here, code, seconds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
Processes(guard=Guard(seconds)).run(Command((sys.executable, "-c", code), here, {}, survives=True))
"""


def wait_for(file: Path) -> None:
    deadline = time.monotonic() + 60
    while not file.exists() and time.monotonic() < deadline:
        time.sleep(0.05)


def test_a_process_that_survives_hands_over_both_outputs_as_any_other(tmp_path: Path) -> None:
    code = "import sys; print('out' * 3); print('err', file=sys.stderr); sys.exit(3)"
    processes = Processes()

    ended = processes.run(python(code, survives=True))
    processes.close()

    assert (ended.code, ended.stdout, ended.stderr) == (3, "outoutout\n", "err\n")


def killed(folder: Path, code: str, seconds: int) -> None:
    """A process that runs `code` and is left alone by us, with so many seconds of its own."""
    root = Path(__file__).parents[3]
    argv = [sys.executable, "-c", KILLED, str(folder), code, str(seconds)]
    with subprocess.Popen(argv, cwd=root) as ours:
        wait_for(folder / "ready")
        ours.kill()
    wait_for(folder / "ended")


def test_when_we_are_killed_what_survives_comes_to_its_own_end(tmp_path: Path) -> None:
    killed(tmp_path, SHORT, seconds=60)

    assert (tmp_path / "ended").read_text() == "uninterrupted"


def test_what_survives_us_for_too_long_is_interrupted(tmp_path: Path) -> None:
    killed(tmp_path, TALKATIVE, seconds=1)

    assert (tmp_path / "ended").read_text() == "in an orderly way"


def test_what_works_in_an_account_is_interrupted_in_order_when_its_lease_is_lost(
    tmp_path: Path,
) -> None:
    processes, seen = Processes(), list[str]()
    processes.allow(tmp_path, ticks() + 600)

    def lose(line: str) -> None:
        seen.append(line)
        processes.allow(tmp_path, ticks())

    ended = processes.run(python(POLITE, cwd=tmp_path), lose)

    assert ended.ending is Ending.FENCED
    assert (ended.code, seen) == (7, ["ready", "finishing"])


def test_nothing_is_begun_in_an_account_whose_lease_is_lost_and_elsewhere_all_goes_on(
    tmp_path: Path,
) -> None:
    processes = Processes()
    processes.allow(tmp_path, ticks())

    with pytest.raises(LeaseLost):
        processes.run(python("print('never')", cwd=tmp_path))
    assert processes.run(python("print('here')")).stdout == "here\n"

    processes.allow(tmp_path, None)
    assert processes.run(python("print('again')", cwd=tmp_path)).stdout == "again\n"


def test_where_we_stand_still_the_guard_interrupts_what_works_on_a_lost_lease(
    tmp_path: Path,
) -> None:
    guard = Guard(600)
    with subprocess.Popen(
        [sys.executable, "-c", TALKATIVE],
        cwd=tmp_path,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
    ) as child:
        with guard.over(child.pid, tmp_path):
            wait_for(tmp_path / "ready")
            guard.allow(tmp_path, ticks() + 0.5)
            child.wait(60)
        guard.stop()

    assert (tmp_path / "ended").read_text() == "in an orderly way"


def test_what_the_guard_has_interrupted_is_not_interrupted_twice(tmp_path: Path) -> None:
    """A second interrupt would make Terraform drop its state and its lock."""
    processes = Processes()

    def as_after_a_long_sleep() -> None:
        wait_for(tmp_path / "ready")
        processes.allow(tmp_path, ticks() - HANDED_OVER - 1)

    code = TALKATIVE.replace("stopped.append(1)", "stopped.append(print('SIGINT', flush=True))")
    code = code.replace("break", "time.sleep(1); break").replace("range(600)", "range(50)")
    command = python(code, cwd=tmp_path, survives=True)
    sleeper = threading.Thread(target=as_after_a_long_sleep)
    sleeper.start()
    ended = processes.run(command)
    sleeper.join()
    processes.close()

    assert ended.stdout.count("SIGINT") == 1
