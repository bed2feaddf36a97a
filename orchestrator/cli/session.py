"""What the commands that touch AWS share: the organization, its jobs, and the ports."""

from __future__ import annotations

import os
import secrets
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event
from types import FrameType

import click

from orchestrator import config, wiring
from orchestrator.cli.project import Project
from orchestrator.errors import UsageError
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.organization import Organization
from orchestrator.model.run import Lifted, Run, StackResult
from orchestrator.pipeline.rollout import Terms
from orchestrator.pipeline.stack import Job
from orchestrator.ports import Ports
from orchestrator.render import Renderer
from orchestrator.sandbox import lifecycle
from orchestrator.views.run import VIEWS, as_json


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

    def jobs(self, keys: Sequence[StackKey]) -> tuple[Job, ...]:
        """The stacks, rendered, in the order given."""
        return tuple(self.job(key) for key in keys)

    def job(self, key: StackKey, *, local_state: bool = False) -> Job:
        account = self.organization.named(key.account_name)
        rendering = self.renderer.render(self.organization, key, local_state=local_state)
        makes_roles = key.stack is StackName.ACCOUNT and self.organization.makes_roles(account)
        return Job(key, account, rendering, makes_roles)

    def terms(self, width: int, tolerated: int = 0) -> Terms:
        return Terms(date.today(), width, tolerated, self.stop)


@contextmanager
def session(project: Project) -> Iterator[Session]:
    """Load the configuration and connect the ports; on Ctrl-C what runs is brought to an end."""
    organization = config.load(project.configs, date.today())
    started = datetime.now(UTC)
    run_id = f"{started:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}"
    stop = Event()
    renderer = Renderer(project.root, project.build)
    places = wiring.Places(project.root, project.build)
    env = environment(project)
    with (
        wiring.connect(places, organization, env, run_id, warm=project.warm) as connected,
        _signals(stop, connected.interrupt),
    ):
        yield Session(run_id, project, organization, renderer, connected.ports, stop, started)


def environment(project: Project) -> Mapping[str, str]:
    """The caller's environment; with --sandbox, all that is AWS's in it is the sandbox's."""
    if not project.sandboxed:
        return dict(os.environ)
    running = lifecycle.status(project.sandbox)
    if running is None:
        raise UsageError("no sandbox is running", "start one: orchestrator sandbox start")
    own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return {**own, **running.environment}


@contextmanager
def _signals(stop: Event, interrupt: Callable[[], None]) -> Iterator[None]:
    """The first Ctrl-C or SIGTERM starts nothing new and asks what runs to finish."""

    def asked(_number: int, _frame: FrameType | None) -> None:
        click.echo("stopping: letting running resources finish and releasing locks", err=True)
        stop.set()
        interrupt()

    before = {number: signal.signal(number, asked) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def finish(
    current: Session,
    command: str,
    results: Iterable[StackResult],
    view: str,
    lifted: Lifted | None = None,
) -> int:
    """Gather the results, keep them, show them, and leave no plan behind."""
    gathered = tuple(results)
    for result in gathered:
        if result.plan is not None:
            current.ports.folders.discard(result.plan)
    run = Run(
        current.run_id,
        command,
        current.started.isoformat(timespec="seconds"),
        (datetime.now(UTC) - current.started).total_seconds(),
        gathered,
        lifted,
    )
    _keep(run, current.project.runs)
    click.echo(VIEWS[view](run))
    return run.exit_code


def _keep(run: Run, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{run.id}.json").write_text(as_json(run))
