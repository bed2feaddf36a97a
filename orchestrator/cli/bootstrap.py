"""`bootstrap`: the state bucket and the first roles."""

from __future__ import annotations

import click

from orchestrator.cli.project import Project
from orchestrator.cli.session import finish, session
from orchestrator.model import dates
from orchestrator.model.names import StackKey, StackName
from orchestrator.model.run import Run, StackResult
from orchestrator.rollout.bootstrap import Bootstrap
from orchestrator.rollout.bootstrap import bootstrap as make
from orchestrator.views.run import VIEWS, text


@click.command()
@click.option("--format", "view", type=click.Choice(list(VIEWS)), default="text", show_default=True)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def bootstrap(project: Project, view: str, yes: bool) -> int:
    """Make the state bucket and the first roles. Safe to repeat.

    Run it as an administrator of the management account, once at the beginning and again whenever
    the roles there change. Its own state moves into the bucket it makes.

    \b
    orchestrator bootstrap
    """

    with session(project) as current:

        def agreed(judged: StackResult) -> bool:
            if yes or (judged.plan is not None and judged.plan.empty):
                return True
            click.echo(text(Run(current.run_id, "bootstrap", "", 0, (judged,))), err=True)
            return click.confirm("Apply?", err=True)

        management = current.organization.management
        key = StackKey(management.id, management.name, StackName.BOOTSTRAP)
        jobs = Bootstrap(current.job(key, local_state=True), current.job(key))
        result = make(jobs, current.ports, dates.today(), agreed)
        return finish(current, "bootstrap", [result], view)
