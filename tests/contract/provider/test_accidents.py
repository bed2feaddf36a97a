"""Providers that die, and runs that are broken off: a clear result, and a clean next run."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import pytest

from orchestrator.adapters.provider.gateway import ProviderGateway
from orchestrator.errors import Interrupted, TerraformDenied, TerraformFailed
from orchestrator.sandbox.client import Sandbox
from tests.contract.provider.roots import KEY, Machine, Root, resources

pytestmark = pytest.mark.terraform

SLOW = "sns:*:latency:1:2"
"""Long enough for an accident to happen meanwhile."""


def when(begun: Callable[[], bool], do: Callable[[], None]) -> None:
    """Have an accident as soon as something has begun, or never."""

    def wait() -> None:
        deadline = time.monotonic() + 120
        while not begun() and time.monotonic() < deadline:
            time.sleep(0.02)
        do()

    threading.Thread(target=wait).start()


def kill(gateway: ProviderGateway) -> None:
    for pid in gateway.processes():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def configured(gateway: ProviderGateway) -> Callable[[], bool]:
    """Whether more than the process that is never configured has been there for a moment."""
    since: list[float] = []

    def begun() -> bool:
        if len(gateway.processes()) > 2:
            since.append(time.monotonic())
        return bool(since) and time.monotonic() > since[0] + 0.7

    return begun


def test_a_provider_killed_during_a_plan_fails_that_plan_alone(
    root: Root, gateway: ProviderGateway, sandbox: Sandbox
) -> None:
    warm = root.terraform(gateway)
    root.declare(resources("one"))
    warm.apply(root.plan(warm), root.env)
    before = frozenset(gateway.processes())
    sandbox.faults(SLOW)
    when(configured(gateway), lambda: kill(gateway))

    with pytest.raises(TerraformFailed, match=r"(?i)plugin|unavailable|rpc"):
        root.plan(warm)

    sandbox.faults()
    assert root.plan(warm).empty
    assert not before & frozenset(gateway.processes())


def test_a_provider_killed_during_an_apply_fails_it_and_the_next_run_finishes_it(
    root: Root, gateway: ProviderGateway, sandbox: Sandbox
) -> None:
    warm = root.terraform(gateway)
    root.declare(resources("one"))
    plan = root.plan(warm)
    sandbox.faults(SLOW)
    began = time.monotonic()
    when(lambda: time.monotonic() > began + 2, lambda: kill(gateway))

    with pytest.raises(TerraformFailed, match=r"(?i)plugin|unavailable|rpc"):
        warm.apply(plan, root.env)

    sandbox.faults()
    assert not (root.folder / ".terraform.tfstate.lock.info").exists()
    warm.apply(root.plan(warm), root.env)
    assert warm.is_empty(root.folder, root.env) == ()


def test_keys_that_end_during_an_apply_are_called_so_and_the_next_run_finishes_it(
    root: Root, gateway: ProviderGateway, sandbox: Sandbox
) -> None:
    warm = root.terraform(gateway)
    root.declare(resources("one"))
    plan = root.plan(warm)
    sandbox.faults(SLOW)
    began = time.monotonic()
    when(lambda: time.monotonic() > began + 2, sandbox.expire)

    with pytest.raises(TerraformDenied, match="security token included in the request is expired"):
        warm.apply(plan, root.env)

    sandbox.faults()
    fresh = {**root.env, **root.credentials()}
    warm.apply(warm.plan(KEY, root.folder, "r", fresh, refresh_only=False), fresh)
    assert warm.is_empty(root.folder, fresh) == ()


def test_an_interrupted_plan_ends_its_providers_and_leaves_the_gateway_working(
    root: Root, gateway: ProviderGateway, sandbox: Sandbox
) -> None:
    warm = root.terraform(gateway)
    root.declare(resources("one"))
    warm.apply(root.plan(warm), root.env)
    sandbox.faults(SLOW)
    when(configured(gateway), root.machine.processes.interrupt_all)

    with pytest.raises(Interrupted):
        root.plan(warm)

    sandbox.faults()
    again = Root(
        root.folder.parent / "again", sandbox, Machine.of(root.folder, sandbox), root.account
    )
    again.declare("")
    assert again.plan(again.terraform(gateway)).empty
    gateway.stop()
    assert gateway.processes() == ()
