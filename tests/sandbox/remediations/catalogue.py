"""The violations that the unit tests know, of every service in the registry."""

from __future__ import annotations

from orchestrator.findings.registry import BY_CONTROL, REMEDIATIONS
from orchestrator.findings.remediation import Remediation
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case


def cases() -> tuple[Case, ...]:
    """By service, in their order; those that a remediation can fix."""
    known = cycle.cases().values()
    return tuple(case for of_a_service in known for case in of_a_service if case.fixed)


def remediation_of(case: Case) -> Remediation:
    return BY_CONTROL[case.control.lower()]


def of(remediation: Remediation, among: tuple[Case, ...]) -> list[Case]:
    return [case for case in among if case.control in remediation.controls]


__all__ = ["REMEDIATIONS", "cases", "of", "remediation_of"]
