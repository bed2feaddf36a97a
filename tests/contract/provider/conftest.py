from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.adapters.provider.gateway import ProviderGateway
from orchestrator.adapters.provider.pool import Limits
from orchestrator.sandbox.client import Sandbox
from tests.contract.provider.roots import Machine, Root
from tests.sandbox.fleets import PAYMENTS_DEV


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.reset()
    return running


@pytest.fixture
def gateway(provider_cache: Path) -> Iterator[ProviderGateway]:
    gateway = ProviderGateway(provider_cache, Limits(processes=4))
    yield gateway
    gateway.stop()


@pytest.fixture
def root(tmp_path: Path, sandbox: Sandbox) -> Root:
    return Root(
        tmp_path / "stack", sandbox, Machine.of(tmp_path / "private", sandbox), PAYMENTS_DEV
    )
