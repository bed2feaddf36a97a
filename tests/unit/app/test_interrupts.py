"""What Ctrl-C, SIGTERM and SIGHUP do: before a run, once, and twice."""

from __future__ import annotations

import os
import signal

import pytest

from orchestrator.app.interrupts import FIRST, SECOND, Stopping
from orchestrator.model.events import RunStarted

BEGUN = RunStarted("r-1", "apply", ())


class Interrupts:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_before_a_run_has_begun_a_signal_ends_the_program(number: signal.Signals) -> None:
    stopping = Stopping()

    with pytest.raises(KeyboardInterrupt), stopping.heeded():
        os.kill(os.getpid(), number)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_the_first_starts_nothing_new_and_the_second_interrupts_terraform(
    number: signal.Signals,
) -> None:
    said: list[str] = []
    interrupts = Interrupts()
    stopping = Stopping(said.append, interrupts)
    stopping(BEGUN)

    with stopping.heeded():
        os.kill(os.getpid(), number)
        assert stopping.stop.is_set()
        assert interrupts.count == 0
        assert FIRST in said[-1]
        os.kill(os.getpid(), number)

    assert interrupts.count == 1
    assert said[-1] == SECOND


def test_signals_mean_what_they_meant_before_once_the_run_is_over() -> None:
    before = signal.getsignal(signal.SIGINT)

    with Stopping().heeded():
        assert signal.getsignal(signal.SIGINT) != before

    assert signal.getsignal(signal.SIGINT) == before
