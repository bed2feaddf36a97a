"""What goes into the zip runs in AWS Lambda: nothing else is installed there."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from tests.arrows import imported_names

FINDINGS = Path(__file__).parents[3] / "orchestrator" / "findings"
INSTALLED = {"boto3", "botocore", "orchestrator"}


def foreign(file: Path) -> set[str]:
    """Top-level packages that `file` imports and that Lambda has not."""
    package = ("orchestrator", *file.relative_to(FINDINGS.parent).parts[:-1])
    nodes = ast.walk(ast.parse(file.read_text("utf-8")))
    names = {
        name.partition(".")[0]
        for node in nodes
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in imported_names(node, package)
    }
    return names - INSTALLED - sys.stdlib_module_names


def test_the_findings_package_needs_boto3_and_the_standard_library_alone() -> None:
    found = {str(f.relative_to(FINDINGS)): foreign(f) for f in sorted(FINDINGS.rglob("*.py"))}

    assert {file: names for file, names in found.items() if names} == {}


def test_the_registry_and_the_function_can_be_imported_together() -> None:
    from orchestrator.findings.function import handler  # noqa: PLC0415  a cold start
    from orchestrator.findings.registry import BY_CONTROL  # noqa: PLC0415

    assert callable(handler)
    assert all(control == control.lower() for control in BY_CONTROL)
