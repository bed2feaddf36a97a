"""`offboard`: an account that is closed, or has left the organization, taken out in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TextIO

from orchestrator import config, wiring
from orchestrator.accounts.events import AccountEvent, What, events
from orchestrator.accounts.files import Need, Task, carry_out
from orchestrator.accounts.vending import leave
from orchestrator.app import proposals
from orchestrator.app.project import Project, Say
from orchestrator.app.recordings import asked, recorded
from orchestrator.app.remediation import deployed
from orchestrator.app.session import Session, environment, session
from orchestrator.app.vend import named
from orchestrator.errors import AwsDenied, UsageError
from orchestrator.findings.records import Record
from orchestrator.model.events import StackEnded
from orchestrator.model.inventory import KeptState, Offboarding, Remnant
from orchestrator.model.names import AccountId
from orchestrator.model.organization import Organization
from orchestrator.model.run import Outcome, StackResult
from orchestrator.ports import Inventory, Leftovers, StateArchive
from orchestrator.stages.attempts import stage

DAYS = 90
"""So far back records of remediations are looked through; the table keeps them longer."""


def offboard(
    project: Project,
    accounts: Sequence[str],
    stream: TextIO | None,
    place: proposals.Place,
    *,
    yes: bool = False,
    doomed: Sequence[str] = (),
) -> list[Offboarding]:
    """What there is of accounts that have gone, and with `yes` what was done about it.

    `stream` has events. Nothing is destroyed but the states that `doomed` names.
    """
    organization, places = config.surveyed(project.configs)
    ids = tuple(dict.fromkeys((*named(organization, accounts), *_closed(stream, project.say))))
    world = _world(project, organization)
    tasks = {id_: leave(id_, world.inventory.member(id_), places) for id_ in ids}
    found = [world.found(task) for task in tasks.values()]
    _check(doomed, found)
    if yes and any(not each.refused for each in found):
        found = _done(project, world, found, frozenset(doomed), place)
    return found


@dataclass(frozen=True, slots=True)
class World:
    """All that is asked about accounts that have gone."""

    organization: Organization
    inventory: Inventory
    archive: StateArchive
    leftovers: Leftovers
    records: Sequence[Record]
    unread: str = ""
    """Why records could not be read."""

    def found(self, task: Task, done: tuple[str, ...] = ()) -> Offboarding:
        """What there is of the account now."""
        found = Offboarding(task.account, task.name, task.why, fix=task.fix, done=done)
        if task.need is Need.REFUSE:
            return replace(found, refused=True)
        name = task.name or str(task.account)
        return replace(
            found,
            file=task.old,
            states=self.archive.states(task.account, name),
            remnants=(*self.leftovers.of(task.account), *self._here(task)),
        )

    def _here(self, task: Task) -> Iterator[Remnant]:
        """What we have of it ourselves."""
        outcomes = Counter(r.outcome for r in self.records if r.account == task.account)
        for outcome, count in sorted(outcomes.items()):
            yield Remnant("remediation records", f"{count} {outcome}, of {DAYS} days")
        if self.unread:
            yield Remnant("remediation records", self.unread, known=False)
        for wave, says in self.organization.waves.items():
            if task.name in (*says.accounts, *says.excluded):
                yield Remnant("configuration", f"waves.yaml: {wave}")
        for exception, each in self.organization.exceptions.items():
            if task.name in each.accounts:
                yield Remnant("configuration", f"exceptions.yaml: {exception}")


def _world(project: Project, organization: Organization) -> World:
    env, run = environment(project), f"{datetime.now(UTC):%Y%m%d-%H%M%S}-offboard"
    records: Sequence[Record] = ()
    unread = ""
    if organization.facts.remediation.enabled:
        try:
            records = deployed(project, "offboard").operator.records(DAYS)
        except AwsDenied as denied:
            unread = f"{denied.call}: {denied.reason}"
    return World(
        organization,
        wiring.outlook(organization, env, run).inventory,
        wiring.state_archive(organization, env, run),
        wiring.leftovers(organization, env, run),
        records,
        unread,
    )


def _closed(stream: TextIO | None, say: Say) -> Iterator[AccountId]:
    for event in events(stream, stream.name) if stream else ():
        if isinstance(event, AccountEvent) and event.what is What.CLOSED:
            yield event.account
        else:
            why = event.source if isinstance(event, AccountEvent) else event.why
            say(proposals.printable(f"left alone: {why}"))


def _check(doomed: Sequence[str], found: Sequence[Offboarding]) -> None:
    """Every name is that of one state of an account that has gone."""
    known = {s.key.state_key for each in found for s in each.states}
    for name in doomed:
        if name not in known:
            fix = f"choose among: {', '.join(sorted(known)) or 'there is none'}"
            raise UsageError(f"'{name}' is not a state of an account that has gone", fix)


def _done(
    project: Project,
    world: World,
    found: Sequence[Offboarding],
    doomed: frozenset[str],
    place: proposals.Place,
) -> list[Offboarding]:
    """Everything carried out, with what is left afterwards. The journal has each stack's part."""
    going = [each for each in found if not each.refused]
    keys = tuple(state.key for each in going for state in each.states)
    with session(project, changes=True) as current:
        inputs = replace(
            asked(current, "offboard", ()),
            selection=" ".join(each.name or each.account for each in going),
            groups=(("offboard", keys),),
        )
        with recorded(current, inputs):
            lines = {
                each.account: tuple(_kept(current, world, each.states, doomed)) for each in going
            }
            ids = tuple(lines)
            files = {t.account: t for t in place.carried_out(ids, _removal(world, ids))}
    return [
        _after(world, each, files[each.account], lines[each.account], place)
        if each.account in lines
        else each
        for each in found
    ]


def _kept(
    current: Session, world: World, states: Sequence[KeptState], doomed: frozenset[str]
) -> Iterator[str]:
    """Each state archived, and removed where that was asked; by no two runs at a time."""
    for state in states:
        key, ports, said = state.key, current.ports, []
        with ports.locks.hold(key), stage(key, "archive", ports) as under_way:
            if state.live and not state.archived:
                ports.locks.confirm(key)
                world.archive.archive(key)
                said.append(f"archived {key.state_key} at {state.archive}")
            if state.live and key.state_key in doomed:
                ports.locks.confirm(key)
                world.archive.remove(key)
                said.append(f"removed {key.state_key}")
            under_way.note = "; ".join(said)
        outcome = Outcome.APPLIED if said else Outcome.UNCHANGED
        ports.emit(StackEnded(StackResult(key, outcome, reason="; ".join(said))))
        yield from said


def _removal(world: World, ids: Sequence[AccountId]) -> proposals.Work:
    members = world.inventory.member

    def work(root: Path, today: date) -> tuple[Task, ...]:
        places = config.places(root / "account_configs")
        gone: Mapping[AccountId, Task] = {id_: leave(id_, members(id_), places) for id_ in ids}
        return carry_out(tuple(gone.values()), root, today)

    return work


def _after(
    world: World, before: Offboarding, task: Task, done: tuple[str, ...], place: proposals.Place
) -> Offboarding:
    """The account after all this. Its file is still there where it is only proposed to go."""
    how = "committed the removal of" if place.reviewed else "removed"
    removed = (f"{how} {task.old}",) if task.need is Need.REMOVE else ()
    old = before.file if place.reviewed else None
    now = world.found(replace(task, need=Need.NOTHING, old=old), (*done, *removed))
    if task.need is Need.REFUSE:
        return replace(now, refused=True, why=task.why, fix=task.fix)
    return replace(now, name=before.name, why=before.why)
