"""`doctor`, `preflight` and `bootstrap`: this machine, AWS, and the first stack.

What comes before the first rollout.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict

import click

from orchestrator import wiring
from orchestrator.app import bootstrap as founding
from orchestrator.app.project import Project
from orchestrator.cli import options, watch
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.preflight import Need, Readiness, code_of
from orchestrator.model.run import Run, StackResult
from orchestrator.views import preflight as preflights
from orchestrator.views.run import text

JSON_VERSION = 1
PREFLIGHT = preflights.VIEWS


@click.command(short_help="Say what this machine has, and what it lacks.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.pass_obj
def doctor(project: Project, as_json: bool) -> ExitCode:
    """Say what was found on this machine, where, and what is missing. Works offline.

    \b
    orchestrator doctor
    orchestrator doctor --json
    """
    needs = wiring.examine(os.environ, project.root)
    click.echo(document(needs) if as_json else "\n".join(lines(needs)))
    return code(needs)


def lines(needs: Sequence[Need]) -> Iterator[str]:
    """One line a need, and one for its remedy."""
    width = max(len(need.name) for need in needs)
    for need in needs:
        yield f"{need.presence:<7}  {need.name:<{width}}  {need.found}"
        if need.fix:
            yield f"{'':<{width + 11}}fix: {need.fix}"


def document(needs: Sequence[Need]) -> str:
    ready = code(needs) == ExitCode.DONE
    listed = [asdict(need) for need in needs]
    return json.dumps({"version": JSON_VERSION, "ready": ready, "needs": listed}, indent=2)


def code(needs: Sequence[Need]) -> ExitCode:
    missing = any(need.presence is Readiness.MISSING for need in needs)
    return ExitCode.CONFIGURATION if missing else ExitCode.DONE


@click.command(short_help="Ask AWS what is missing, or in a rollout's way.")
@click.argument("accounts", nargs=-1)
@click.option(
    "--format", "view", type=click.Choice(list(PREFLIGHT)), default="text", show_default=True
)
@click.option("--policy", is_flag=True, help="Print the IAM policy that is enough for it, and end.")
@click.pass_obj
def preflight(project: Project, accounts: tuple[str, ...], view: str, policy: bool) -> ExitCode:
    """Ask AWS what an organization lacks, and what would be in the way of a rollout.

    Reads, and changes nothing: with your own credentials in the management account, and with the
    entry role, narrowed to reading, in every account or in those that are named. What is missing is
    made by the stacks. Ends with 3 when something is in the way, and with 6 when something is not
    known.

    \b
    orchestrator preflight
    orchestrator preflight payments-prod --format json
    orchestrator preflight --policy
    """
    if policy:
        click.echo(json.dumps(founding.preflight_policy(project), indent=2))
        return ExitCode.DONE
    checks = founding.preflight(project, accounts)
    click.echo(PREFLIGHT[view](checks))
    return code_of(checks)


@click.command()
@options.run_format
@options.yes
@click.pass_obj
def bootstrap(project: Project, view: str, yes: bool) -> ExitCode:
    """Make the state bucket and the first roles. Safe to repeat.

    Run it as an administrator of the management account, once at the beginning and again whenever
    the roles there change. Its own state moves into the bucket it makes.

    \b
    orchestrator bootstrap
    """

    def agreed(judged: StackResult) -> bool:
        if yes:
            return True
        click.echo(text(Run("", "bootstrap", "", 0, (judged,))), err=True)
        return click.confirm("Apply?", err=True)

    with watch.caller(view) as caller:
        return founding.bootstrap(project, caller, agreed).exit_code
