"""Sources without problems to the organization they describe."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from pydantic import TypeAdapter

from orchestrator.config import waves as coverage
from orchestrator.config.documents import Document, Json, KeyPath
from orchestrator.config.layers import (
    DEPTH,
    AccountSource,
    Layer,
    Sources,
    UnitSource,
    built_in,
    merged,
)
from orchestrator.model.facts import Facts, Team
from orchestrator.model.hub_controls import HubControl, HubControls, came_along
from orchestrator.model.names import AccountId, ControlId, StackKey, StackName
from orchestrator.model.organization import (
    Account,
    Adopted,
    Exemption,
    Imports,
    Organization,
    Place,
    Quarantine,
    Unit,
)
from orchestrator.model.settings import ControlDecision, Settings
from orchestrator.model.waves import Wave

Decisions = Mapping[ControlId, ControlDecision]

_DECISIONS = TypeAdapter(dict[str, ControlDecision])
_TEAMS = TypeAdapter(dict[str, Team])
_WAVES = TypeAdapter(dict[str, Wave])
_EXEMPTIONS = TypeAdapter(dict[str, Exemption])
_HUB_CONTROLS = TypeAdapter(dict[ControlId, HubControl])
_ADOPTED = TypeAdapter(dict[StackName, Adopted])


def build(sources: Sources) -> Organization:
    """The organization. `sources` must have been checked."""
    assert sources.organization  # noqa: S101  a missing file is a problem
    facts = Facts.model_validate(sources.organization.mapping("organization"))
    decided = _decided(sources)
    units = {unit.path: _unit(unit, facts, decided) for unit in sources.units}
    accounts = [_account(source, units[source.unit.path], decided) for source in sources.accounts]
    waves = _WAVES.validate_python(_entries(sources.waves, "waves"))
    return Organization(
        facts=facts,
        units=tuple(units.values()),
        accounts=tuple(sorted(accounts, key=lambda account: account.id)),
        teams=_TEAMS.validate_python(_entries(sources.teams, "teams")),
        waves=waves,
        wave_of=_wave_of(waves, accounts),
        exceptions=_EXEMPTIONS.validate_python(_entries(sources.exceptions, "exceptions")),
        decided_at=_decided_at(sources),
        excepted_at={
            name: _place(document, ("exceptions", name))
            for document in filter(None, (sources.exceptions,))
            for name in document.mapping("exceptions")
        },
        adopted=_adopted(sources),
        hub_controls=hub_controls(sources),
        configured_at={
            AccountId(document.text("account", "id") or ""): _place(document, ("account",))
            for document in (account.document for account in sources.accounts)
            if document
        },
    )


def hub_controls(sources: Sources) -> HubControls:
    """What Security Hub said last; what came with this release if it was never asked."""
    own = _entries(sources.hub_controls, "hub_controls")
    return _HUB_CONTROLS.validate_python(own) if own else came_along()


def resolved(layer: Layer) -> dict[str, Json]:
    """All settings that hold there, built-in defaults included."""
    return merged(built_in(), layer.settings, DEPTH)


def _entries(document: Document | None, key: str) -> dict[str, Json]:
    return document.mapping(key) if document else {}


def _decided(sources: Sources) -> Decisions:
    entries: dict[str, Json] = {}
    for document in sources.controls:
        entries |= document.mapping("controls")
    return _with({}, _DECISIONS.validate_python(entries))


def _with(decided: Decisions, overrides: Mapping[str, ControlDecision]) -> Decisions:
    """The decisions, in the order of the controls' names, where `overrides` deviate."""
    all_of_them = {**decided, **{ControlId(name): own for name, own in overrides.items()}}
    return MappingProxyType(dict(sorted(all_of_them.items(), key=lambda item: _order(item[0]))))


def _order(control: str) -> tuple[str, int]:
    service, _, number = control.partition(".")
    return service, int(number)


def _unit(source: UnitSource, facts: Facts, decided: Decisions) -> Unit:
    settings = Settings.model_validate(resolved(source.layer))
    own = source.document.text("ou", "id") if source.path and source.document else None
    overrides = settings.security_hub.controls
    decisions = _with(decided, overrides) if overrides else decided
    return Unit(source.path, own or facts.root_id, settings, decisions)


def _account(source: AccountSource, unit: Unit, decided: Decisions) -> Account:
    assert source.document  # noqa: S101  an account without a readable file is a problem
    settings, decisions = unit.settings, unit.decisions
    if source.layer.settings is not source.unit.layer.settings:
        settings = Settings.model_validate(resolved(source.layer))
        if settings.security_hub.controls != unit.settings.security_hub.controls:
            decisions = _with(decided, settings.security_hub.controls)
    return Account(
        id=AccountId(source.document.text("account", "id") or ""),
        name=source.name,
        email=source.document.text("account", "email") or "",
        ou=unit.path,
        settings=settings,
        decisions=decisions,
        quarantine=_quarantine(source.document),
    )


def _adopted(sources: Sources) -> Mapping[StackKey, Imports]:
    ids = {account.name: account.document for account in sources.accounts if account.document}
    return {
        StackKey(AccountId(ids[name].text("account", "id") or ""), name, stack): adopted.imports
        for document in sources.adopted
        for name in (document.file.stem,)
        for stack, adopted in _ADOPTED.validate_python(document.mapping("adopted")).items()
    }


def _quarantine(document: Document) -> Quarantine | None:
    said = document.mapping("quarantine")
    return Quarantine.model_validate(said) if said else None


def _decided_at(sources: Sources) -> Mapping[AccountId, Mapping[ControlId, Place]]:
    """Accounts whose layers decide nothing of their own share one mapping."""
    outermost = {
        ControlId(name): _place(document, ("controls", name))
        for document in sources.controls
        for name in document.mapping("controls")
    }
    return {
        AccountId(account.document.text("account", "id") or ""): _deviating(account, outermost)
        for account in sources.accounts
        if account.document
    }


def _deviating(
    account: AccountSource, outermost: Mapping[ControlId, Place]
) -> Mapping[ControlId, Place]:
    own = outermost
    for document in account.layer.documents:
        for name, entry in document.mapping("security_hub", "controls").items():
            place = _place(document, ("security_hub", "controls", name))
            own = {**own, ControlId(name): place if entry else outermost[ControlId(name)]}
    return own


def _place(document: Document, path: KeyPath) -> Place:
    return Place(document.file.as_posix(), document.line(path))


def _wave_of(waves: Mapping[str, Wave], accounts: list[Account]) -> Mapping[AccountId, str]:
    ids = {account.name: account.id for account in accounts}
    members = [coverage.Member(a.name, a.id, a.ou, a.settings.tags) for a in accounts]
    return {
        ids[account]: name
        for name, covered in coverage.assigned(waves, members).items()
        for account in covered
    }
