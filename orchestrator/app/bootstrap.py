"""`preflight` and `bootstrap`: what AWS lacks, and the state bucket and first roles."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from orchestrator import config, wiring
from orchestrator.app.project import Project
from orchestrator.app.session import Caller, environment, finish, session
from orchestrator.errors import UsageError
from orchestrator.model import dates
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.preflight import Check
from orchestrator.model.run import Run, StackResult
from orchestrator.rollout.bootstrap import Bootstrap
from orchestrator.rollout.bootstrap import bootstrap as make


def preflight(project: Project, names: Sequence[str]) -> tuple[Check, ...]:
    """What an organization lacks, and what is in a rollout's way; of all accounts or those named.

    Reads, and changes nothing. Raises UsageError, AwsDenied.
    """
    organization = config.load(project.configs, dates.today())
    known = {account.name for account in organization.accounts}
    for name in names:
        if name not in known:
            raise UsageError(f"no account is called '{name}'", "see which: orchestrator accounts")
    asked = tuple(a for a in organization.accounts if a.name in names or not names)
    return wiring.preflight(organization, environment(project), asked)


def preflight_policy(project: Project) -> Mapping[str, object]:
    """The IAM policy that is enough for it."""
    return wiring.preflight_policy(config.load(project.configs, dates.today()))


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
