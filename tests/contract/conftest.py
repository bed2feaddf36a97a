from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from tests.sandbox.fleets import PROMPT, a_fleet


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """For suites that reset it before they use it."""
    with lifecycle.running(tmp_path_factory.mktemp("sandbox"), a_fleet(), PROMPT) as sandbox:
        yield sandbox


@pytest.fixture(scope="session")
def provider_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What gateways know of a provider: one asks it, and the next ones read it, as runs do."""
    return tmp_path_factory.mktemp("provider") / "cache"
