"""One workshop for all modules: installing the provider takes longer than some of their tests."""

from __future__ import annotations

import pytest

from tests.modules.workshop import Workshop, build
from tests.modules.written import Plan, plan


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return build(tmp_path_factory.mktemp("workshop"))


@pytest.fixture(scope="session")
def planned(workshop: Workshop) -> Plan:
    """What all modules would make at their worst."""
    return plan(workshop)
