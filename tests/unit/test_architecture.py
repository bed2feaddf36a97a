"""Who may import whom. The arrows are in tests/arrows.py; here they are held."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

from tests.arrows import (
    MAY_IMPORT,
    PACKAGE,
    WHY,
    at_import_time,
    imports,
    imports_of,
    modules,
    part_of,
)


def violations(file: Path) -> list[str]:
    """What `file` imports and may not, each with the way out."""
    part = part_of(file)
    allowed = MAY_IMPORT[part] | {part}
    return [
        f"{file.relative_to(PACKAGE.parent)}:{found.line}: '{part}' imports '{found.part}'\n"
        f"  fix: {WHY.get(found.part, f'{part} may import {sorted(allowed)}')}"
        for found in imports_of(file)
        if found.part not in allowed
    ]


def circle(graph: Mapping[str, Iterable[str]]) -> str:
    """'' if there is none, else the way around it."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return " -> ".join(error.args[1])
    return ""


def test_imports_follow_the_arrows() -> None:
    files = [f for f in sorted(PACKAGE.rglob("*.py")) if f != PACKAGE / "__init__.py"]

    found = [violation for file in files for violation in violations(file)]

    assert not found, "\n".join(found)


def test_the_sandboxs_checks_share_nothing_with_what_they_judge() -> None:
    files = sorted((PACKAGE / "sandbox" / "checks").rglob("*.py"))

    found = {each.module for file in files for each in imports_of(file)}

    assert files
    assert [m for m in sorted(found) if not m.startswith("orchestrator.sandbox.checks.")] == []


def test_every_part_of_the_package_has_its_arrows_and_no_other_has() -> None:
    assert {part_of(file) for file in PACKAGE.rglob("*.py")} - {"__init__"} == set(MAY_IMPORT)


def test_every_arrow_is_used() -> None:
    used = {(part_of(file), each.part) for file in modules().values() for each in imports_of(file)}

    idle = [f"{a} -> {b}" for a, others in MAY_IMPORT.items() for b in others if (a, b) not in used]

    assert sorted(idle) == []


@pytest.mark.parametrize(
    "code",
    [
        "import orchestrator.adapters.aws",
        "from orchestrator import adapters",
        "from orchestrator.adapters import process",
        "def late():\n    from orchestrator.adapters.process import run",
        "from ..adapters import process",
    ],
)
def test_every_way_to_import_is_seen(code: str) -> None:
    assert {each.part for each in imports(code, ("orchestrator", "config"))} == {"adapters"}


@pytest.mark.parametrize(
    ("code", "late"),
    [
        ("from orchestrator.model import names", False),
        ("class A:\n    from orchestrator.model import names", False),
        ("def later():\n    from orchestrator.model import names", True),
        ("if TYPE_CHECKING:\n    from orchestrator.model import names", True),
    ],
)
def test_what_is_imported_in_a_function_or_for_types_is_late(code: str, late: bool) -> None:
    assert [each.late for each in imports(code, ("orchestrator",))] == [late]


def test_arrows_never_run_in_a_circle() -> None:
    assert circle(MAY_IMPORT) == ""


def test_no_file_needs_itself_to_be_imported() -> None:
    assert circle(at_import_time()) == ""


@pytest.mark.parametrize(
    "package", sorted(m for m, f in modules().items() if f.name == "__init__.py")
)
def test_what_stands_side_by_side_in_a_package_is_in_no_circle(package: str) -> None:
    graph: dict[str, set[str]] = {}
    for module, others in at_import_time().items():
        if module.startswith(f"{package}."):
            beside = {child(package, each) for each in others if each.startswith(f"{package}.")}
            graph.setdefault(child(package, module), set()).update(
                beside - {child(package, module)}
            )

    assert circle(graph) == ""


def child(package: str, module: str) -> str:
    return module.removeprefix(f"{package}.").partition(".")[0]
