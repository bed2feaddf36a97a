"""`rehearse`: a whole rollout in the sandbox, with faults, and what held."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from pathlib import Path

from orchestrator import config
from orchestrator.app.project import Project
from orchestrator.errors import UsageError
from orchestrator.model import dates
from orchestrator.rehearsal import conduct
from orchestrator.rehearsal.checks import Facts
from orchestrator.rehearsal.scenario import Scenario


def rehearse(project: Project, scenario: Scenario, folder: Path, *, live: bool) -> Facts:
    """Roll out to a copy of the organization, and say what held; all of it is kept in `folder`.

    The runs' own lines go to a log there, unless they are shown `live`. Raises UsageError.
    """
    where = _emptied(project.work / folder)
    access = config.load(project.configs, dates.today()).facts.access
    with ExitStack() as stack:
        stderr = None if live else stack.enter_context((where / "rehearsal.log").open("wb"))
        means = conduct.Means(project.root, where, access, project.say, live, stderr)
        return conduct.rehearse(scenario, means)


def _emptied(folder: Path) -> Path:
    """The folder, empty; only one that an earlier rehearsal has made is emptied."""
    where = folder.resolve()
    marker = where / "rehearsal.json"
    if where.exists() and any(where.iterdir()) and not marker.is_file():
        raise UsageError(f"folder '{where}' is not empty", "name one that does not exist")
    shutil.rmtree(where, ignore_errors=True)
    where.mkdir(parents=True)
    marker.write_text("{}\n", "utf-8")
    return where
