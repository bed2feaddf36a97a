"""A small organization that renders: four accounts, three OUs, two regions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from orchestrator.model.facts import (
    Access,
    Facts,
    LogArchive,
    Mode,
    SecurityHubFacts,
    SpecialAccounts,
    State,
)
from orchestrator.model.names import AccountId, ControlId, OuPath
from orchestrator.model.organization import Account, Organization, Place, Unit
from orchestrator.model.settings import (
    ControlDecision,
    DecisionKind,
    SecurityHub,
    Settings,
    Standard,
)
from orchestrator.model.waves import Wave

ROOT = Path(__file__).parents[3]
HOME = "ap-northeast-1"
SECOND = "us-east-1"

HOSTILE = (
    '${file("/etc/passwd")}',
    '"}\nresource "x" "y" {\n',
    "%{ for a in b }",
    "$${$${",
    "\u2028\r# \\",
)
"""Texts that would become code if one of them were written as it is."""


def a_decision(kind: DecisionKind = DecisionKind.DISABLE, reason: str = "") -> ControlDecision:
    return ControlDecision(
        decision=kind,
        reason=reason or "no workload of ours needs it",
        decided_by="platform-security",
        decided_on=date(2026, 1, 15),
        review_by=date(2027, 1, 15),
    )


def decisions(**kinds: DecisionKind) -> Mapping[ControlId, ControlDecision]:
    """`decisions(S3_1=DISABLE)`: by control, the dot written as an underscore."""
    return {ControlId(name.replace("_", ".")): a_decision(kind) for name, kind in kinds.items()}


def settings(
    *standards: Standard,
    regions: tuple[str, ...] = (HOME, SECOND),
    enabled: bool = True,
    tags: Mapping[str, str] | None = None,
) -> Settings:
    return Settings(
        team="platform-security",
        tags=dict(tags or {"team": "platform-security"}),
        regions=dict.fromkeys(regions, True),
        security_hub=SecurityHub(
            enabled=enabled,
            standards=dict.fromkeys(standards or (Standard.AWS_FOUNDATIONAL,), True),
        ),
    )


def an_account(
    name: str = "orders-prod",
    number: int = 7,
    ou: str = "Workloads/Prod",
    has: Settings | None = None,
    decided: Mapping[ControlId, ControlDecision] | None = None,
) -> Account:
    return Account(
        id=AccountId(f"2{number:011}"),
        name=name,
        email=f"aws+{number}@example.com",
        ou=OuPath(ou),
        settings=has or settings(),
        decisions=decided or {},
    )


def a_unit(
    path: str = "Workloads",
    has: Settings | None = None,
    decided: Mapping[ControlId, ControlDecision] | None = None,
) -> Unit:
    tail = path.rpartition("/")[2].lower()[:8].ljust(8, "0")
    identity = f"ou-ex01-{tail}" if path else "r-ex01"
    return Unit(OuPath(path), identity, has or settings(), decided or {})


UNITS = (a_unit(""), a_unit("Security"), a_unit("Workloads"), a_unit("Workloads/Prod"))


def an_organization(
    *accounts: Account,
    units: tuple[Unit, ...] = UNITS,
    mode: Mode = Mode.CENTRAL,
    special: tuple[Account, ...] = (),
) -> Organization:
    """The three special accounts, and `accounts` (one, if none are given)."""
    foundation = special or (
        an_account("management", 1, ""),
        an_account("security", 2, "Security"),
        an_account("log-archive", 3, "Security"),
    )
    everyone = (*foundation, *(accounts or (an_account(),)))
    return Organization(
        facts=facts(mode),
        units=units,
        accounts=everyone,
        teams={},
        waves={"everyone": Wave(ous=[""])},
        wave_of={account.id: "everyone" for account in everyone},
        exceptions={},
        configured_at={account.id: Place(_file(account), 1) for account in everyone},
    )


def _file(account: Account) -> str:
    folder = f"ous/{account.ou.lower()}".rstrip("/")
    return f"account_configs/{folder}/{account.name}.yaml"


def facts(mode: Mode = Mode.CENTRAL) -> Facts:
    return Facts(
        name="example",
        id="o-exampleorg1",
        root_id="r-ex01",
        home_region=HOME,
        accounts=SpecialAccounts(
            management="management", security="security", log_archive="log-archive"
        ),
        state=State(bucket="example-terraform-state-200000000001"),
        access=Access(external_id="example-orchestrator"),
        security_hub=SecurityHubFacts(mode=mode),
        log_archive=LogArchive(bucket_prefix="example-logs"),
    )


def hundreds(count: int) -> Organization:
    """`count` accounts over ten OUs, each OU and every fiftieth account a little different."""
    ous = tuple(f"Workloads/Team{number}" for number in range(10))
    off = {ou: decisions(**{f"S3_{n + 1}": DecisionKind.DISABLE}) for n, ou in enumerate(ous)}
    accounts = (
        an_account(f"account-{n}", n, ous[n % 10], decided=off[ous[n % 10]])
        for n in range(4, count + 1)
    )
    units = (*UNITS, *(a_unit(ou, decided=off[ou]) for ou in ous))
    return an_organization(*map(_deviating, accounts), units=units)


def _deviating(account: Account) -> Account:
    return account if int(account.id) % 50 else replace(account, settings=settings(enabled=False))
