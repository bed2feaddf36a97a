"""Which stacks run when, for each of the commands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain

from orchestrator.model.run import StackResult
from orchestrator.pipeline import drift_stage
from orchestrator.pipeline.course import Course, Terms
from orchestrator.pipeline.drift import Care
from orchestrator.pipeline.groups import Group, together
from orchestrator.pipeline.job import Job
from orchestrator.pipeline.judging import judged
from orchestrator.pipeline.setting_aside import noted, parted
from orchestrator.pipeline.telling import Results, in_group, told
from orchestrator.pipeline.verify import inspect
from orchestrator.pipeline.waiting import waiting
from orchestrator.pipeline.waves import roll_out
from orchestrator.pipeline.working import each
from orchestrator.ports import Ports


def plan(jobs: Sequence[Job], ports: Ports, terms: Terms) -> Results:
    """Plan, scan and judge every job; change nothing."""
    course, group = Course.of(ports, terms), together("plan", jobs)
    working, aside = parted(jobs, terms)
    ready, waits = waiting(working, ports)
    results = noted(chain(aside, waits, judged(ready, course)), terms)
    return told("plan", (group,), in_group(group, results, course), course)


def apply(groups: Sequence[Group], ports: Ports, terms: Terms) -> Results:
    """Foundations one after the other, then the accounts, wave by wave.

    The accounts' plans read nothing of the foundations, so they are made, scanned and judged
    while those are applied, and all are known before the first wave begins. A wave stops when its
    failure budget is spent, and the next starts only when this one is well; a foundation that
    failed is never tolerated, because all others stand on it.
    """
    course = Course.of(ports, terms)
    return told("apply", groups, roll_out(groups, course), course)


def drift(jobs: Sequence[Job], ports: Ports, terms: Terms, care: Care) -> Results:
    """Compare every job's account with what was applied last."""
    return _simply("drift", jobs, ports, terms, lambda job: drift_stage.drift(job, ports, care))


def verify(jobs: Sequence[Job], ports: Ports, terms: Terms) -> Results:
    """Ask AWS whether it is as declared, without a plan."""
    return _simply("verify", jobs, ports, terms, lambda job: inspect(job, ports))


def _simply(
    name: str, jobs: Sequence[Job], ports: Ports, terms: Terms, work: Callable[[Job], StackResult]
) -> Results:
    course, group = Course.of(ports, terms), together(name, jobs)
    working, aside = parted(jobs, terms)
    work_on = replace(group, jobs=working)
    worked = (result for _, result in each(work_on, course, name, work))
    results = noted(chain(aside, worked), terms)
    return told(name, (group,), in_group(group, results, course), course)
