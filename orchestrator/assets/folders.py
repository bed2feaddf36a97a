"""The folders that a project is rendered from, and what it puts in their place in overrides/.

overrides/modules/NAME/                  a module, whole; or one that only own blocks call
overrides/terraform/STACK/NAME.tf.j2     a block of a stack's templates, or a whole template
overrides/terraform/.terraform.lock.hcl  the lock file of the provider
overrides/policies/checks/NAME.py        a check of one's own
overrides/policies/severities.yaml       how bad its findings are
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from pathlib import Path

from orchestrator.assets import project_file
from orchestrator.assets.reach import everything, leaks
from orchestrator.errors import ConfigurationError, OrchestratorError, Problem
from orchestrator.model.names import StackName

LOCK = ".terraform.lock.hcl"
SUFFIX = ".tf.j2"
NOTES = frozenset({"README.md", ".gitkeep", ".DS_Store", "__pycache__"})
WHAT = (
    "what can be overridden: modules/NAME/, terraform/STACK/NAME.tf.j2, "
    f"terraform/{LOCK}, policies/checks/NAME.py, policies/severities.yaml"
)
CALLED = re.compile(r'"([A-Za-z0-9_]+)"\s*\|\s*module\b|source\s*=\s*"\.\./([A-Za-z0-9_]+)"')
"""A module called by a template, or by another module."""


@dataclass(frozen=True, slots=True)
class Overrides:
    """Every override by what it stands for. Whether a block is one, only its template knows."""

    modules: Mapping[str, Path] = field(default_factory=dict)
    templates: Mapping[tuple[StackName, str], Path] = field(default_factory=dict)
    checks: tuple[Path, ...] = ()
    severities: Path | None = None
    lock: Path | None = None

    @property
    def policies(self) -> tuple[str, ...]:
        """The names of own checks, and of the table that rates them."""
        table = ("policies/severities.yaml",) if self.severities else ()
        return (*(f"policies/checks/{check.stem}" for check in self.checks), *table)


def unknown(path: str, what: str, wanted: str, known: tuple[str, ...]) -> Problem:
    """`path` below overrides/ stands for nothing that there is."""
    near = get_close_matches(wanted, known, n=1)
    meant = f"did you mean '{near[0]}'? " if near else ""
    fix = f"{meant}choose one of {', '.join(known)}" if known else WHAT
    return Problem(Path("overrides", path), 0, "", what, fix)


def read_overrides(folder: Path, modules: Mapping[str, Path]) -> Overrides:
    """What is in `folder`; `modules` are the product's. Raises ConfigurationError, with every
    override at once that stands for nothing.
    """
    if not folder.is_dir():
        return Overrides()
    problems = [*_strangers(folder), *leaks(folder, everything(folder))]
    templates = _templates(folder / "terraform", problems)
    own = {path.name: path for path in _entries(folder / "modules") if path.is_dir()}
    called = _called(*templates.values(), *(f for m in own.values() for f in m.glob("*.tf")))
    for name in sorted(own.keys() - modules.keys() - called):
        what = f"there is no module '{name}' to override, and no block of yours calls it"
        problems.append(unknown(f"modules/{name}", what, name, tuple(modules)))
    if problems:
        raise ConfigurationError(problems)
    policies, lock = folder / "policies", folder / "terraform" / LOCK
    table = policies / "severities.yaml"
    return Overrides(
        own,
        templates,
        tuple(_entries(policies / "checks")),
        table if table.is_file() else None,
        lock if lock.is_file() else None,
    )


def _strangers(folder: Path) -> Iterator[Problem]:
    """What lies where no override can lie."""
    allowed: Mapping[str, Callable[[Path], bool]] = {
        "": lambda path: path.name in ("modules", "terraform", "policies") and path.is_dir(),
        "modules": Path.is_dir,
        "terraform": lambda path: path.name == LOCK or path.is_dir(),
        "policies": lambda path: path.name in ("checks", "severities.yaml"),
        "policies/checks": lambda path: path.suffix == ".py",
    }
    for inner, fits in allowed.items():
        for path in _entries(folder / inner):
            if not fits(path):
                name = path.relative_to(folder).as_posix()
                yield unknown(name, "overrides nothing", name, ())


def _templates(folder: Path, problems: list[Problem]) -> Mapping[tuple[StackName, str], Path]:
    found = {}
    for stack in (path for path in _entries(folder) if path.is_dir()):
        if stack.name not in tuple(StackName):
            what = f"'{stack.name}' is not a stack"
            problems.append(unknown(f"terraform/{stack.name}", what, stack.name, tuple(StackName)))
            continue
        for file in _entries(stack):
            if file.name.endswith(SUFFIX):
                found[StackName(stack.name), file.name.removesuffix(SUFFIX)] = file
            else:
                path = f"terraform/{stack.name}/{file.name}"
                problems.append(unknown(path, f"does not end in {SUFFIX}", "", ()))
    return found


def _called(*files: Path) -> frozenset[str]:
    texts = (file.read_text("utf-8") for file in files)
    return frozenset(a or b for text in texts for a, b in CALLED.findall(text))


def _entries(folder: Path) -> list[Path]:
    """In order, without notes."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.name not in NOTES)


DATA = "_data"
"""Where a wheel has them; see tool.hatch.build.targets.wheel.sources in pyproject.toml."""
PRODUCT = ("terraform", "modules", "policies", "schemas")
PROJECT = ("account_configs", "overrides", project_file.NAME)
"""What a user keeps, as far as it is there."""
PACKAGE = Path(__file__).parents[1]


@dataclass(frozen=True)
class Assets:
    """`product` holds the folders; `root` is the project that is rendered from them."""

    root: Path
    product: Path

    @property
    def terraform(self) -> Path:
        return self.product / "terraform"

    @property
    def policies(self) -> Path:
        """Of the product alone."""
        return self.product / "policies"

    @property
    def lock_file(self) -> Path:
        return self.overrides.lock or self.terraform / ".terraform.lock.hcl"

    @cached_property
    def modules(self) -> Mapping[str, Path]:
        """By name; a project's own go before the product's. Raises ConfigurationError."""
        return {**_folders(self.product / "modules"), **self.overrides.modules}

    @cached_property
    def overrides(self) -> Overrides:
        """Raises ConfigurationError if one of them overrides nothing."""
        return read_overrides(self.root / "overrides", _folders(self.product / "modules"))

    @property
    def is_checkout(self) -> bool:
        """Whether the project is the product, too."""
        return self.product == self.root

    @property
    def parts(self) -> tuple[str, ...]:
        """What of the project decides what is rendered: all that a copy of it must hold."""
        own = PRODUCT if self.is_checkout else ()
        return tuple(name for name in (*PROJECT, *own) if (self.root / name).exists())


def home() -> Path:
    """The folder in which this installation has the product, the sample organization included.

    Raises OrchestratorError if it has none, because files were removed or never installed.
    """
    for folder in (PACKAGE / DATA, PACKAGE.parent):
        if all((folder / name).is_dir() for name in (*PRODUCT, "account_configs")):
            return folder
    raise OrchestratorError(
        f"{PACKAGE}: the installation lacks {', '.join(PRODUCT)}",
        "install it again: pip install --force-reinstall --no-deps securityhub-orchestrator",
    )


def of(root: Path) -> Assets:
    """What the project at `root` is rendered from: its own folders if it is a checkout of the
    product, else those of the installation. Raises ConfigurationError.
    """
    return Assets(root, root if _is_checkout(root) else home())


def _is_checkout(root: Path) -> bool:
    """As orchestrator.toml says. Without one it is a clone of before there were wheels."""
    said = project_file.read(root)
    return said.checkout if said else (root / "terraform").is_dir()


def _folders(folder: Path) -> Mapping[str, Path]:
    if not folder.is_dir():
        return {}
    return {path.name: path for path in sorted(folder.iterdir()) if path.is_dir()}
