"""What all doors keep to, the fake ones and those of AWS."""

from __future__ import annotations

import stat
from configparser import ConfigParser
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.errors import AwsDenied
from orchestrator.model.names import StackName
from orchestrator.ports import Entry, Purpose
from tests.contract.sessions.worlds import BOOTSTRAP, ORDERS, WEB, World


class Broken(Exception):
    """Something goes wrong while a door is open."""


def _credentials(entry: Entry) -> Path:
    return Path(entry.env["AWS_SHARED_CREDENTIALS_FILE"])


def _profiles(entry: Entry) -> list[str]:
    parser = ConfigParser()
    parser.read(_credentials(entry))
    return parser.sections()


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("purpose", [Purpose.PLAN, Purpose.APPLY])
def test_an_open_door_has_profiles_for_the_account_and_its_state(
    world: World, purpose: Purpose
) -> None:
    with world.sessions.open(ORDERS, purpose) as entry:
        assert _profiles(entry) == [ORDERS.account_id, "state"]
        assert entry.role.endswith(str(purpose))


def test_keys_are_in_private_files_beside_an_empty_configuration(world: World) -> None:
    with world.sessions.open(ORDERS, Purpose.PLAN) as entry:
        config = Path(entry.env["AWS_CONFIG_FILE"])
        assert _mode(_credentials(entry)) == _mode(config) == 0o600
        assert _mode(config.parent) == 0o700
        assert config.read_text("utf-8") == ""


def test_nothing_is_left_of_the_keys_when_the_door_closes(world: World) -> None:
    with world.sessions.open(ORDERS, Purpose.PLAN) as entry:
        file = _credentials(entry)

    assert not file.parent.exists()


def test_nothing_is_left_of_the_keys_when_something_breaks(world: World) -> None:
    seen: list[Path] = []
    with pytest.raises(Broken), world.sessions.open(ORDERS, Purpose.APPLY) as entry:
        seen.append(_credentials(entry))
        raise Broken

    assert not seen[0].parent.exists()


def test_the_environment_is_the_base_without_other_ways_to_credentials(world: World) -> None:
    with world.sessions.open(ORDERS, Purpose.PLAN) as entry:
        assert set(entry.env) == {"PATH", "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"}


def test_a_role_that_does_not_let_us_in_is_denied_with_account_and_call(world: World) -> None:
    with pytest.raises(AwsDenied) as denied, world.sessions.open(WEB, Purpose.PLAN):
        pass

    assert denied.value.account == WEB.account_id
    assert denied.value.call.startswith("sts:AssumeRole")
    assert denied.value.fix


def test_the_entry_role_lets_us_in_before_there_are_others(world: World) -> None:
    with world.sessions.open(WEB, Purpose.ENTRY) as entry:
        assert _profiles(entry) == [WEB.account_id, "state"]


def test_a_stack_has_state_once_it_was_applied(world: World) -> None:
    applied = replace(ORDERS, stack=StackName.SECURITY)
    world.put_state(applied, {})

    assert world.sessions.has_state(applied)
    assert not world.sessions.has_state(replace(ORDERS, stack=StackName.LOG_ARCHIVE))


def test_a_state_is_known_by_its_lineage_and_serial(world: World) -> None:
    applied = replace(WEB, stack=StackName.SECURITY)
    world.put_state(applied, {})

    assert world.sessions.state_of(applied) == "a-lineage:3"
    assert world.sessions.state_of(replace(WEB, stack=StackName.LOG_ARCHIVE)) == ":0"


def test_roles_are_made_once_the_state_says_so(world: World) -> None:
    broken_off, done = (replace(key, stack=StackName.ORGANIZATION) for key in (ORDERS, WEB))
    world.put_state(broken_off, {"something": "else"})
    world.put_state(done, {"orchestrator_roles": ["arn:aws:iam::200000000007:role/plan"]})

    assert world.sessions.roles_made(done)
    assert not world.sessions.roles_made(broken_off)
    assert not world.sessions.roles_made(replace(ORDERS, stack=StackName.LOG_ARCHIVE))


def test_the_bootstrap_is_let_in_whatever_the_purpose(world: World) -> None:
    for purpose in Purpose:
        with world.sessions.open(BOOTSTRAP, purpose) as entry:
            assert BOOTSTRAP.account_id in _profiles(entry)
