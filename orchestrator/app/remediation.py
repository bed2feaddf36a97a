"""The findings function worked by hand: `remediate`, `remediation`, `findings`, `impact`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from orchestrator import wiring
from orchestrator.app.decisions import Decisions, control_asked, load
from orchestrator.app.project import Project
from orchestrator.app.session import environment
from orchestrator.controls import operator as approving
from orchestrator.controls.catalogue import why_by_hand
from orchestrator.controls.impact import DryRun, Impact, Seen, put_first, survey
from orchestrator.controls.operator import Operator
from orchestrator.errors import AwsDenied, UsageError
from orchestrator.findings.by_hand import Rehearsal, finding_of
from orchestrator.findings.decision import Kind, decide
from orchestrator.findings.events import Parsed, parse, read, read_v2
from orchestrator.findings.finding import Finding, Malformed
from orchestrator.findings.matrix import Matrix
from orchestrator.findings.records import Outcome, Record
from orchestrator.findings.registry import BY_CONTROL
from orchestrator.findings.remediation import Refused, Remediation
from orchestrator.findings.undo import Standing
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.exposures import RemediationTarget, ordered
from orchestrator.model.organization import Organization

NOTHING_LEFT = frozenset({Outcome.PASSES, Outcome.GONE})
CODES = {
    Outcome.FIXED: ExitCode.DONE,
    Outcome.ON_ITS_WAY: ExitCode.DONE,
    Outcome.DENIED: ExitCode.AWS_DENIED,
}


@dataclass(frozen=True, slots=True)
class Deployed:
    """The decisions of this checkout, and the function that is deployed."""

    decisions: Decisions
    operator: Operator


def deployed(project: Project, command: str) -> Deployed:
    """Raises UsageError where no function is, and AwsDenied."""
    decisions = load(project)
    if not decisions.organization.facts.remediation.enabled:
        raise UsageError(
            "remediation is not enabled",
            "set organization.remediation.enabled, then run 'orchestrator bootstrap' and "
            "'orchestrator apply all'",
        )
    return Deployed(
        decisions,
        wiring.operator(
            decisions.organization, environment(project), run_id(command), decisions.matrix
        ),
    )


def run_id(command: str) -> str:
    """Stands in the names of sessions."""
    return f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{command}"


def can_be_undone(record: Record) -> bool:
    """Whether there is something to take back, and a way to."""
    known = BY_CONTROL.get(record.control.lower())
    return record.can_be_undone and known is not None and known.undo is not None


@dataclass(frozen=True, slots=True)
class ByHand:
    """One finding that a person works on. Everything raises AwsDenied and findings' Refused."""

    operator: Operator
    finding: Finding

    def rehearse(self, file: Path | None) -> Rehearsal:
        """What a fix would do; its plan is written to `file`, if there is one."""
        found = self.operator.rehearse(self.finding)
        if found.plan and file:
            plan = approving.plan_for(self.finding, found.plan)
            file.write_text(approving.text_of(plan), "utf-8")
        return found

    def apply(
        self, file: Path | None, agree: Callable[[Rehearsal], None], *, force: bool
    ) -> Record:
        """Fix what the plan in `file` was approved for, or what `agree` does not raise at."""
        plan = self._approved(file) if file else self._agreed(agree)
        return self.operator.apply(self.finding, plan, force=force)

    def _agreed(self, agree: Callable[[Rehearsal], None]) -> str:
        """The plan. Raises UsageError if it needs an approval."""
        found = self.operator.rehearse(self.finding)
        agree(found)
        return found.plan if found.remediation is not None else ""

    def _approved(self, file: Path) -> str:
        try:
            return approving.approved(approving.read(file.read_text("utf-8")), self.finding)
        except (approving.Unfit, OSError, UnicodeDecodeError) as error:
            fix = "make one: orchestrator remediate FINDING --dry-run --plan FILE"
            raise UsageError(f"{file}: {error}", fix) from error


def by_hand(project: Project, finding: str, resource: str, given: TextIO) -> ByHand:
    """`finding` is a JSON file, an id, or '-' for what is `given`. Raises UsageError."""
    known = _given(finding, given)
    if known is not None:
        one = _one(known, resource, finding)  # what is wrong with a file needs no credentials
        return ByHand(deployed(project, "remediate").operator, one)
    operator = deployed(project, "remediate").operator
    return ByHand(operator, _one(operator.found(finding), resource, finding))


def without_approval(found: Rehearsal) -> bool:
    """Whether there is something to agree to. Raises UsageError if it needs an approved plan."""
    if not found.plan or found.remediation is None:
        return False
    if why := why_by_hand(found.remediation):
        fix = "write the plan with --dry-run --plan FILE, then --apply --plan FILE"
        raise UsageError(f"this fix needs an approved plan: {why}", fix)
    return True


def code_of_rehearsal(found: Rehearsal) -> ExitCode:
    outcome = found.evaluation.outcome if found.evaluation else None
    if found.plan or outcome in NOTHING_LEFT:
        return ExitCode.DONE
    return ExitCode.AWS_DENIED if outcome is Outcome.DENIED else ExitCode.GATE_REFUSED


def code_of(record: Record) -> ExitCode:
    return CODES.get(record.outcome, ExitCode.INCOMPLETE)


@dataclass(frozen=True, slots=True)
class Shown:
    """A record, and how its resource stands now beside what was kept of it."""

    record: Record
    standing: Standing

    @property
    def remediation(self) -> Remediation | None:
        return BY_CONTROL.get(self.record.control.lower())


def show(project: Project, id_: str) -> Shown:
    """The record of this id. Raises UsageError where none is kept."""
    return _shown(deployed(project, "show").operator, id_)


def _shown(operator: Operator, id_: str) -> Shown:
    found = operator.record(id_)
    if found is None:
        raise UsageError(f"no record '{id_}' is kept", "see them: orchestrator remediation list")
    return Shown(found, operator.standing(found))


@dataclass(frozen=True, slots=True)
class Undoing:
    """What an undo would do."""

    shown: Shown
    excepted: str
    """Where the exception is that lets the resource stay as it was; '' without one."""
    refixed: bool
    """Whether the resource is decided to be remediated, so that an undo wants a reason."""


Agree = Callable[[Undoing], str]
"""Shows it to a person and asks; gives the reason, '' if there is none."""


def undo(project: Project, id_: str, agree: Agree, *, force: bool) -> Record:
    """Take a fix back, if `agree` does not raise. Raises UsageError without a reason that it wants.

    Everything raises AwsDenied and the findings' Refused.
    """
    function = deployed(project, "undo")
    return take_back(function.operator, function.decisions.matrix, id_, agree, force=force)


def take_back(
    operator: Operator, matrix: Matrix, id_: str, agree: Agree, *, force: bool = False
) -> Record:
    """The same, once the function is known."""
    shown = _shown(operator, id_)
    if not shown.record.can_be_undone:
        raise Refused(f"there is nothing to take back: the record says '{shown.record.outcome}'")
    decision = decide(finding_of(shown.record), matrix, datetime.now(UTC), None, BY_CONTROL)
    refixed = not decision.exception and (decision.kind is Kind.REMEDIATE or decision.needs_tags)
    why = agree(Undoing(shown, decision.exception, refixed))
    if refixed and not why:
        raise UsageError(
            f"{shown.record.control} is decided to be remediated, and no exception covers "
            f"{shown.record.resource}",
            "say why the fix is taken back: --reason TEXT; or let the resource be as it was: add "
            "an exception to account_configs/exceptions.yaml",
        )
    return operator.undo(id_, force=force, why=why)


@dataclass(frozen=True, slots=True)
class Sent:
    """Findings that were put back, and those that were not, with the reason."""

    count: int
    left: tuple[str, ...]


def replay(project: Project, days: int, *, malformed: bool) -> Sent:
    """Put back what the dead-letter queue has, and what went wrong within so many days."""
    operator = deployed(project, "replay").operator
    done = [operator.replay_dead_letters(malformed=malformed)]
    if days:
        done.append(operator.replay_records(days))
    return Sent(sum(each.sent for each in done), tuple(line for each in done for line in each.left))


def _given(finding: str, given: TextIO) -> tuple[Parsed, ...] | None:
    """The findings of a file or of `given`; None if `finding` is an id."""
    try:
        if finding == "-":
            return findings_in(json.load(given))
        if finding.endswith(".json") or Path(finding).is_file():
            return findings_in(_document(Path(finding).read_text("utf-8")))
    except RecursionError as error:
        fix = "give what 'aws securityhub get-findings' prints, or an event"
        raise UsageError(f"{finding}: it is nested too deeply", fix) from error
    except (OSError, ValueError) as error:
        fix = "give what 'aws securityhub get-findings' prints, or an event"
        raise UsageError(f"{finding}: {error}", fix) from error
    return None


def _document(text: str) -> Any:
    if not text.strip():
        raise ValueError("it is empty")
    return json.loads(text)


def findings_in(document: Any) -> tuple[Parsed, ...]:
    """Of an event, an answer of GetFindings or GetFindingsV2, a list of findings, or one."""
    if isinstance(document, dict) and "detail-type" in document:
        return parse(document)
    if isinstance(document, dict):
        document = document.get("Findings", [document])
    if not isinstance(document, list):
        return (Malformed("no finding is in it"),)
    unified = any(isinstance(each, dict) and "finding_info" in each for each in document)
    return read_v2(document) if unified else read(document)


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


def impact(project: Project, control: str, most: int, days: int = 0, lake: str = "") -> Impact:
    """Every finding of a control, and what fixing it would do; at most `most` are looked at.

    Logs of so many days say who uses each; 0 asks none. `lake` is a folder, or '' for the lake
    that is declared.
    """
    decisions = load(project)
    called = control_asked(project, control)
    found = wiring.failing(decisions.organization, environment(project), run_id("impact"), called)
    dry_run = _dry_run(project, decisions) if most else None
    now = datetime.now(UTC)
    env = environment(project)
    usage = wiring.usage(decisions.organization, env, lake, days, now) if days else None
    surveyed = survey(called, found, decisions.matrix, BY_CONTROL, now, dry_run, most, usage)
    return put_first(surveyed, _targets(project, decisions.organization))


def exposures(project: Project) -> tuple[RemediationTarget, ...] | None:
    """What closes most exposures first; None where the unified hub is off. Raises AwsDenied."""
    organization = load(project).organization
    found = wiring.remediation_targets(organization, environment(project), run_id("exposures"))
    return None if found is None else ordered(found)


def _targets(project: Project, organization: Organization) -> tuple[RemediationTarget, ...]:
    """None where they cannot be read: the order of findings does not need them."""
    try:
        env = environment(project)
        return wiring.remediation_targets(organization, env, run_id("impact")) or ()
    except AwsDenied as denied:
        project.say(f"exposures are not known: {denied.message}")
        return ()


def _dry_run(project: Project, decisions: Decisions) -> DryRun | None:
    """None where the function that fixes is not deployed; then nothing can look."""
    if not decisions.organization.facts.remediation.enabled:
        return None
    try:
        operator = deployed(project, "impact").operator
    except UsageError as error:
        project.say(f"findings are not looked at: {error.message}")
        return None

    def dry_run(finding: Finding) -> Seen | str:
        try:
            return Seen(operator.rehearse(finding), operator.tags(finding))
        except AwsDenied as denied:
            return denied.message

    return dry_run
