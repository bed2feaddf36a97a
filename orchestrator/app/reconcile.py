"""`drift --reconcile`: what a check finds, and the configuration declares safe, is put right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from orchestrator.app import radius
from orchestrator.app.project import Project
from orchestrator.app.recordings import asked, recorded
from orchestrator.app.session import Caller, Session, finish, session
from orchestrator.drift.verdict import reconciled
from orchestrator.errors import NotApproved
from orchestrator.model import dates
from orchestrator.model.run import StackResult
from orchestrator.rollout import rollout
from orchestrator.stages.jobs import Job, groups


def check(current: Session) -> None:
    """Before anything is read. Raises NotApproved where a person has to see each plan."""
    if current.organization.facts.approval.required:
        raise NotApproved(
            "no plan was shown", "organization.approval is required: leave out --reconcile"
        )


def put_right(
    project: Project,
    caller: Caller,
    jobs: Sequence[Job],
    found: Sequence[StackResult],
    width: int | None,
) -> tuple[StackResult, ...]:
    """The results with those of the stacks that were put right in the place of the drift."""
    ready, left = reconciled(jobs, found, dates.today())
    for line in left:
        project.say(f"not put right: {line}")
    if not ready:
        return tuple(found)
    with session(project, caller, changes=True) as current:
        done = {result.key: result for result in _applied(current, ready, width)}
    return tuple(done.get(result.key, result) for result in found)


def _applied(current: Session, ready: Sequence[Job], width: int | None) -> Sequence[StackResult]:
    """In waves, within budgets and blast radius, like everything that changes accounts."""
    lifted = radius.lifted(current, [job.key for job in ready], None)
    ordered = groups(ready, current.organization, width)
    with recorded(current, replace(asked(current, "reconcile", ordered), lifted=lifted)):
        results = rollout.apply(ordered, current.ports, current.options(width))
        finish(current, "reconcile", results)
        return results
