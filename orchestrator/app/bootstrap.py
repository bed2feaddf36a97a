"""`bootstrap`: the state bucket and the first roles."""

from __future__ import annotations

from collections.abc import Callable

from orchestrator.app.project import Project
from orchestrator.app.session import Caller, finish, session
from orchestrator.model import dates
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.run import Run, StackResult
from orchestrator.rollout.bootstrap import Bootstrap
from orchestrator.rollout.bootstrap import bootstrap as make


def bootstrap(project: Project, caller: Caller, agreed: Callable[[StackResult], bool]) -> Run:
    """Make them, or bring them up to date. `agreed` is shown a plan that changes something."""
    with session(project, caller) as current:
        management = current.organization.management
        key = StackKey(management.id, management.name, StackName.BOOTSTRAP)
        jobs = Bootstrap(current.job(key, local_state=True), current.job(key))
        result = make(
            jobs, current.ports, dates.today(), lambda judged: _empty(judged) or agreed(judged)
        )
        return finish(current, "bootstrap", [result])


def _empty(judged: StackResult) -> bool:
    return judged.plan is not None and judged.plan.empty
