"""`remediate`: one finding fixed by a person, on a plan that was looked at."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from orchestrator.app.operator import can_be_undone, deployed
from orchestrator.app.project import Project
from orchestrator.cli.refusals import refusals
from orchestrator.controls import operator as approving
from orchestrator.controls.catalogue import why_by_hand
from orchestrator.controls.operator import Operator
from orchestrator.errors import UsageError
from orchestrator.findings.events import Parsed, parse, read
from orchestrator.findings.finding import Finding, Malformed
from orchestrator.findings.records import Outcome, Record
from orchestrator.model.exit_code import ExitCode
from orchestrator.views import fixes

NOTHING_LEFT = frozenset({Outcome.PASSES, Outcome.GONE})
CODES = {
    Outcome.FIXED: ExitCode.DONE,
    Outcome.ON_ITS_WAY: ExitCode.DONE,
    Outcome.DENIED: ExitCode.AWS_DENIED,
}


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
) -> int:
    """Show what fixing FINDING would do; with --apply, do it.

    FINDING is a JSON file as Security Hub gives it (- for standard input), or a finding's id.
    Decisions and exceptions hold for people, too; budget, circuit breaker and kill switch do not.
    What deletes, cuts access or cannot be taken back is applied only on the plan of a dry run.

    \b
    orchestrator remediate finding.json --dry-run --plan plan.json
    orchestrator remediate finding.json --apply --plan plan.json
    """
    given = _given(finding)
    operator = deployed(project, "remediate").operator
    found = _one(operator.found(finding) if given is None else given, resource, finding)
    with refusals() as result:
        if mode == "dry-run":
            result.code = _rehearsed(operator, found, file)
        else:
            plan = _approved(file, found) if file else _agreed(operator, found, yes=yes)
            result.code = _applied(operator.apply(found, plan, force=force))
    return result.code


def _rehearsed(operator: Operator, found: Finding, file: Path | None) -> ExitCode:
    rehearsal = operator.rehearse(found)
    click.echo(fixes.rehearsal(found, rehearsal))
    if rehearsal.plan and file:
        file.write_text(approving.text_of(approving.plan_for(found, rehearsal.plan)), "utf-8")
        click.echo(f"written: {file}", err=True)
    outcome = rehearsal.evaluation.outcome if rehearsal.evaluation else None
    if rehearsal.plan or outcome in NOTHING_LEFT:
        return ExitCode.DONE
    return ExitCode.AWS_DENIED if outcome is Outcome.DENIED else ExitCode.GATE_REFUSED


def _agreed(operator: Operator, found: Finding, *, yes: bool) -> str:
    """The plan. Raises Abort if a person says no, and UsageError if it needs an approval."""
    rehearsal = operator.rehearse(found)
    click.echo(fixes.rehearsal(found, rehearsal))
    if not rehearsal.plan or rehearsal.remediation is None:
        return ""
    if why := why_by_hand(rehearsal.remediation):
        fix = "write the plan with --dry-run --plan FILE, then --apply --plan FILE"
        raise UsageError(f"this fix needs an approved plan: {why}", fix)
    if not yes:
        click.confirm("Fix it?", abort=True, err=True)
    return rehearsal.plan


def _applied(record: Record) -> ExitCode:
    click.echo(fixes.record(record, undoable=can_be_undone(record)))
    return CODES.get(record.outcome, ExitCode.INCOMPLETE)


def _approved(file: Path, found: Finding) -> str:
    try:
        return approving.approved(approving.read(file.read_text("utf-8")), found)
    except (approving.Unfit, OSError, UnicodeDecodeError) as error:
        fix = "make one: orchestrator remediate FINDING --dry-run --plan FILE"
        raise UsageError(f"{file}: {error}", fix) from error


def _given(finding: str) -> tuple[Parsed, ...] | None:
    """The findings of a file or of standard input; None if `finding` is an id."""
    try:
        if finding == "-":
            return findings_in(json.load(sys.stdin))
        if finding.endswith(".json") or Path(finding).is_file():
            return findings_in(json.loads(Path(finding).read_text("utf-8")))
    except (OSError, ValueError) as error:
        fix = "give what 'aws securityhub get-findings' prints, or an event"
        raise UsageError(f"{finding}: {error}", fix) from error
    return None


def findings_in(document: Any) -> tuple[Parsed, ...]:
    """Of an event, an answer of GetFindings, a list of findings, or one finding."""
    if isinstance(document, dict) and "detail-type" in document:
        return parse(document)
    if isinstance(document, dict):
        document = document.get("Findings", [document])
    return read(document) if isinstance(document, list) else (Malformed("no finding is in it"),)


def _one(found: tuple[Parsed, ...], resource: str, name: str) -> Finding:
    """Raises UsageError unless it is one finding about one resource."""
    bad = next((each for each in found if isinstance(each, Malformed)), None)
    if bad:
        raise UsageError(f"{name}: {bad.reason}", "give a finding as Security Hub has it")
    fitting = [
        each for each in found if isinstance(each, Finding) and resource in ("", each.resource)
    ]
    if not fitting:
        raise UsageError(f"{name}: no such finding", "look for its id in Security Hub")
    if len(fitting) > 1:
        known = ", ".join(sorted({each.resource for each in fitting}))
        raise UsageError(f"{name}: {len(fitting)} findings, about {known}", "take one: --resource")
    return fitting[0]
