"""The workflows that are copied into a repository."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

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
    folder = files("orchestrator.ci") / "workflows" / forge
    return {
        path: (folder / name).read_text("utf-8").replace(CLONE, setup)
        for name, path in PLACES[forge].items()
    }
