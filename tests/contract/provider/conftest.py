from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.adapters.provider.gateway import ProviderGateway
from orchestrator.adapters.provider.pool import Limits
from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from tests.contract.provider.roots import Machine, Root
from tests.sandbox.fleets import PAYMENTS_DEV, PROMPT, a_fleet


@pytest.fixture(scope="package")
def _running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with lifecycle.running(tmp_path_factory.mktemp("sandbox"), a_fleet(), PROMPT) as running:
        yield running


@pytest.fixture
def sandbox(_running: Sandbox) -> Sandbox:
    _running.reset()
    return _running


@pytest.fixture
def gateway(tmp_path: Path) -> Iterator[ProviderGateway]:
    gateway = ProviderGateway(tmp_path / "cache", Limits(processes=4))
    yield gateway
    gateway.stop()


@pytest.fixture
def root(tmp_path: Path, sandbox: Sandbox) -> Root:
    return Root(
        tmp_path / "stack", sandbox, Machine.of(tmp_path / "private", sandbox), PAYMENTS_DEV
    )
