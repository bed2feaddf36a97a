"""`survey`: a first look at an organization, with whatever credentials read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from orchestrator import wiring
from orchestrator.app.project import Project
from orchestrator.app.session import environment
from orchestrator.model.survey import Survey

Look = Callable[[Sequence[str], str, int, datetime, Mapping[str, str]], Survey]


def survey(
    project: Project, regions: Sequence[str], role: str, most: int, look: Look = wiring.look
) -> Survey:
    """Look at all that can be read; no project is needed. Raises AwsDenied without credentials."""
    project.say("looking at the organization; nothing is changed")
    return look(regions, role, most, datetime.now(UTC), environment(project))


def policy() -> Mapping[str, object]:
    """An IAM policy that is enough for it."""
    return wiring.survey_policy()
