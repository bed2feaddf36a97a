"""`vend`: from "there is a new account" to an account that is covered."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TextIO

import click

from orchestrator import config, wiring
from orchestrator.cli.project import Project
from orchestrator.cli.recording import asked, recorded
from orchestrator.cli.rollout import format_option, width_option
from orchestrator.cli.session import Session, environment, finish, session
from orchestrator.cli.watching import options as watched
from orchestrator.errors import AwsDenied, ConfigurationError, UsageError
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.names import AccountId, StackKey, StackName
from orchestrator.pipeline import rollout
from orchestrator.pipeline.groups import groups
from orchestrator.pipeline.stack import way_in
from orchestrator.ports import Census
from orchestrator.vending import deciding, template, writing
from orchestrator.vending.event import AccountEvent, Ignored
from orchestrator.vending.events_file import events
from orchestrator.vending.task import Need, Task

ID = re.compile(r"[0-9]{12}")
PAUSE = 10.0
"""Seconds between two tries to enter a new account."""


@click.command(short_help="Bring a new account under control.")
@click.argument("accounts", nargs=-1)
@click.option("--event", "stream", type=click.File("r"), help="File with events, or -.")
@click.option("--write-only", is_flag=True, help="Write the files, and apply nothing.")
@click.option(
    "--wait",
    type=click.FloatRange(min=0),
    default=15,
    show_default=True,
    help="Minutes until a new account must let us in.",
)
@width_option
@format_option
@watched
@click.pass_obj
def vend(
    project: Project,
    accounts: tuple[str, ...],
    stream: TextIO | None,
    write_only: bool,
    wait: float,
    width: int | None,
    view: str,
) -> int:
    """Write a new account's file, and apply, verify and report it.

    ACCOUNTS are names or ids. Events of AWS Control Tower and AWS Organizations may come twice,
    late or out of order: what is done is decided by what AWS Organizations says now. An account
    that is there already is applied again, which changes nothing.

    \b
    orchestrator vend --event - < event.json
    orchestrator vend 200000000013 --write-only
    """
    found = events(stream, stream.name) if stream else ()
    ids = _ids(project, accounts, found)
    tasks = tuple(_done(project, ids))
    covered = tuple(task for task in tasks if task.covers)
    code = ExitCode.INCOMPLETE if any(t.need is Need.REFUSE for t in tasks) else ExitCode.DONE
    if write_only or not covered:
        return code
    since = min((e.at for e in found if isinstance(e, AccountEvent)), default=None)
    return _applied(project, covered, wait, width, view, since) or code


def _ids(
    project: Project, accounts: Sequence[str], found: Sequence[AccountEvent | Ignored]
) -> tuple[AccountId, ...]:
    """Each account once, in the order of the words and events."""
    organization = config.load(project.configs, date.today())
    known = {account.name: account.id for account in organization.accounts}
    unknown = [word for word in accounts if word not in known and not ID.fullmatch(word)]
    if unknown:
        raise UsageError(f"'{unknown[0]}' is neither a name nor an id", "name it by its 12 digits")
    ids = [known.get(word, AccountId(word)) for word in accounts]
    for event in found:
        if isinstance(event, Ignored):
            click.echo(f"left alone: {event.why}", err=True)
        elif organization.facts.control_tower and not event.ready:
            why = "AWS Control Tower is still enrolling it, and says so when it has"
            click.echo(f"{event.account}: left alone: {why}", err=True)
        else:
            ids.append(event.account)
    return tuple(dict.fromkeys(ids))


def _done(project: Project, ids: Sequence[AccountId]) -> Iterator[Task]:
    """Each account's file as it belongs. One that cannot be is told, and the others go on."""
    today = date.today()
    now = datetime.now(UTC)
    facts = config.load(project.configs, today)
    census = wiring.outlook(facts, environment(project), f"{now:%Y%m%d-%H%M%S}-vend").census
    for id_ in ids:
        task = _decided(project, census, id_)
        try:
            writing.carry_out(task, project.root, today)
        except FileExistsError:
            task = _decided(project, census, id_)
        except ConfigurationError as error:
            task = replace(task, need=Need.REFUSE, why=str(error), fix="")
        _tell(task)
        yield task


def _decided(project: Project, census: Census, id_: AccountId) -> Task:
    organization = config.load(project.configs, date.today())
    return deciding.decide(
        id_,
        census.member(id_),
        config.places(project.configs),
        organization,
        template.load(project.configs),
    )


def _tell(task: Task) -> None:
    what = {Need.WRITE: f"wrote {task.file}", Need.MOVE: f"moved {task.old} to {task.file}"}
    done = what.get(task.need, f"{task.need}: {task.why}" if task.need is not Need.NOTHING else "")
    fix = f"\n  fix: {task.fix}" if task.fix else ""
    click.echo(f"{task.account} {task.name}: {done or task.why}{fix}", err=True)


def _applied(
    project: Project,
    tasks: Sequence[Task],
    wait: float,
    width: int | None,
    view: str,
    since: datetime | None,
) -> int:
    """The accounts' stacks, and the security account's, whose decisions name every account."""
    with session(project) as current:
        own = [_key(current, task.name, StackName.ACCOUNT) for task in tasks]
        security = current.organization.security.name
        jobs = current.jobs([_key(current, security, StackName.SECURITY), *own])
        for key in own:
            _enterable(current, key, wait)
        ordered = groups(jobs, current.organization, width)
        inputs = asked(current, "vend", ordered)
        words = " ".join(task.name for task in tasks)
        began: Mapping[str, str] = {"since": since.isoformat()} if since else {}
        with recorded(
            current, replace(inputs, selection=words, options={**inputs.options, **began})
        ):
            results = rollout.apply(ordered, current.ports, current.terms(width))
            code = finish(current, "vend", results, view)
        if since and code == ExitCode.DONE:
            spent = (datetime.now(UTC) - since).total_seconds()
            click.echo(f"{words}: covered {spent:.0f} s after the event", err=True)
        return code


def _key(current: Session, name: str, stack: StackName) -> StackKey:
    return StackKey(current.organization.named(name).id, name, stack)


def _enterable(
    current: Session, key: StackKey, wait: float, sleep: Callable[[float], None] = time.sleep
) -> None:
    """Until the account lets us in, or the time is over: then the run says who did not."""
    deadline = time.monotonic() + wait * 60
    job = current.job(key)
    while time.monotonic() < deadline and not current.stop.is_set():
        try:
            with current.ports.doors.open(key, way_in(job, current.ports)):
                return
        except AwsDenied:
            sleep(min(PAUSE, max(0.0, deadline - time.monotonic())))
