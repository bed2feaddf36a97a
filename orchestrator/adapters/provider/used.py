"""Which of the provider's types a root and its state can need."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

NAME = re.compile(r"\baws_[a-z0-9_]+")
MODULES = Path(".terraform/modules/modules.json")
STATES = ("tfstate", "tfstate-prev")
"""What a saved plan holds of the state: refreshed, and as it was before."""


def types(folder: Path, plan_file: Path | None = None) -> frozenset[str] | None:
    """Every word that could be a type, in the root, its modules, its state and a plan of it.

    More than are types: those that are none cost nothing. None means that it cannot be known.
    The state in a bucket is not looked into; Terraform says so when it finds more there.
    """
    try:
        return frozenset(name for text in _texts(folder, plan_file) for name in NAME.findall(text))
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return None


def _texts(folder: Path, plan_file: Path | None) -> Iterator[str]:
    for module in _modules(folder):
        for path in module.iterdir():
            if path.name.endswith((".tf", ".tf.json", ".tofu")):
                yield path.read_text("utf-8")
    state = folder / "terraform.tfstate"
    if state.is_file():
        yield state.read_text("utf-8")
    if plan_file:
        with zipfile.ZipFile(plan_file) as plan:
            for name in STATES:
                yield plan.read(name).decode("utf-8")


def _modules(folder: Path) -> Iterator[Path]:
    """The root, and what `init` noted of the modules it calls. Raises KeyError and TypeError."""
    yield folder
    noted = folder / MODULES
    if noted.is_file():
        for module in json.loads(noted.read_text("utf-8"))["Modules"]:
            if module["Key"]:
                yield folder / module["Dir"]
