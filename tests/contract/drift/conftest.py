from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.adapters.provider.gateway import ProviderGateway
from orchestrator.adapters.provider.pool import Limits
from orchestrator.sandbox.client import Sandbox
from tests.contract.drift.worlds import FakeWorld, RealWorld, World
from tests.contract.provider.roots import Machine, Root
from tests.sandbox.fleets import PAYMENTS_DEV


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.reset()
    return running


@pytest.fixture
def real(tmp_path: Path, provider_cache: Path, sandbox: Sandbox) -> Iterator[RealWorld]:
    gateway = ProviderGateway(provider_cache, Limits(processes=4))
    machine = Machine.of(tmp_path / "private", sandbox)
    try:
        yield RealWorld(Root(tmp_path / "stack", sandbox, machine, PAYMENTS_DEV), gateway)
    finally:
        gateway.stop()


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.terraform)])
def world(request: pytest.FixtureRequest) -> World:
    found: World = FakeWorld() if request.param == "fake" else request.getfixturevalue("real")
    return found
