"""What is done about a finding, decided from the matrix alone. Pure, and it fails closed.

Only one path leads to REMEDIATE: everything is known, decided, in force and without an exception.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from fnmatch import fnmatchcase

from orchestrator.findings.finding import Finding
from orchestrator.findings.matrix import Account, Decision, Exemption, Matrix, TagRule
from orchestrator.findings.parameters import Unfit, settle
from orchestrator.findings.remediation import Remediation, Risk, Value

Tags = Mapping[str, str]
Remediations = Mapping[str, Remediation]


class Kind(StrEnum):
    """What is done, from least to most."""

    IGNORE = "ignore"
    """Nothing, and nobody is told."""
    REFUSE = "refuse"
    """Told, because something is wrong with it, or unknown."""
    TELL = "tell"
    PROPOSE = "propose"
    """Told, with the fix that a person may run."""
    REMEDIATE = "remediate"


@dataclass(frozen=True, slots=True)
class Ruling:
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


def decide(
    finding: Finding,
    matrix: Matrix,
    now: datetime,
    tags: Tags | None,
    remediations: Remediations,
) -> Ruling:
    """The ruling. `tags` are those of the resource now, None if they have not been read."""
    if why := over(finding):
        return Ruling(Kind.IGNORE, why)
    account = matrix.accounts.get(finding.account)
    if account is None:
        why = f"account {finding.account} is not in account_configs/"
        return Ruling(Kind.REFUSE, why, team=matrix.fallback_team)
    ruling = _in_account(finding, matrix, account, now, tags, remediations)
    return replace(ruling, team=account.team)


def over(finding: Finding) -> str:
    """Why nothing is left to be done; '' if there is."""
    if finding.archived:
        return "the finding is archived"
    if finding.workflow in {"SUPPRESSED", "RESOLVED"}:
        return f"its workflow status is {finding.workflow}"
    if finding.control and finding.compliance not in {"FAILED", "WARNING"}:
        return f"its compliance status is {finding.compliance}"
    return ""


def _in_account(
    finding: Finding,
    matrix: Matrix,
    account: Account,
    now: datetime,
    tags: Tags | None,
    remediations: Remediations,
) -> Ruling:
    if not finding.control:
        return Ruling(Kind.TELL, f"{finding.product} found it, and no control stands behind it")
    if why := _ungoverned(finding, account):
        return Ruling(Kind.REFUSE, why)
    decision = account.decisions.get(finding.control.lower())
    if decision is None:
        return Ruling(Kind.TELL, f"nothing is decided about {finding.control}")
    if decision.decision == "disable":
        return Ruling(Kind.IGNORE, f"the control is off: {decision.reason}", decision.source)
    exemptions = matrix.exemptions.get(finding.control.lower(), ())
    concerned = [e for e in exemptions if e.concerns(account.id, finding.resource)]
    if tags is None and (decision.by_tag or any(each.tags for each in concerned)):
        return replace(_without_tags(decision, concerned, now), needs_tags=True)
    fitting = [each for each in concerned if _fits(each.tags, tags or {})]
    return _excepted(fitting, now) or _decided(
        finding, matrix, decision, tags or {}, fitting, remediations
    )


def _ungoverned(finding: Finding, account: Account) -> str:
    if not account.enabled:
        return f"Security Hub is decided to be off in {account.name}"
    if finding.region not in account.regions:
        return f"{finding.region} is not governed in {account.name}"
    return ""


def _without_tags(decision: Decision, concerned: list[Exemption], now: datetime) -> Ruling:
    plain = [each for each in concerned if not each.tags]
    why = "its tags have not been read, and they may decide"
    return _excepted(plain, now) or Ruling(Kind.REFUSE, why, decision.source)


def _excepted(exemptions: list[Exemption], now: datetime) -> Ruling | None:
    for each in exemptions:
        if now.date() <= each.expires:
            why = f"excepted until {each.expires} ({each.ticket}): {each.reason}"
            return Ruling(Kind.IGNORE, why, each.source, exception=each.name)
    return None


def _decided(
    finding: Finding,
    matrix: Matrix,
    decision: Decision,
    tags: Tags,
    expired: list[Exemption],
    remediations: Remediations,
) -> Ruling:
    """What the decision means where no exception is in force."""
    rules = [rule for rule in decision.by_tag if _fits(rule.tags, tags)]
    rule: TagRule | Decision = min(rules, key=_boldness) if rules else decision
    if rule.decision != "remediate":
        return Ruling(Kind.TELL, rule.reason, rule.source)
    fixing = _fixing(finding, matrix, decision, rule, remediations)
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
    decision: Decision,
    rule: TagRule | Decision,
    remediations: Remediations,
) -> Ruling:
    """For what is decided to be fixed: whether it can be, and whether by itself."""
    if decision.runbook:
        ruling = Ruling(
            Kind.REMEDIATE,
            rule.reason,
            rule.source,
            parameters=decision.parameters,
            force=decision.force,
            runbook=decision.runbook,
        )
        return _held(ruling, finding, matrix)
    remediation = remediations.get(finding.control.lower())
    if remediation is None:
        return Ruling(Kind.TELL, f"there is no remediation for {finding.control}", rule.source)
    wanted, found = remediation.resource_type, finding.resource_type
    types = {kind.lower() for kind in (wanted, *remediation.also)}
    if found.startswith("Aws") and found.lower() not in types:
        why = f"the finding is about a resource of type {found}, the remediation about {wanted}"
        return Ruling(Kind.REFUSE, why, rule.source)
    try:
        parameters = settle(remediation, decision.parameters)
    except Unfit as unfit:
        return Ruling(Kind.REFUSE, str(unfit), decision.source)
    force = decision.force
    ruling = Ruling(Kind.REMEDIATE, rule.reason, rule.source, "", parameters, force)
    if remediation.by_hand or remediation.risk is Risk.DESTRUCTIVE:
        why = remediation.by_hand or "it cannot be taken back"
        return replace(ruling, kind=Kind.PROPOSE, reason=f"fixed by hand only: {why}")
    return _held(ruling, finding, matrix)


def _held(ruling: Ruling, finding: Finding, matrix: Matrix) -> Ruling:
    """`ruling`, unless the whole of remediation is off, or Security Hub itself is not sure."""
    if not matrix.rules.enabled:
        why = "remediation is not enabled for the organization"
        return replace(ruling, kind=Kind.PROPOSE, reason=why)
    if finding.compliance != "FAILED":
        why = f"its compliance status is {finding.compliance}, not FAILED"
        return replace(ruling, kind=Kind.PROPOSE, reason=why)
    return ruling


def _fits(wanted: Tags, tags: Tags) -> bool:
    """Whether all of the `wanted` tags are there; none wanted fits everything."""
    return all(key in tags and fnmatchcase(tags[key], value) for key, value in wanted.items())


WORDS = {
    Kind.IGNORE: "nothing is done",
    Kind.REFUSE: "nothing is fixed; the team is told",
    Kind.TELL: "the team is told",
    Kind.PROPOSE: "the team is told how to fix it",
    Kind.REMEDIATE: "it is fixed, and the team is told",
}


def explain(finding: Finding, ruling: Ruling) -> str:
    """The ruling as people read it, for `orchestrator controls explain` and for records."""
    lines = [
        f"{finding.control or finding.product} on {finding.resource} "
        f"in {finding.account}/{finding.region}: {WORDS[ruling.kind]}",
        f"  why: {ruling.reason}",
    ]
    if ruling.source:
        lines.append(f"  written in: {ruling.source}")
    if ruling.exception:
        lines.append(f"  exception: {ruling.exception}")
    if ruling.needs_tags:
        lines.append("  depends on: the tags of the resource")
    if ruling.team:
        lines.append(f"  team: {ruling.team}")
    for name, value in ruling.parameters.items():
        lines.append(f"  {name}: {value}")
    return "\n".join(lines)
