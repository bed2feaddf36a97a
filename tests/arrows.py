"""Who may import whom: the one table, and the imports there are.

`tests/unit/test_architecture.py` holds the package to it, and `docs/reference/generate.py` draws it
into docs/architecture.md.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "orchestrator"

MAY_IMPORT: Mapping[str, frozenset[str]] = {
    "model": frozenset(),
    "findings": frozenset(),
    "sealed": frozenset(),
    "process_environment": frozenset({"model", "errors"}),
    "errors": frozenset({"model"}),
    "ports": frozenset({"model", "errors"}),
    "config": frozenset({"model", "errors"}),
    "assets": frozenset({"model", "errors"}),
    "render": frozenset({"model", "errors", "findings", "assets"}),
    "logs": frozenset({"model", "errors"}),
    "report": frozenset({"model", "findings", "controls"}),
    "documents": frozenset({"model"}),
    "views": frozenset({"model", "documents", "logs", "findings", "controls", "report"}),
    "accounts": frozenset({"model", "errors", "ports", "config", "render", "assets"}),
    "controls": frozenset({"model", "findings"}),
    "stages": frozenset({"model", "errors", "ports", "process_environment"}),
    "drift": frozenset({"model", "errors", "ports", "stages", "views"}),
    "rollout": frozenset({"model", "errors", "ports", "stages", "drift"}),
    "adapters": frozenset({"model", "documents", "errors", "ports", "findings", "logs", "sealed"}),
    "sandbox": frozenset({"model", "errors", "config", "findings", "logs", "sealed"}),
    "demo": frozenset({"model", "errors", "config", "sandbox", "assets"}),
    "certify": frozenset(),
    "rehearsal": frozenset({"model", "errors", "config", "sandbox", "assets"}),
    "wiring": frozenset(
        {
            *("model", "errors", "ports", "render", "adapters", "logs", "findings", "assets"),
        }
    ),
    "app": frozenset(
        {
            *("model", "errors", "ports", "config", "render", "stages", "rollout", "drift"),
            *("views", "sandbox", "wiring", "accounts", "logs", "findings", "controls", "report"),
            *("process_environment", "assets", "certify", "rehearsal", "documents"),
        }
    ),
    "cli": frozenset(
        {
            "app",
            *("model", "errors", "config", "render", "rollout", "drift"),
            *("views", "sandbox", "demo", "rehearsal", "certify", "wiring", "accounts"),
            *("logs", "findings", "controls", "report", "process_environment", "assets"),
            "documents",
        }
    ),
    "__main__": frozenset({"cli"}),
}
"""Part of the package → the other parts its files may import. Its own is always allowed."""

WHY: Mapping[str, str] = {
    "adapters": "only wiring knows adapters: take a port as an argument",
    "cli": "the command line is the outermost part: move the code inwards",
    "app": "a use case is what a command line asks for: only cli knows it",
    "wiring": "wiring is for app and cli: take what it makes as an argument",
    "rollout": "a run knows its stages and ports, and is known by app alone",
}
"""What to say when the part was imported by one that may not."""


def part_of(file: Path) -> str:
    """The folder or single module of the package that `file` belongs to."""
    return file.relative_to(PACKAGE).parts[0].removesuffix(".py")


@dataclass(frozen=True, slots=True)
class Import:
    """A module that a file imports; `late` where that happens in a function, or for types only."""

    line: int
    module: str
    late: bool = False

    @property
    def part(self) -> str:
        return self.module.split(".")[1]


def imports(code: str, package: tuple[str, ...]) -> Iterator[Import]:
    """Every import of ours. `package` is what the code stands in, for relative imports."""
    waiting: list[tuple[ast.AST, bool]] = [(ast.parse(code), False)]
    while waiting:
        node, late = waiting.pop()
        late = late or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or _for_types(node)
        waiting += [(below, late) for below in ast.iter_child_nodes(node)]
        if isinstance(node, ast.Import | ast.ImportFrom):
            for name in imported_names(node, package):
                top, *rest = name.split(".")
                if top == PACKAGE.name and rest and rest[0] != "__version__":
                    yield Import(node.lineno, name, late)


def _for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def imported_names(node: ast.Import | ast.ImportFrom, package: tuple[str, ...]) -> list[str]:
    """The full dotted names an import statement brings in."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    above = package[: len(package) - node.level + 1] if node.level else ()
    base = [*above, *(node.module.split(".") if node.module else [])]
    return [".".join([*base, alias.name]) for alias in node.names]


@cache
def imports_of(file: Path) -> tuple[Import, ...]:
    return tuple(imports(file.read_text("utf-8"), file.relative_to(PACKAGE.parent).parts[:-1]))


@cache
def modules() -> Mapping[str, Path]:
    """Every module of the package, by its dotted name."""
    return {_dotted(file): file for file in sorted(PACKAGE.rglob("*.py"))}


def _dotted(file: Path) -> str:
    return ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(
        ".__init__"
    )


@cache
def at_import_time() -> Mapping[str, frozenset[str]]:
    """Module → the modules of ours that have to be there before it is."""
    known = modules()
    return {
        name: frozenset(
            target
            for each in imports_of(file)
            if not each.late
            for target in (each.module if each.module in known else each.module.rpartition(".")[0],)
            if target in known and target != name
        )
        for name, file in known.items()
    }


def markdown() -> str:
    """The table as docs/architecture.md shows it: parts that may import the same share a row."""
    rows: dict[frozenset[str], list[str]] = {}
    for part, others in MAY_IMPORT.items():
        rows.setdefault(others, []).append(part)
    return "\n".join(
        [
            "| part | may import |",
            "|---|---|",
            *(
                f"| {', '.join(f'`{p}`' for p in parts)} | {_listed(o)} |"
                for o, parts in rows.items()
            ),
        ]
    )


def _listed(others: frozenset[str]) -> str:
    lacking = sorted(set(MAY_IMPORT) - others - {"cli", "__main__"})
    if not others:
        return "nothing of ours"
    if len(lacking) < len(others):
        return f"everything but {', '.join(lacking)}"
    return ", ".join(sorted(others))
