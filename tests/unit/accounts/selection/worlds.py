"""An organization to select from, and records that say what a test wants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from orchestrator.accounts.selection import Selection, select
from orchestrator.model.facts import Team
from orchestrator.model.names import AccountId, OuPath, StackKey, StackName
from orchestrator.model.organization import Account, Unit
from orchestrator.model.run import Outcome
from orchestrator.model.waves import Wave
from orchestrator.render import stacks_of
from tests.builders import an_account, an_organization, settings

OUS = ("", "Core", "Workloads", "Workloads/Prod", "Workloads/Dev", "Workloads/Dev/Old", "Empty One")


def placed(number: int, name: str, ou: str, team: str, env: str = "") -> Account:
    tags = {"env": env} if env else {}
    own = settings().model_copy(update={"team": team, "tags": tags})
    return replace(an_account(number, name), ou=OuPath(ou), settings=own)


ACCOUNTS = (
    placed(1, "management", "", "platform"),
    placed(2, "security", "Core", "platform"),
    placed(3, "log-archive", "Core", "platform"),
    placed(6, "orders-prod", "Workloads/Prod", "orders", "prod"),
    placed(7, "payments-prod", "Workloads/Prod", "payments", "prod"),
    placed(8, "orders-dev", "Workloads/Dev", "orders", "dev"),
    placed(9, "attic", "Workloads/Dev/Old", "orders", "dev old"),
)
CANARY = (ACCOUNTS[5],)
TEAM = Team(description="A team.", email="team@example.com")
ORGANIZATION = replace(
    an_organization(),
    accounts=ACCOUNTS,
    units=tuple(Unit(OuPath(path), f"ou-ex01-{path}", settings(), {}) for path in OUS),
    teams=dict.fromkeys(("platform", "orders", "payments", "idle"), TEAM),
    waves={"canary": Wave(), "everyone": Wave()},
    wave_of={a.id: "canary" if a in CANARY else "everyone" for a in ACCOUNTS},
)
STACKS = stacks_of(ORGANIZATION)


def key(name: str, stack: StackName = StackName.ACCOUNT) -> StackKey:
    return StackKey(ORGANIZATION.named(name).id, name, stack)


GONE = StackKey(AccountId("299999999999"), "left-last-year", StackName.ACCOUNT)


@dataclass(frozen=True)
class FakeRecords:
    """Runs and revisions as a test wants them."""

    kept: Mapping[str, Mapping[StackKey, Outcome]] = field(default_factory=dict)
    changed: frozenset[StackKey] = frozenset()

    def runs(self) -> tuple[str, ...]:
        return tuple(self.kept)

    def outcomes(self, run: str) -> Mapping[StackKey, Outcome]:
        return self.kept[run]

    def affected(self, revisions: str) -> frozenset[StackKey]:
        return self.changed


RECORDS = FakeRecords(
    {
        "r-1": {key("orders-prod"): Outcome.APPLIED},
        "r-2": {
            key("management"): Outcome.APPLIED,
            key("orders-prod"): Outcome.FAILED,
            key("payments-prod"): Outcome.SKIPPED,
            key("orders-dev"): Outcome.DRIFTED,
            GONE: Outcome.DENIED,
        },
    },
    frozenset({key("attic"), key("security", StackName.SECURITY)}),
)


def selected(text: str) -> Selection:
    return select(text, ORGANIZATION, STACKS, RECORDS)


def names(text: str) -> list[str]:
    """The accounts whose own stack is selected."""
    return [k.account_name for k in selected(text).stacks if k.stack is StackName.ACCOUNT]
