"""A run on record: what it was asked is written down first, and how it ended last."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from orchestrator import wiring
from orchestrator.app.session import Session
from orchestrator.errors import NotResumable, OrchestratorError
from orchestrator.model.events import Inputs
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
