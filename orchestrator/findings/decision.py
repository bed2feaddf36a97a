"""What is done about a finding, decided from the matrix alone. Pure, and it fails closed.

Only one path leads to REMEDIATE: everything is known, decided, in force and without an exception.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatchcase

from orchestrator.findings.event_reader import ANY
from orchestrator.findings.finding import Category, Finding
from orchestrator.findings.matrix import Account, Exemption, Matrix, MatrixDecision, TagRule
from orchestrator.findings.remediation import Remediation, Risk, Unfit, Value, settle
from orchestrator.findings.resource_id import ACCOUNT_ID

Tags = Mapping[str, str]
Remediations = Mapping[str, Remediation]


class Kind(StrEnum):
    """What is done, from least to most."""

    IGNORE = "ignore"
    """Nothing is done, and no team is told."""
    REFUSE = "refuse"
    """The team is told that something about it is wrong or unknown."""
    NOTIFY = "tell"
    PROPOSE = "propose"
    """The team is told, with the fix that a person may run."""
    REMEDIATE = "remediate"


@dataclass(frozen=True, slots=True)
class Decision:
    """What is done, why, and where that is written. `reason` is a sentence without a full stop."""

    kind: Kind
    reason: str
    source: str = ""
    team: str = ""
    parameters: Mapping[str, Value] = field(default_factory=dict)
    force: bool = False
    runbook: str = ""
    exception: str = ""
    needs_tags: bool = False
    """Whether tags could change it. Until they are read, it is never REMEDIATE."""
    unused_for: int = 0
    """Days without use that logs must show at the moment of the fix; 0: they are not asked."""
    after: int = 0
    """Days from when the team was first told to the fix; 0: at once."""


def decide(
    finding: Finding,
    matrix: Matrix,
    now: datetime,
    tags: Tags | None,
    remediations: Remediations,
) -> Decision:
    """The decision. `tags` are those of the resource now, None if they have not been read."""
    if why := over(finding):
        return Decision(Kind.IGNORE, why)
    account = matrix.accounts.get(finding.account)
    if account is None:
        why = f"account {finding.account} is not in account_configs/"
        return Decision(Kind.REFUSE, why, team=matrix.fallback_team)
    decision = _in_account(finding, matrix, account, now, tags, remediations)
    return replace(decision, team=account.team)


def over(finding: Finding) -> str:
    """Why nothing is left to do; '' if something is."""
    if finding.archived:
        return "the finding is archived"
    if finding.workflow in {"SUPPRESSED", "RESOLVED"}:
        return f"its workflow status is {finding.workflow}"
    checked = finding.control or finding.category is Category.COVERAGE
    if checked and finding.compliance not in {"FAILED", "WARNING"}:
        return f"its compliance status is {finding.compliance}"
    return ""


def _in_account(
    finding: Finding,
    matrix: Matrix,
    account: Account,
    now: datetime,
    tags: Tags | None,
    remediations: Remediations,
) -> Decision:
    if not finding.control:
        return Decision(
            Kind.NOTIFY, REASONS.get(finding.category, NO_CONTROL).format(product=finding.product)
        )
    if why := _ungoverned(finding, account):
        return Decision(Kind.REFUSE, why)
    declared = account.decisions.get(finding.control.lower())
    if declared is None:
        return Decision(Kind.NOTIFY, f"nothing is decided about {finding.control}")
    if declared.decision == "disable":
        return Decision(Kind.IGNORE, f"the control is off: {declared.reason}", declared.source)
    exemptions = matrix.exemptions.get(finding.control.lower(), ())
    concerned = [e for e in exemptions if e.concerns(account.id, finding.resource)]
    if tags is None and (declared.by_tag or any(each.tags for each in concerned)):
        return replace(_without_tags(declared, concerned, now), needs_tags=True)
    fitting = [each for each in concerned if _fits(each.tags, tags or {})]
    return _excepted(fitting, now) or _decided(
        finding, matrix, declared, tags or {}, fitting, remediations
    )


REASONS = {
    Category.COVERAGE: "a security service does not watch it, so nothing is found there",
    Category.DETECTION: "{product} has seen something that may be an attack",
    Category.EXPOSURE: "several findings together let somebody in; each is decided by itself",
    Category.SENSITIVE_DATA: "{product} found data there that needs protection",
    Category.VULNERABILITY: "{product} found software with a known vulnerability",
}
NO_CONTROL = "{product} found it, and no control stands behind it"
"""Why a team is told of a finding without a control, which nothing is decided about."""


def _ungoverned(finding: Finding, account: Account) -> str:
    if not account.enabled:
        return f"Security Hub is decided to be off in {account.name}"
    if finding.region not in account.regions:
        return f"{finding.region} is not governed in {account.name}"
    return ""


def _without_tags(declared: MatrixDecision, concerned: list[Exemption], now: datetime) -> Decision:
    plain = [each for each in concerned if not each.tags]
    why = "its tags have not been read, and they may decide"
    return _excepted(plain, now) or Decision(Kind.REFUSE, why, declared.source)


def _excepted(exemptions: list[Exemption], now: datetime) -> Decision | None:
    for each in exemptions:
        if now.date() <= each.expires:
            why = f"excepted until {each.expires} ({each.ticket}): {each.reason}"
            return Decision(Kind.IGNORE, why, each.source, exception=each.name)
    return None


def _decided(
    finding: Finding,
    matrix: Matrix,
    declared: MatrixDecision,
    tags: Tags,
    expired: list[Exemption],
    remediations: Remediations,
) -> Decision:
    """What the decision means where no exception is in force."""
    rules = [rule for rule in declared.by_tag if _fits(rule.tags, tags)]
    rule: TagRule | MatrixDecision = min(rules, key=_boldness) if rules else declared
    if rule.decision != "remediate":
        return Decision(Kind.NOTIFY, rule.reason, rule.source)
    fixing = replace(
        _fixing(finding, matrix, declared, rule, remediations),
        unused_for=declared.unused_for,
        after=declared.after,
    )
    if expired and fixing.kind is Kind.REMEDIATE:
        run_out = expired[0]
        why = f"the exception '{run_out.name}' ran out on {run_out.expires}: renew or remove it"
        return replace(fixing, kind=Kind.PROPOSE, reason=why, source=run_out.source)
    return fixing


def _boldness(rule: TagRule) -> bool:
    return rule.decision == "remediate"


def _fixing(
    finding: Finding,
    matrix: Matrix,
    declared: MatrixDecision,
    rule: TagRule | MatrixDecision,
    remediations: Remediations,
) -> Decision:
    """For what is decided to be fixed: whether it can be, and whether by itself."""
    if declared.runbook:
        decision = Decision(
            Kind.REMEDIATE,
            rule.reason,
            rule.source,
            parameters=declared.parameters,
            force=declared.force,
            runbook=declared.runbook,
        )
        return _held(decision, finding, matrix)
    remediation = remediations.get(finding.control.lower())
    if remediation is None:
        return Decision(Kind.NOTIFY, f"there is no remediation for {finding.control}", rule.source)
    if why := _unfit(finding, remediation):
        return Decision(Kind.REFUSE, why, rule.source)
    try:
        parameters = settle(remediation, declared.parameters)
    except Unfit as unfit:
        return Decision(Kind.REFUSE, str(unfit), declared.source)
    force = declared.force
    decision = Decision(Kind.REMEDIATE, rule.reason, rule.source, "", parameters, force)
    if remediation.by_hand or remediation.risk is Risk.DESTRUCTIVE:
        why = remediation.by_hand or "it cannot be taken back"
        return replace(decision, kind=Kind.PROPOSE, reason=f"fixed by hand only: {why}")
    return _held(decision, finding, matrix)


def _unfit(finding: Finding, remediation: Remediation) -> str:
    """Why the resource of the finding is none that the remediation knows; '' if it may be.

    One that is looked for by an id of another kind would be taken for gone.
    """
    wanted, found = remediation.resource_type, finding.resource_type
    types = {kind.lower() for kind in (wanted, *remediation.also)}
    if found.startswith("Aws") and found.lower() not in types:
        return f"the finding is about a resource of type {found}, the remediation about {wanted}"
    if not finding.resource.startswith(("arn:", ACCOUNT_ID)) and finding.resource != ANY:
        return f"the finding calls the resource '{finding.resource}', which is not an ARN"
    return ""


def _held(decision: Decision, finding: Finding, matrix: Matrix) -> Decision:
    """`decision`, unless the whole of remediation is off, or Security Hub itself is not sure."""
    if not matrix.rules.enabled:
        why = "remediation is not enabled for the organization"
        return replace(decision, kind=Kind.PROPOSE, reason=why)
    if finding.compliance != "FAILED":
        why = f"its compliance status is {finding.compliance}, not FAILED"
        return replace(decision, kind=Kind.PROPOSE, reason=why)
    return decision


def _fits(wanted: Tags, tags: Tags) -> bool:
    """Whether all of the `wanted` tags are there; none wanted fits everything."""
    return all(key in tags and fnmatchcase(tags[key], value) for key, value in wanted.items())


WORDS = {
    Kind.IGNORE: "nothing is done",
    Kind.REFUSE: "nothing is fixed; the team is told",
    Kind.NOTIFY: "the team is told",
    Kind.PROPOSE: "the team is told how to fix it",
    Kind.REMEDIATE: "it is fixed, and the team is told",
}


def explain(finding: Finding, decision: Decision) -> str:
    """The decision as people read it, for `orchestrator controls explain` and for records."""
    lines = [
        f"{finding.control or finding.product} on {finding.resource} "
        f"in {finding.account}/{finding.region}: {WORDS[decision.kind]}",
        f"  why: {decision.reason}",
    ]
    if decision.source:
        lines.append(f"  written in: {decision.source}")
    if decision.exception:
        lines.append(f"  exception: {decision.exception}")
    if decision.needs_tags:
        lines.append("  depends on: the tags of the resource")
    if decision.team:
        lines.append(f"  team: {decision.team}")
    if decision.unused_for:
        lines.append(f"  only if: logs show no use for {decision.unused_for} days")
    if decision.after:
        lines.append(f"  when: {decision.after} days after its team was first told")
    for name, value in decision.parameters.items():
        lines.append(f"  {name}: {value}")
    return "\n".join(lines)
