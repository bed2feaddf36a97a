"""What holds for every test.

One that needs Terraform fails where there is none; and one that tries examples tries the same
everywhere, and has the time a busy machine needs.
"""

from __future__ import annotations

import gc
import os
from functools import cache

import pytest
from hypothesis import settings

from orchestrator.adapters.process import Processes
from orchestrator.adapters.terraform.toolchain import terraform
from orchestrator.errors import ToolMissing
from tests import gateway

settings.register_profile("house", derandomize=True, database=None, deadline=None)
settings.load_profile("house")

# Half a million objects of moto's, botocore's and pytest's live for as long as the run does. To
# look at all of them again and again for what may be forgotten takes a tenth of its time.
gc.set_threshold(50_000, 20, 50)


def pytest_collection_finish() -> None:
    gc.freeze()


@cache
def missing() -> str:
    """Why there is no Terraform here, neither on the PATH nor by download; '' when there is."""
    try:
        terraform(os.environ, Processes())
    except ToolMissing as error:
        return str(error)
    return ""


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Fail, not skip: a suite that skips what it cannot run shows nothing."""
    if item.get_closest_marker("terraform") and (reason := missing()):
        pytest.fail(f"this test needs Terraform\n{reason}", pytrace=False)


def pytest_unconfigure() -> None:
    """Not when Python ends: what a gateway is stopped with has ended by then."""
    gateway.stop()
