"""What every reader does, and what only the real one can get wrong."""

from __future__ import annotations

import os
import signal
import threading
from contextlib import suppress

import pytest

from orchestrator.drift import verdict
from orchestrator.model.drift import GONE, Reading, Unread
from tests.contract.drift.worlds import ASKS, HERE, PARAMETER, THERE, RealWorld, World
from tests.contract.provider.roots import providers_of
from tests.sandbox.fleets import PAYMENTS_PROD


def reading(world: World) -> Reading:
    found = world.read()
    assert isinstance(found, Reading), found
    return found


def unread(world: World) -> str:
    found = world.read()
    assert isinstance(found, Unread), found
    return found.reason


def test_every_managed_resource_is_read_as_the_state_has_it(world: World) -> None:
    found = reading(world)

    assert sorted(found.resources) == [HERE, THERE, PARAMETER]
    assert GONE not in found.resources.values()
    assert found.unsettled == ()
    assert found.outside == (ASKS,)


def test_two_readings_are_equal(world: World) -> None:
    assert reading(world) == reading(world)


@pytest.mark.parametrize("address", [HERE, THERE])
def test_what_others_change_differs_where_they_did(world: World, address: str) -> None:
    before = reading(world)

    world.rename(address)
    after = reading(world)

    assert verdict.differing(before.resources, after.resources) == (address,)
    assert after.unsettled == (address,)


def test_a_resource_that_is_gone_is_said_to_be(world: World) -> None:
    world.delete(THERE)

    assert [name for name, digest in reading(world).resources.items() if digest == GONE] == [THERE]


def test_what_may_not_be_read_is_not_guessed(world: World) -> None:
    world.deny()

    assert unread(world)


def test_a_state_that_is_encrypted_or_not_there_is_not_read(world: World) -> None:
    world.spoil_state(encrypted_data="x")
    assert unread(world)

    world.lose_state()
    assert unread(world)


@pytest.mark.terraform
def test_no_value_is_in_a_reading(real: RealWorld) -> None:
    said = repr(reading(real))

    assert "gateway" not in said.replace("aws_sns_topic", "")


@pytest.mark.terraform
def test_the_provider_itself_refuses_the_wrong_account(real: RealWorld) -> None:
    blocks = providers_of(real.root.account, allowed=PAYMENTS_PROD)
    (real.root.folder / "providers.tf").write_text(blocks)

    assert "AWS account ID not allowed" in unread(real)


@pytest.mark.terraform
@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"type": "aws_never_heard_of"}, "does not know this type or version"),
        ({"provider": 'provider["registry.terraform.io/hashicorp/aws"].eu'}, "provider block 'eu'"),
        (
            {"instances": [{"schema_version": 99, "attributes": {}}]},
            "does not know this type or version",
        ),
    ],
    ids=["type", "alias", "schema version"],
)
def test_what_this_provider_does_not_know_is_not_guessed(
    real: RealWorld, changes: dict[str, object], why: str
) -> None:
    real.change_resources("aws_ssm_parameter", **changes)

    assert why in unread(real)


@pytest.mark.terraform
def test_a_provider_killed_during_a_reading_leaves_the_next_one_alone(real: RealWorld) -> None:
    before = reading(real)
    real.root.sandbox.faults("sns:*:latency:1:2")
    pids = real.gateway.processes()
    threading.Timer(0.7, _kill, pids).start()
    assert "the provider broke off" in unread(real)

    real.root.sandbox.faults()
    assert reading(real) == before


def _kill(*pids: int) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


@pytest.mark.terraform
def test_without_warm_providers_nothing_is_read(real: RealWorld) -> None:
    real.stop()

    assert unread(real) == "there is no warm provider to read with"


@pytest.mark.terraform
def test_processes_are_used_again_for_the_next_reading(real: RealWorld) -> None:
    reading(real)
    before = sorted(real.gateway.processes())
    reading(real)

    assert sorted(real.gateway.processes()) == before
