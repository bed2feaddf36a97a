"""The workflows that are copied into a repository: `ci init`."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from orchestrator import assets
from orchestrator.app.project import Project
from orchestrator.errors import UsageError

PLACES: Mapping[str, Mapping[str, str]] = {
    "github": {
        "pull-request.yml": ".github/workflows/orchestrator-pull-request.yml",
        "merge.yml": ".github/workflows/orchestrator-merge.yml",
        "schedule.yml": ".github/workflows/orchestrator-schedule.yml",
    },
    "gitlab": {"gitlab-ci.yml": ".gitlab-ci.yml"},
}
"""For each forge the file here, and where it goes in the repository."""


CLONE = "make setup"
"""How a clone of the product sets itself up, and the line of the workflows that says so."""
PACKAGE = (
    "python3 -m venv .venv && .venv/bin/pip install --quiet \"$(python3 -c 'import tomllib; "
    'print("securityhub-orchestrator" + tomllib.load(open("orchestrator.toml", "rb"))'
    '["versions"]["orchestrator"])\')"'
)
"""How a project installs the version that it is made with."""


def templates(forge: str, setup: str = CLONE) -> Mapping[str, str]:
    """Path in the repository and text of each workflow, which begins with `setup`."""
    folder = files("orchestrator.app.ci") / "workflows" / forge
    return {
        path: (folder / name).read_text("utf-8").replace(CLONE, setup)
        for name, path in PLACES[forge].items()
    }


def init(project: Project, forge: str, *, force: bool = False) -> tuple[Path, ...]:
    """Write the workflows for `forge`; returns their paths in the repository. Raises UsageError."""
    setup = CLONE if assets.of(project.root).is_checkout else PACKAGE
    wanted = {Path(path): text for path, text in templates(forge, setup).items()}
    there = [path for path in wanted if (project.root / path).exists()]
    if there and not force:
        names = ", ".join(map(str, there))
        raise UsageError(f"{names}: there already", "move it, or write over it with --force")
    for path, text in wanted.items():
        (project.root / path).parent.mkdir(parents=True, exist_ok=True)
        (project.root / path).write_text(text, "utf-8")
    return tuple(wanted)
