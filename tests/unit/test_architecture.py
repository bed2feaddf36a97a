"""Who may import whom. The arrows are drawn in docs/architecture.md; here they are held."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "orchestrator"

MAY_IMPORT: Mapping[str, frozenset[str]] = {
    "model": frozenset(),
    "findings": frozenset(),
    "sealed": frozenset(),
    "surroundings": frozenset({"model", "errors"}),
    "errors": frozenset({"model"}),
    "ports": frozenset({"model", "errors"}),
    "config": frozenset({"model", "errors"}),
    "render": frozenset({"model", "errors", "findings"}),
    "logs": frozenset({"model", "errors"}),
    "report": frozenset({"model", "findings", "controls"}),
    "views": frozenset({"model", "errors", "logs", "findings", "controls", "report"}),
    "accounts": frozenset({"model", "errors", "ports", "config", "render"}),
    "controls": frozenset({"model", "errors", "findings", "render", "ports"}),
    "ci": frozenset({"model", "errors", "views"}),
    "stages": frozenset({"model", "errors", "ports", "surroundings"}),
    "drift": frozenset({"model", "errors", "ports", "stages", "views"}),
    "rollout": frozenset({"model", "errors", "ports", "stages", "drift"}),
    "adapters": frozenset({"model", "errors", "ports", "findings", "logs", "sealed"}),
    "sandbox": frozenset({"model", "errors", "config", "findings", "logs", "sealed"}),
    "demo": frozenset({"model", "errors", "config", "sandbox"}),
    "certify": frozenset(),
    "rehearsal": frozenset({"model", "errors", "config", "sandbox"}),
    "wiring": frozenset(
        {
            *("model", "errors", "ports", "config", "render", "stages", "rollout", "adapters"),
            *("sandbox", "logs", "findings", "drift"),
        }
    ),
    "cli": frozenset(
        {
            *("model", "errors", "ports", "config", "render", "stages", "rollout", "drift"),
            *("views", "sandbox", "ci", "demo", "rehearsal", "certify", "wiring", "accounts"),
            *("logs", "findings", "controls", "report", "surroundings"),
        }
    ),
    "__main__": frozenset({"errors", "cli"}),
}
"""Part of the package → the other parts its files may import. Its own is always allowed."""

WHY: Mapping[str, str] = {
    "adapters": "only wiring knows adapters: take a port as an argument",
    "cli": "the command line is the outermost part: move the code inwards",
    "wiring": "wiring is for the command line: take what it makes as an argument",
    "rollout": "a run knows its stages and ports, and is known by wiring and cli alone",
}
"""What to say when the part was imported by one that may not."""


def part_of(file: Path) -> str:
    """The folder or single module of the package that `file` belongs to."""
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(code: str, package: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Line and part of every import of ours, also those inside functions and TYPE_CHECKING.

    `package` is the dotted name of the package the code stands in, for relative imports.
    """
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Import | ast.ImportFrom):
            continue
        for name in imported_names(node, package):
            top, *rest = name.split(".")
            if top == PACKAGE.name and rest and rest[0] != "__version__":
                yield node.lineno, rest[0]


def imported_names(node: ast.Import | ast.ImportFrom, package: tuple[str, ...]) -> list[str]:
    """The full dotted names an import statement brings in."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    above = package[: len(package) - node.level + 1] if node.level else ()
    base = [*above, *(node.module.split(".") if node.module else [])]
    return [".".join([*base, alias.name]) for alias in node.names]


def violations(file: Path) -> list[str]:
    """What `file` imports and may not, each with the way out."""
    part = part_of(file)
    package = (PACKAGE.name, *file.relative_to(PACKAGE).parts[:-1])
    allowed = MAY_IMPORT[part] | {part}
    return [
        f"{file.relative_to(PACKAGE.parent)}:{line}: '{part}' imports '{other}'\n"
        f"  fix: {WHY.get(other, f'{part} may import {sorted(allowed)}')}"
        for line, other in imports(file.read_text("utf-8"), package)
        if other not in allowed
    ]


def test_imports_follow_the_arrows() -> None:
    files = [f for f in sorted(PACKAGE.rglob("*.py")) if f != PACKAGE / "__init__.py"]

    found = [violation for file in files for violation in violations(file)]

    assert not found, "\n".join(found)


def test_the_sandboxs_checks_share_nothing_with_what_they_judge() -> None:
    checks = PACKAGE / "sandbox" / "checks"
    package = (PACKAGE.name, "sandbox", "checks")
    files = sorted(checks.rglob("*.py"))

    found = {part for file in files for _, part in imports(file.read_text("utf-8"), package)}
    others = {
        name
        for file in files
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in imported_names(node, package)
        if name.startswith(f"{PACKAGE.name}.sandbox") and ".sandbox.checks" not in name
    }

    assert files
    assert (found, others) == ({"sandbox"}, set())


def test_every_part_of_the_package_has_its_arrows() -> None:
    parts = {part_of(file) for file in PACKAGE.rglob("*.py")} - {"__init__"}

    assert parts - set(MAY_IMPORT) == set()


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
    assert {part for _, part in imports(code, ("orchestrator", "config"))} == {"adapters"}


def test_arrows_never_run_in_a_circle() -> None:
    reached = {part: set(allowed) for part, allowed in MAY_IMPORT.items()}
    for _ in MAY_IMPORT:
        for part, others in reached.items():
            reached[part] = others.union(*(reached[other] for other in others))

    assert [part for part, others in reached.items() if part in others] == []
