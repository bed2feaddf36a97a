"""`plan`, `apply`, `drift` and `verify`: the pipeline over one, some or all accounts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches

from orchestrator.app import notifications, reconcile, reviews, selection
from orchestrator.app.project import Project
from orchestrator.app.radius import lifted
from orchestrator.app.recordings import asked, recorded
from orchestrator.app.session import Caller, finish, session
from orchestrator.drift.verdict import Care
from orchestrator.errors import UsageError
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.organization import Organization
from orchestrator.model.run import Run, code_of
from orchestrator.render import stacks_of
from orchestrator.rollout import rollout
from orchestrator.stages.jobs import Group, groups, together, wave_name

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
        beyond = lifted(current, keys, reason)
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
            reconcile.check(current)
        keys = selection.chosen(project, current.organization, words)
        group = together("drift", current.jobs(keys))
        with recorded(current, asked(current, "drift", [group])):
            results = rollout.drift(group, current.ports, current.options(width), care)
            finish(current, "drift", results)
    if put_right:
        results = reconcile.put_right(project, caller, group.jobs, results, width)
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
