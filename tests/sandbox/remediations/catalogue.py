"""The violations that the unit tests know, of every service in the registry."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import tests.unit.findings.services.cycle as cycles
from orchestrator.findings.registry import BY_CONTROL, REMEDIATIONS
from orchestrator.findings.remediation import Remediation
from tests.unit.findings.services.cycle import Case

FOLDER = Path(cycles.__file__).parent


def cases() -> tuple[Case, ...]:
    """By file, in their order."""
    files = sorted(FOLDER.glob("test_*.py"))
    modules = [import_module(f"tests.unit.findings.services.{file.stem}") for file in files]
    return tuple(case for module in modules for case in module.CASES)


def remediation_of(case: Case) -> Remediation:
    return BY_CONTROL[case.control.lower()]


def of(remediation: Remediation, among: tuple[Case, ...]) -> list[Case]:
    return [case for case in among if case.control in remediation.controls]


__all__ = ["REMEDIATIONS", "cases", "of", "remediation_of"]
