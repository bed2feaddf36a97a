from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from orchestrator.adapters.provider.gateway import ProviderGateway
from orchestrator.adapters.provider.pool import Limits
from orchestrator.sandbox.client import Sandbox
from tests.contract.drift.worlds import FakeWorld, RealWorld, World
from tests.contract.provider.roots import Machine, Root
from tests.sandbox.fleets import PAYMENTS_DEV


@pytest.fixture(scope="module")
def applied(
    running: Sandbox, provider_cache: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[[], RealWorld]]:
    """The world that the last test has left; another one where it was used up.

    To apply takes five runs of Terraform, and to read a second.
    """
    with ExitStack() as gateways:
        worlds: list[RealWorld] = []

        def take() -> RealWorld:
            if not worlds or worlds[-1].used_up:
                gateways.close()
                running.reset()
                gateway = ProviderGateway(provider_cache, Limits(processes=4))
                gateways.callback(gateway.stop)
                folder = tmp_path_factory.mktemp("drift")
                machine = Machine.of(folder / "private", running)
                root = Root(folder / "stack", running, machine, PAYMENTS_DEV)
                worlds.append(RealWorld(root, gateway))
            return worlds[-1]

        yield take


@pytest.fixture
def real(applied: Callable[[], RealWorld]) -> Iterator[RealWorld]:
    world = applied()
    yield world
    world.restore()


@pytest.fixture(params=["fake", pytest.param("real", marks=pytest.mark.terraform)])
def world(request: pytest.FixtureRequest) -> World:
    found: World = FakeWorld() if request.param == "fake" else request.getfixturevalue("real")
    return found
