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


def templates(forge: str) -> Mapping[str, str]:
    """Path in the repository and text of each workflow."""
    folder = files("orchestrator.ci") / "workflows" / forge
    return {path: (folder / name).read_text("utf-8") for name, path in PLACES[forge].items()}
