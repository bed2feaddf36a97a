"""What commands that touch AWS share: the organization, its jobs, the ports, and who listens."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Lock

from orchestrator import assets, config, wiring
from orchestrator.app.interrupts import Stopping
from orchestrator.app.project import Project
from orchestrator.documents.run import as_json
from orchestrator.errors import AwsDenied, UsageError
from orchestrator.model import dates
from orchestrator.model.events import Emit, Option, RunStarted, ToolVersions, silently
from orchestrator.model.events import Event as Happened
from orchestrator.model.inventory import Standings, compared
from orchestrator.model.names import StackKey
from orchestrator.model.organization import Organization
from orchestrator.model.run import Lifted, Run, StackResult
from orchestrator.ports import Ports
from orchestrator.render import Renderer
from orchestrator.sandbox import lifecycle
from orchestrator.stages.context import RunOptions
from orchestrator.stages.jobs import Job


class Listeners:
    """Hands each event to all of them, one event after the other, in the order they came in."""

    def __init__(self, listeners: Iterable[Emit] = ()) -> None:
        self._listeners = list(listeners)
        self._lock = Lock()

    def add(self, listener: Emit) -> None:
        with self._lock:
            self._listeners.append(listener)

    def __call__(self, event: Happened) -> None:
        with self._lock:
            for listener in self._listeners:
                listener(event)


log = logging.getLogger(__name__)


def _unseen(_run: Run) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Caller:
    """Who runs a command: what was asked, for the record, and what they see of it.

    `words` are the selection as it was given, `options` all the others. `emit` hears what happens
    while it does, and `show` what came of the run.
    """

    words: tuple[str, ...] = ()
    options: Mapping[str, Option] = field(default_factory=dict)
    emit: Emit = silently
    show: Callable[[Run], None] = _unseen


@dataclass(slots=True)
class Groups:
    """Hears in which group of the run each stack is."""

    of: Mapping[StackKey, str] = field(default_factory=dict)

    def __call__(self, event: Happened) -> None:
        if isinstance(event, RunStarted):
            self.of = {key: name for name, keys in event.groups for key in keys}


@dataclass(frozen=True, slots=True)
class Session:
    """One invocation: its id, what it works on and by what means."""

    run_id: str
    project: Project
    organization: Organization
    renderer: Renderer
    ports: Ports
    stop: Event
    started: datetime
    caller: Caller = field(default_factory=Caller)
    listeners: Listeners = field(default_factory=Listeners)
    groups: Groups = field(default_factory=Groups)
    tool_versions: ToolVersions = field(default_factory=ToolVersions)
    archive: wiring.Copy | None = None
    """Takes copies of journals away."""
    overrides: set[str] = field(default_factory=set)
    """Those that the stacks rendered so far are made with."""

    def hear(self, listener: Emit) -> None:
        """Tell `listener`, too, what happens from now on."""
        self.listeners.add(listener)

    def jobs(self, keys: Sequence[StackKey], *, by_entry: bool = False) -> tuple[Job, ...]:
        """The stacks, rendered, in the order given."""
        return tuple(replace(self.job(key), by_entry=by_entry) for key in keys)

    def job(self, key: StackKey, *, local_state: bool = False) -> Job:
        rendering = self.renderer.render(self.organization, key, local_state=local_state)
        self.overrides.update(rendering.overrides)
        return Job.of(self.organization, rendering)

    def options(
        self,
        width: int | None,
        tolerated: int | None = None,
        pause_after: str = "",
        *,
        accept_moved: bool = False,
    ) -> RunOptions:
        return RunOptions(
            dates.today(),
            width,
            tolerated,
            self.stop,
            run=self.run_id,
            pause_after=pause_after,
            standings=self.standings(),
            accept_moved=accept_moved,
        )

    def standings(self) -> Standings:
        """What AWS Organizations says of the accounts. Who may not ask it goes on without."""
        env = environment(self.project)
        inventory = wiring.outlook(self.organization, env, self.run_id).inventory
        try:
            return compared(self.organization, inventory.members())
        except AwsDenied as denied:
            log.warning("not known which accounts are closed or moved: %s", denied.message)
            return Standings()


@contextmanager
def session(
    project: Project, caller: Caller | None = None, *, changes: bool = False
) -> Iterator[Session]:
    """Load the configuration and connect the ports; on Ctrl-C what runs is brought to an end.

    The caller is told what happens; others can be added with `Session.hear`. `changes` is said by
    those who change accounts: they are refused here if they may only read.
    """
    organization = config.load(project.configs, dates.today())
    started = datetime.now(UTC)
    run_id = f"{started:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    caller, groups, stopping = caller or Caller(), Groups(), Stopping(project.say)
    renderer = Renderer(project.root)
    places = wiring.Places(project.root, project.build, project.trial)
    env = environment(project)
    wiring.signed_in(organization, env, run_id)
    if changes:
        wiring.may_change(organization, env, run_id)
    with (
        wiring.connect(places, organization, env, run_id, warm=project.warm) as connected,
        stopping.heeded(),
    ):
        stopping.interrupt = connected.interrupt
        heard = Listeners([caller.emit, groups, stopping])
        ports = replace(connected.ports, emit=heard, rest=stopping.stop.wait)
        yield Session(
            run_id,
            project,
            organization,
            renderer,
            ports,
            stopping.stop,
            started,
            caller,
            heard,
            groups,
            connected.tool_versions,
            connected.archive,
        )


def environment(project: Project) -> Mapping[str, str]:
    """The caller's environment; with --sandbox, all that is AWS's in it is the sandbox's."""
    role = {wiring.ROLE: wiring.READER} if project.reader else {}
    if not project.sandboxed:
        return {**project.environ, **role}
    running = lifecycle.status(project.sandbox)
    if running is None:
        raise UsageError("no sandbox is running", "start one: orchestrator sandbox start")
    own = {name: value for name, value in project.environ.items() if not name.startswith("AWS_")}
    return {**own, **running.environment, **role}


def finish(
    current: Session,
    command: str,
    results: Iterable[StackResult],
    lifted: Lifted | None = None,
) -> Run:
    """Gather the results, keep them, show them, and leave no plan behind."""
    gathered = tuple(results)
    run = Run(
        current.run_id,
        command,
        current.started.isoformat(timespec="seconds"),
        (datetime.now(UTC) - current.started).total_seconds(),
        gathered,
        lifted,
        current.groups.of,
        current.organization.configured_at,
        (*sorted(current.overrides), *assets.of(current.project.root).overrides.policies),
    )
    try:
        for result in gathered:
            if result.plan is not None:
                current.ports.folders.discard(result.plan)
        _keep(run, current.project.runs)
    finally:
        # Also where the disk is full: what was done is said.
        current.caller.show(run)
    if command == "apply" and run.exit_code:
        current.project.say(f"what is left: orchestrator resume {run.id}")
    return run


def _keep(run: Run, folder: Path) -> None:
    wiring.whole(folder / f"{run.id}.json", as_json(run))
