"""The workflows as values: their jobs, and the shell that each step runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(str(files("orchestrator.app.ci"))) / "workflows"
GITHUB, GITLAB = FOLDER / "github", FOLDER / "gitlab" / "gitlab-ci.yml"
OWN = Path(__file__).parents[4] / ".github" / "workflows"
"""The workflows of this repository, which nothing copies."""


@dataclass(frozen=True, slots=True)
class Script:
    """What a step runs, and the variables it says it needs."""

    where: str
    text: str
    env: Mapping[str, str]


def document(file: Path) -> dict[str, Any]:
    """YAML 1.2 has no 'on' that means true; PyYAML reads 1.1, so it is put back."""
    found = yaml.safe_load(file.read_text("utf-8"))
    return {("on" if key is True else key): value for key, value in found.items()}


def github(file: str) -> dict[str, dict[str, Any]]:
    jobs: dict[str, dict[str, Any]] = document(GITHUB / file)["jobs"]
    return jobs


def step(file: str, job: str, name: str) -> Script:
    """One step of a workflow of GitHub's."""
    at = github(file)[job]
    (found,) = [each for each in at["steps"] if each["name"] == name]
    return _script(GITHUB / file, job, at, found)


def _script(file: Path, job: str, at: Mapping[str, Any], found: Mapping[str, Any]) -> Script:
    return Script(
        f"{file.name}:{job}:{found['name']}",
        found["run"],
        {**at.get("env", {}), **found.get("env", {})},
    )


def gitlab(job: str) -> Script:
    """A job of GitLab's, as its runner starts it: what comes before the script stands before it."""
    found = _extended(document(GITLAB), job)
    lines = [*found.get("before_script", []), *found["script"]]
    return Script(f"gitlab:{job}", "\n".join(lines), found.get("variables", {}))


def _extended(everything: Mapping[str, Any], job: str) -> dict[str, Any]:
    own = everything[job]
    above = _extended(everything, own["extends"]) if "extends" in own else {}
    variables = {**above.get("variables", {}), **own.get("variables", {})}
    return {**above, **own, "variables": variables}


def scripts() -> Iterator[Script]:
    """All shell there is."""
    for file in [*sorted(GITHUB.glob("*.yml")), *sorted(OWN.glob("*.yml"))]:
        for job, at in document(file)["jobs"].items():
            for each in at["steps"]:
                if "run" in each:
                    yield _script(file, job, at, each)
    for job, at in document(GITLAB).items():
        if isinstance(at, dict) and "script" in at:
            yield gitlab(job)
