"""`plan`, `apply`, `drift` and `verify`: the pipeline over one, some or all accounts.

How far an apply may reach, and drift that is put right by a run of its own, belong to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from difflib import get_close_matches

from orchestrator import wiring
from orchestrator.app import notifications, reviews, selection
from orchestrator.app.project import Project
from orchestrator.app.recordings import asked, recorded
from orchestrator.app.session import Caller, Session, finish, session
from orchestrator.drift.verdict import Care, reconciled
from orchestrator.errors import NotApproved, TooFar, UsageError
from orchestrator.model import dates
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.names import StackKey
from orchestrator.model.organization import Organization
from orchestrator.model.run import Lifted, Run, StackResult, code_of
from orchestrator.render import stacks_of
from orchestrator.rollout import rollout
from orchestrator.rollout.gate import exceeded
from orchestrator.stages.jobs import Group, Job, groups, together, wave_name

SHORTEST = 10


def lifted_limits(current: Session, keys: Sequence[StackKey], reason: str | None) -> Lifted | None:
    """The limits that are lifted for `reason`; None if the run stays within all of them.

    Raises TooFar if it does not, and there is no reason.
    """
    if reason is not None and len(reason.strip()) < SHORTEST:
        raise UsageError(f"'{reason}' is not a reason", f"write {SHORTEST} characters or more")
    last = wiring.runs(current.project.runs).last("apply")
    limits = exceeded(current.organization, keys, last.outcomes if last else {})
    if limits and reason is None:
        raise TooFar(limits)
    return Lifted(reason.strip(), limits) if limits and reason else None


def check_reconcile(current: Session) -> None:
    """Before anything is read. Raises NotApproved where a person has to see each plan."""
    if current.organization.facts.approval.required:
        raise NotApproved(
            "no plan was shown", "organization.approval is required: leave out --reconcile"
        )


def reconcile_drift(
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
    lifted = lifted_limits(current, [job.key for job in ready], None)
    ordered = groups(ready, current.organization, width)
    with recorded(current, replace(asked(current, "reconcile", ordered), lifted=lifted)):
        results = rollout.apply(ordered, current.ports, current.options(width))
        finish(current, "reconcile", results)
        return results


Confirm = Callable[[str], None]
"""Shows what is to be applied, and raises if that is not wanted."""


def plan(
    project: Project,
    caller: Caller,
    words: Sequence[str],
    *,
    width: int | None = None,
    by_entry: bool = False,
    out: bool = False,
) -> Run:
    """Plan, scan and judge; with `out`, keep the plans for a review. Changes nothing."""
    with session(project, caller) as current:
        keys = selection.chosen(project, current.organization, words)
        group = together("plan", current.jobs(keys, by_entry=by_entry))
        with recorded(current, asked(current, "plan", [group])) as journal:
            results = rollout.plan(group, current.ports, current.options(width))
            if out:
                reviews.keep(current, group.jobs, results, journal)
            return finish(current, "plan", results)


def apply(
    project: Project,
    caller: Caller,
    words: Sequence[str],
    confirm: Confirm,
    *,
    width: int | None = None,
    tolerate: int | None = None,
    pause_after: str | None = None,
    reason: str | None = None,
    accept_moved: bool = False,
    by_entry: bool = False,
    reviewed: str | None = None,
    replan: bool = False,
) -> Run:
    """Foundations first, then wave by wave; with `reviewed`, exactly the plans of that run."""
    with session(project, caller, changes=True) as current:
        stored = reviews.opened(current, reviewed, replan=replan)
        keys = stored.chosen(project, current.organization, words)
        beyond = lifted_limits(current, keys, reason)
        jobs = current.jobs(keys, by_entry=by_entry)
        ordered = groups(jobs, current.organization, width)
        pause = pause_of(current.organization, pause_after)
        options = current.options(width, tolerate, pause, accept_moved=accept_moved)
        inputs = asked(current, "apply", ordered, beyond)
        confirm(f"{len(jobs)} stacks: {in_order(ordered)}")
        with recorded(current, inputs):
            results = rollout.apply(ordered, stored.ports(current, jobs), options)
            stored.forget(current, results)
            return finish(current, "apply", results, beyond)


def drift(
    project: Project,
    caller: Caller,
    words: Sequence[str],
    care: Care,
    *,
    width: int | None = None,
    put_right: bool = False,
    targets: Sequence[str] = (),
) -> ExitCode:
    """Compare accounts with what was applied last; put right what may be, and tell `targets`."""
    notifications.check_targets(targets, project.environ)
    with session(project, caller) as current:
        if put_right:
            check_reconcile(current)
        keys = selection.chosen(project, current.organization, words)
        group = together("drift", current.jobs(keys))
        with recorded(current, asked(current, "drift", [group])):
            results = rollout.drift(group, current.ports, current.options(width), care)
            finish(current, "drift", results)
    if put_right:
        results = reconcile_drift(project, caller, group.jobs, results, width)
    every = len(keys) == len(stacks_of(current.organization))
    unsent = notifications.notify(current, results, targets, complete=every)
    return unsent or code_of(result.outcome for result in results)


def verify(
    project: Project, caller: Caller, words: Sequence[str], *, width: int | None = None
) -> Run:
    """Ask AWS whether accounts are as declared. Plans nothing."""
    with session(project, caller) as current:
        keys = selection.chosen(project, current.organization, words)
        group = together("verify", current.jobs(keys))
        with recorded(current, asked(current, "verify", [group])):
            results = rollout.verify(group, current.ports, current.options(width))
            return finish(current, "verify", results)


def in_order(ordered: Sequence[Group]) -> str:
    """'security (1), wave canary (3)'."""
    return ", ".join(f"{group.name} ({len(group.jobs)})" for group in ordered)


def pause_of(organization: Organization, wave: str | None) -> str:
    """The group after which the run ends; '' for none. Raises UsageError for an unknown wave."""
    if wave is None:
        return ""
    if wave not in organization.waves:
        suggestions = get_close_matches(wave, organization.waves, n=1)
        known = ", ".join(organization.waves)
        fix = f"did you mean '{suggestions[0]}'?" if suggestions else f"choose one of {known}"
        raise UsageError(f"there is no wave '{wave}'", fix)
    return wave_name(wave)
