"""`affected`: what a change to the repository changes, and why."""

from __future__ import annotations

from orchestrator import wiring
from orchestrator.accounts.affected import Comparison, between
from orchestrator.app.project import Project
from orchestrator.model import dates


def compared(project: Project, revisions: str) -> Comparison:
    """What the revisions of this checkout change."""
    history = wiring.history(project.root, project.environ)
    return between(revisions, history, project.root, dates.today())
