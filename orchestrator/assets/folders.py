"""The folders of templates, modules, policies and schemas that a project is rendered from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from orchestrator.assets import project_file
from orchestrator.assets.overrides import Overrides
from orchestrator.assets.overrides import read as overrides_of
from orchestrator.errors import OrchestratorError

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
        return overrides_of(self.root / "overrides", _folders(self.product / "modules"))

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
