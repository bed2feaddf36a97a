"""`remediate`, `remediation` and `findings`: the findings function, worked by a person.

One finding is fixed on a plan that was looked at; what was fixed is shown and taken back; what
could not be worked on is tried once more.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click

from orchestrator.accounts.files import Need
from orchestrator.app import remediation as by_hand
from orchestrator.app import ticket_answers
from orchestrator.app.project import Project
from orchestrator.app.proposals import REQUEST, Place
from orchestrator.app.proposals import line as task_line
from orchestrator.app.remediation import can_be_undone, deployed
from orchestrator.cli import options
from orchestrator.findings.by_hand import Rehearsal
from orchestrator.findings.finding import Finding
from orchestrator.findings.records import Outcome
from orchestrator.findings.remediation import Refused
from orchestrator.model.exit_code import ExitCode
from orchestrator.views import fixes

VIEW = click.option("--format", "view", type=click.Choice(["text", "json"]), default="text")


@dataclass
class Result:
    """The exit code."""

    code: ExitCode = ExitCode.DONE


@contextmanager
def refusals() -> Iterator[Result]:
    """A refusal is a result: it is said, and makes the exit code."""
    seen = Result()
    try:
        yield seen
    except Refused as refused:
        click.echo(f"refused: {refused}")
        seen.code = ExitCode.GATE_REFUSED


@click.command(short_help="Try, or carry out, the fix of one finding.")
@click.argument("finding")
@click.option("--dry-run", "mode", flag_value="dry-run", default=True, help="Change nothing.")
@click.option("--apply", "mode", flag_value="apply", help="Fix it.")
@click.option(
    "--plan",
    "file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where a dry run writes its plan, and --apply reads the approved one.",
)
@click.option("--resource", default="", help="Of a finding about several, this one; its ARN.")
@click.option("--force", is_flag=True, help="With --apply: also what code owns.")
@click.option("--yes", is_flag=True, help="With --apply and no --plan: do not ask.")
@click.pass_obj
def remediate(
    project: Project,
    finding: str,
    mode: str,
    file: Path | None,
    resource: str,
    force: bool,
    yes: bool,
) -> ExitCode:
    """Show what fixing FINDING would do; with --apply, do it.

    FINDING is a JSON file as Security Hub gives it (- for standard input), or a finding's id.
    Decisions and exceptions hold for people, too; budget, circuit breaker and kill switch do not.
    What deletes, cuts access or cannot be taken back is applied only on the plan of a dry run.

    \b
    orchestrator remediate finding.json --dry-run --plan plan.json
    orchestrator remediate finding.json --apply --plan plan.json
    """
    work = by_hand.by_hand(project, finding, resource, sys.stdin)
    with refusals() as result:
        if mode == "dry-run":
            rehearsal = work.rehearse(file)
            click.echo(fixes.rehearsal(work.finding, rehearsal))
            if rehearsal.plan and file:
                click.echo(f"written: {file}", err=True)
            result.code = by_hand.code_of_rehearsal(rehearsal)
        else:
            record = work.apply(file, _agreed(work.finding, yes=yes), force=force)
            click.echo(fixes.record(record, undoable=can_be_undone(record)))
            result.code = by_hand.code_of(record)
    return result.code


def _agreed(finding: Finding, *, yes: bool) -> Callable[[Rehearsal], None]:
    """Shows what would be done and asks, unless `yes`. Raises Abort if a person says no."""

    def agree(rehearsal: Rehearsal) -> None:
        click.echo(fixes.rehearsal(finding, rehearsal))
        if by_hand.without_approval(rehearsal) and not yes:
            click.confirm("Fix it?", abort=True, err=True)

    return agree


@click.group()
def remediation() -> None:
    """What the findings function has done, and the switch that stops it."""


@remediation.command(name="list", short_help="List what was done about findings.")
@click.option(
    "--days", type=click.IntRange(1, 400), default=7, show_default=True, help="So many back."
)
@click.option("--outcome", type=click.Choice([str(each) for each in Outcome]), help="Only these.")
@VIEW
@click.pass_obj
def list_(project: Project, days: int, outcome: str | None, view: str) -> ExitCode:
    """List the records of the last days, the newest first.

    \b
    orchestrator remediation list
    orchestrator remediation list --outcome failing --days 30
    """
    operator = deployed(project, "list").operator
    found = [each for each in operator.records(days) if outcome in (None, each.outcome)]
    click.echo((fixes.records_json if view == "json" else fixes.records)(found))
    if why := operator.stopped():
        click.echo(f"nothing is fixed without a person: {why}", err=True)
    return ExitCode.DONE


@remediation.command(short_help="Show all that is known of one record.")
@click.argument("record")
@VIEW
@click.pass_obj
def show(project: Project, record: str, view: str) -> ExitCode:
    """Show what was done and why, what it changed, how the resource is now, and the way back."""
    found = by_hand.show(project, record)
    if view == "json":
        click.echo(fixes.record_json(found.record, found.standing))
    else:
        undoable = can_be_undone(found.record)
        click.echo(fixes.record(found.record, undoable=undoable, standing=found.standing))
    return ExitCode.DONE


@remediation.command(short_help="Take a fix back.")
@click.argument("record")
@click.option("--force", is_flag=True, help="Also if the resource has changed since the fix.")
@click.option("--reason", default="", help="Why; its team reads it.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def undo(project: Project, record: str, force: bool, reason: str, yes: bool) -> ExitCode:
    """Make the resource what it was before the fix, and tell its team.

    Shows what would change, and what is open to others again after it, and asks. It is not fixed
    again until it has passed, or a person asks for it. Where it is decided that the control is
    remediated, an undo wants a reason, or an exception for the resource.

    \b
    orchestrator remediation undo 20261123-1f0c9a2b4d
    orchestrator remediation undo 20261123-1f0c9a2b4d --reason "Breaks the nightly import." --yes
    """

    def agree(undoing: by_hand.Undoing) -> str:
        click.echo(fixes.undoing(undoing.shown, undoing.excepted), err=True)
        if yes:
            return reason
        why = reason or (click.prompt("Why", err=True) if undoing.refixed else "")
        click.confirm("Take it back?", abort=True, err=True)
        return str(why)

    with refusals() as result:
        click.echo(fixes.record(by_hand.undo(project, record, agree, force=force), undoable=False))
    return result.code


@remediation.command(short_help="Let nothing be fixed without a person, from now on.")
@click.pass_obj
def stop(project: Project) -> ExitCode:
    """Turn the kill switch off: within seconds nothing is fixed without a person any more.

    Findings are still routed, and teams told. Applies leave the switch as it is.
    """
    deployed(project, "stop").operator.turn(on=False)
    click.echo("stopped: nothing is fixed without a person; again: orchestrator remediation start")
    return ExitCode.DONE


@remediation.command(short_help="Let findings be fixed again.")
@click.pass_obj
def start(project: Project) -> ExitCode:
    """Turn the kill switch on again; what was stopped meanwhile: orchestrator findings replay."""
    deployed(project, "start").operator.turn(on=True)
    click.echo("started: what is decided to be fixed is fixed again")
    return ExitCode.DONE


@click.group()
def findings() -> None:
    """Findings on their way to the function."""


@findings.command(short_help="Try once more what could not be worked on.")
@click.option(
    "--malformed", is_flag=True, help="Also what was put aside because it is not a finding."
)
@click.option(
    "--days",
    type=click.IntRange(0, 30),
    default=0,
    help="Also findings whose fix was stopped, held, denied or failed within so many days.",
)
@click.pass_obj
def replay(project: Project, malformed: bool, days: int) -> ExitCode:
    """Put the findings of the dead-letter queue back, to take the way of all others.

    What has been done meanwhile is not done again.

    \b
    orchestrator findings replay
    orchestrator findings replay --days 2
    """
    sent = by_hand.replay(project, days, malformed=malformed)
    for line in sent.left:
        click.echo(f"left: {line}")
    click.echo(f"{sent.count} findings put back")
    return ExitCode.DONE


@findings.command(short_help="Propose the exceptions that owners have asked for in tickets.")
@options.proposal
@click.pass_obj
def answers(project: Project, to: str, branch: str | None) -> ExitCode:
    """Write what owners have answered in tickets into account_configs/exceptions.yaml.

    An answer is a comment that begins with `exception until YYYY-MM-DD:` and says why. It holds for
    the resources that fail now, or those of them that it names. The last one of a ticket counts.
    Whoever may comment may answer: look at the change before it holds.

    \b
    orchestrator findings answers
    orchestrator findings answers --to pull-request
    """
    place = Place(project, "except", to, branch, "orchestrator apply all", show=options.printed)
    tasks = ticket_answers.answers(project, place)
    for task in tasks:
        click.echo(task_line(task), err=place.to == REQUEST)
    refused = any(task.need is Need.REFUSE for task in tasks)
    return ExitCode.INCOMPLETE if refused else ExitCode.DONE
