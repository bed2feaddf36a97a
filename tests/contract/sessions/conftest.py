"""One sandbox for all doors, furnished once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from tests.contract.sessions.worlds import World, fake_world, furnish, sandbox_world
from tests.sandbox.fleets import PROMPT, a_fleet


@pytest.fixture(scope="package")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    with lifecycle.running(tmp_path_factory.mktemp("doors"), a_fleet(), PROMPT) as running:
        furnish(running)
        yield running


@pytest.fixture(params=["fake", "aws"])
def world(request: pytest.FixtureRequest) -> World:
    if request.param == "fake":
        return fake_world()
    return sandbox_world(request.getfixturevalue("sandbox"))
