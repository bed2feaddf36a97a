from __future__ import annotations

from dataclasses import dataclass, replace

from orchestrator.accounts.files import Need
from orchestrator.accounts.vending import leave
from orchestrator.app.offboard import World
from orchestrator.model.inventory import KeptState, Landscape, Member, Remnant
from orchestrator.model.names import AccountId, StackKey, StackName
from orchestrator.model.waves import Wave
from tests.unit.accounts.test_vending import OLD, ORGANIZATION, PLACES

FINDINGS = Remnant("open findings", "3 high")


@dataclass
class Organizations:
    """Says of every account the same."""

    says: Member | None = None

    def member(self, account: AccountId) -> Member | None:
        return self.says

    def members(self) -> tuple[Member, ...]:
        return ()

    def landscape(self) -> Landscape:
        raise NotImplementedError


class Archive:
    def states(self, account: AccountId, name: str) -> tuple[KeptState, ...]:
        key = StackKey(account, name, StackName.ACCOUNT)
        return (KeptState(key, live=True, archived=False),)

    def archive(self, key: StackKey) -> None:
        raise AssertionError("nothing is archived by looking")

    def remove(self, key: StackKey) -> None:
        raise AssertionError("nothing is removed by looking")


class Left:
    def of(self, account: AccountId) -> tuple[Remnant, ...]:
        return (FINDINGS,)


def a_world(unread: str = "") -> World:
    waves = {**ORGANIZATION.waves, "canary": Wave(accounts=["orders-prod"])}
    named = replace(ORGANIZATION, waves=waves)
    return World(named, Organizations(), Archive(), Left(), (), unread)


def test_all_that_is_left_of_an_account_that_has_gone_is_listed_and_nothing_is_changed() -> None:
    task = leave(OLD.id, None, PLACES)

    found = a_world("dynamodb:Query: no").found(task)

    assert (found.refused, found.file) == (False, PLACES.files[OLD.id])
    assert [state.key.state_key for state in found.states] == [
        "200000000007/account/terraform.tfstate"
    ]
    assert found.remnants == (
        FINDINGS,
        Remnant("remediation records", "dynamodb:Query: no", known=False),
        Remnant("configuration", "waves.yaml: canary"),
    )


def test_of_an_open_account_nothing_is_asked() -> None:
    task = leave(OLD.id, OLD, PLACES)
    assert task.need is Need.REFUSE

    found = a_world().found(task)

    assert found.refused
    assert (found.states, found.remnants) == ((), ())
