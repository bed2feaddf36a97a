from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

from tests.unit.findings.services.recording import RecordingAws, emulated

pytest.register_assert_rewrite("tests.unit.findings.services.cycle")


# Not of the package: without an __init__.py that is the whole session, other folders included.
@pytest.fixture(scope="module", autouse=True)
def _moto() -> Iterator[None]:
    with mock_aws():
        yield


@pytest.fixture
def aws() -> Iterator[RecordingAws]:
    """An empty account."""
    with emulated():
        yield RecordingAws()
