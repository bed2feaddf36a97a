"""One sandbox for the tests that share it, and a new one for those that change how it behaves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from tests.sandbox.fleets import PROMPT, a_fleet


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """Shared by every test of the session: name what you make after your test."""
    with lifecycle.running(tmp_path_factory.mktemp("sandbox"), a_fleet(), PROMPT) as running:
        yield running


@pytest.fixture(scope="session")
def _second_sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with lifecycle.running(tmp_path_factory.mktemp("fresh"), a_fleet(), PROMPT) as running:
        yield running


@pytest.fixture
def fresh_sandbox(_second_sandbox: Sandbox) -> Sandbox:
    """A sandbox as after its start: nothing but the fleet, no faults, no keys from before."""
    _second_sandbox.reset()
    return _second_sandbox


@pytest.fixture(scope="module")
def emptied_sandbox(_second_sandbox: Sandbox) -> Sandbox:
    """The same, once for a file whose tests share what they make and ask for no fresh one."""
    _second_sandbox.reset()
    return _second_sandbox
