"""Runs as people name them: those that are kept here, and those that workers carry out."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from orchestrator import config, wiring
from orchestrator.app.project import Project
from orchestrator.app.session import environment
from orchestrator.errors import AwsDenied, ConfigurationError, UsageError
from orchestrator.model import dates
from orchestrator.model.history import History, Status
from orchestrator.ports.workers import Executor, Progress
from orchestrator.rollout.workers.journal import Gathered, journal
from orchestrator.wiring import workers

LAST = "last"
SHOWN = 5


def named(word: str, known: Sequence[str]) -> str:
    """The id that is `word`, or the only one of `known` that begins so; 'last' is the newest.

    `known` has the oldest first. Raises UsageError.
    """
    if word == LAST and known:
        return known[-1]
    found = [run for run in known if run == word] or [r for r in known if r.startswith(word)]
    if word and len(found) == 1:
        return found[0]
    if word and found:
        newest = ", ".join(found[-SHOWN:])
        raise UsageError(f"{len(found)} runs begin with '{word}'", f"one of {newest}, …")
    fix = f"the newest: {', '.join(known[-SHOWN:])}" if known else "there is none yet"
    raise UsageError(f"no run '{word}' is kept", fix)


log = logging.getLogger(__name__)
A_RUN = re.compile(r"[0-9]{8}-[0-9]{6}-[0-9a-f]{4}")


def newest(project: Project, count: int) -> list[History]:
    """So many runs that are kept here, the newest first; one that cannot be read is named."""
    found: list[History] = []
    kept = wiring.runs(project.runs).runs()
    for history in reversed(known_all(project, kept[-count:]).values()):
        try:
            found.append(history())
        except UsageError as error:
            project.say(f"left out: {error}")
    return found


def show(project: Project, word: str) -> History:
    """The run that is named, here or among those that workers carry out. Raises UsageError."""
    there = comes_from_there(project, word)
    return known(project, word if there else named(word, wiring.runs(project.runs).runs()))


def known(project: Project, run: str) -> History:
    """What is known of a run that may go on elsewhere. Raises UsageError."""
    return known_all(project, (run,))[run]()


def known_all(project: Project, runs: Sequence[str]) -> dict[str, Callable[[], History]]:
    """The same of many, brought up to date at once; each raises UsageError by itself.

    Without AWS they stay as they were, and that is said.
    """
    going_on = _refreshed(project, tuple(run for run in runs if _goes_on(project, run)))
    kept = wiring.runs(project.runs)
    return {run: partial(_history, kept.history, run, run in going_on) for run in runs}


def _history(read: Callable[[str], History], run: str, going_on: bool) -> History:
    history = read(run)
    if going_on and history.status is Status.UNKNOWN:
        return replace(history, status=Status.RUNNING)
    return history


def _refreshed(project: Project, runs: tuple[str, ...]) -> frozenset[str]:
    """Those that go on, for all that is known."""
    found = set[str]()
    try:
        for gathered in _gathered(project, runs) if runs else ():
            _keep(project, gathered)
            if gathered.progress is Progress.RUNNING:
                found.add(gathered.submission.inputs.run)
    except (AwsDenied, UsageError, ConfigurationError) as error:
        project.say(f"submitted runs are shown as they were last known: {error}")
    return frozenset(found)


def _keep(project: Project, gathered: Gathered) -> None:
    text = workers.written(journal(gathered))
    wiring.whole(project.runs / f"{gathered.submission.inputs.run}.journal", text)


def comes_from_there(project: Project, run: str) -> bool:
    """Whether `run` is the id of one that was submitted on another machine; it is brought here."""
    if not A_RUN.fullmatch(run) or run in wiring.runs(project.runs).runs():
        return False
    try:
        for gathered in _gathered(project, (run,)):
            _keep(project, gathered)
    except (UsageError, ConfigurationError) as error:
        log.debug("%s", error)
        return False
    return True


def goes_on(history: History) -> bool:
    """Whether workers are at it, as far as is known."""
    submitted = history.inputs.origin.host == workers.MACHINE
    return submitted and history.status is Status.RUNNING


def _goes_on(project: Project, run: str) -> bool:
    try:
        history: History = wiring.runs(project.runs).history(run)
    except UsageError:
        return False
    return history.inputs.origin.host == workers.MACHINE and history.status is Status.UNKNOWN


def _gathered(project: Project, runs: tuple[str, ...]) -> Iterator[Gathered]:
    organization = config.load(project.configs, dates.today())
    env = environment(project)
    records = workers.records(organization, env, "show")
    executor = workers.executor(organization, env)
    for run in runs:
        progress = _progress(executor, run)  # before the results: none may come after its end
        yield Gathered(
            records.submission(run),
            records.notes(run),
            records.results(run),
            records.cancelled(run),
            progress,
        )


def _progress(executor: Executor, run: str) -> Progress | None:
    """Not everybody may ask; then the results say whether the run has ended."""
    try:
        return executor.progress(run)
    except AwsDenied as denied:
        log.debug("%s", denied)
        return None
