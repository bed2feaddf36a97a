"""Decisions to remediate that will not do what they say, found before any finding comes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from orchestrator.findings.decision import Remediations
from orchestrator.findings.matrix import ControlDecision, Matrix
from orchestrator.findings.parameters import Unfit, settle
from orchestrator.findings.remediation import Risk


@dataclass(frozen=True, slots=True)
class Doubt:
    """One decision, and why nothing will be fixed by itself; the accounts it holds in, by name."""

    control: str
    source: str
    why: str
    accounts: tuple[str, ...]


def doubts(matrix: Matrix, remediations: Remediations) -> tuple[Doubt, ...]:
    """Every such decision once, in the order of controls."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for account in matrix.accounts.values():
        for decision in account.decisions.values():
            for why in _doubts(decision, remediations):
                found.setdefault((decision.control, decision.source, why), []).append(account.name)
    return tuple(Doubt(*key, tuple(sorted(names))) for key, names in sorted(found.items()))


def _doubts(decision: ControlDecision, remediations: Remediations) -> Iterator[str]:
    kinds = {decision.decision, *(rule.decision for rule in decision.by_tag)}
    if "remediate" not in kinds or decision.runbook:
        return
    remediation = remediations.get(decision.control.lower())
    if remediation is None:
        yield "there is no remediation for it"
        return
    if remediation.by_hand or remediation.risk is Risk.DESTRUCTIVE:
        yield f"fixed by hand only: {remediation.by_hand or 'it cannot be taken back'}"
    try:
        settle(remediation, decision.parameters)
    except Unfit as unfit:
        yield str(unfit)
