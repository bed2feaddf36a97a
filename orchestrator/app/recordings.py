"""A run on record: what it was asked is written down first, how it ended last, and what is left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from orchestrator import wiring
from orchestrator.app import kept_runs
from orchestrator.app.kept_runs import named
from orchestrator.app.project import Project
from orchestrator.app.session import Session
from orchestrator.errors import NotResumable, OrchestratorError, UsageError
from orchestrator.model.events import Inputs, Option
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.history import History
from orchestrator.model.run import Lifted
from orchestrator.ports import Journal
from orchestrator.process_environment import failed
from orchestrator.rollout import resume
from orchestrator.stages.jobs import Group


def asked(
    current: Session, command: str, groups: Sequence[Group], lifted: Lifted | None = None
) -> Inputs:
    """All that decides what this run does; to be taken before anything is started.

    Raises NotResumable if the run does another one's rest, and that is not what it was any more.
    """
    jobs = [job for group in groups for job in group.jobs]
    inputs = Inputs(
        current.run_id,
        command,
        " ".join(current.caller.words),
        current.caller.options,
        tuple((group.name, tuple(job.key for job in group.jobs)) for group in groups),
        {job.key: job.rendering.digest for job in jobs},
        current.renderer.modules(*(job.rendering for job in jobs)),
        current.tool_versions,
        wiring.origin(current.project.root, current.project.environ),
        lifted,
        current.project.resumes,
    )
    if inputs.resumes:
        _check(current, wiring.runs(current.project.runs).history(inputs.resumes), inputs)
    return inputs


@contextmanager
def recorded(current: Session, inputs: Inputs) -> Iterator[Journal]:
    """The run's journal, which hears everything until the run has ended, however it does."""
    journal = wiring.journal(current.project.runs, current.run_id, current.archive)
    journal.begin(inputs)
    current.hear(journal.emit)
    try:
        yield journal
    except BaseException as error:
        code = error.exit_code if isinstance(error, OrchestratorError) else _code(error)
        journal.end(_seconds(current), code, f"{type(error).__name__}: {error}".splitlines()[0])
        raise
    journal.end(_seconds(current))


def _check(current: Session, before: History, inputs: Inputs) -> None:
    sessions = current.ports.sessions
    states = {key: sessions.state_of(key) for key in resume.watched(before)}
    findings = resume.judge(before, inputs, states)
    for note in findings.notes:
        current.project.say(f"run {before.inputs.run}: {note}")
    if findings.obstacles:
        raise NotResumable(before.inputs.run, findings.obstacles)


def _code(error: BaseException) -> ExitCode:
    if isinstance(error, KeyboardInterrupt):
        return ExitCode.INTERRUPTED
    return ExitCode.CONFIGURATION if failed(error) else ExitCode.BUG


def _seconds(current: Session) -> float:
    return (datetime.now(UTC) - current.started).total_seconds()


RESUMABLE = frozenset({"plan", "apply", "drift", "verify"})
"""Commands that keep a journal, and whose rest can be done."""


def unfinished(project: Project, run: str) -> History:
    """The run that is named, if something is left of it. Raises NotResumable, UsageError."""
    history = kept_runs.known(project, named(run, wiring.runs(project.runs).runs()))
    if kept_runs.goes_on(history):
        raise NotResumable(history.inputs.run, ("workers are still at it: orchestrator cancel",))
    name = history.inputs.command
    if name not in RESUMABLE:
        fix = "bootstrap may be run again as often as needed" if name == "bootstrap" else ""
        raise UsageError(f"a run of '{name}' cannot be resumed", fix)
    if not history.unsettled:
        raise NotResumable(history.inputs.run, ("nothing is left of it to do",))
    return history


def options(history: History) -> Mapping[str, Option]:
    """Those of the run, without a pause that it has got past."""
    kept = {name: value for name, value in history.inputs.options.items() if value is not None}
    if _paused(history):
        kept.pop("pause_after", None)
    return kept


def _paused(history: History) -> bool:
    """Whether the run has got past the wave after which it was to end."""
    wave = f"wave {history.inputs.options.get('pause_after')}"
    keys = dict(history.inputs.groups).get(wave, ())
    return all(history.stacks[key].settled for key in keys)
