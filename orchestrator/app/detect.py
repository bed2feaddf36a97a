"""`detect`: rules over a lake."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from orchestrator import config
from orchestrator.app.investigate import Asked, a_lake
from orchestrator.app.project import Project
from orchestrator.errors import Problem, UsageError
from orchestrator.logs.lake.question import Window
from orchestrator.logs.rules import asff, sigma
from orchestrator.logs.rules.detect import Detected, detect
from orchestrator.model import dates

STARTER = Path(asff.__file__).parent / "starter"
"""The rules that come with this program."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was detected, and the rules that could not be used."""

    detected: Detected
    problems: tuple[Problem, ...]
    files: tuple[Path, ...] = ()
    """The requests that were written."""


def run(
    project: Project,
    folders: Sequence[Path],
    asked: Asked,
    when: Window,
    *,
    starter: bool,
    out: Path | None,
) -> Outcome:
    """Look for what the rules of the folders describe, in the time asked for."""
    places = (*folders, STARTER) if starter else tuple(folders)
    rules = sigma.read({file: _text(file) for place in places for file in _files(place)})
    found = detect(a_lake(project, asked, None), rules.rules, when)
    files = _written(project, found, asked.region, out) if out else ()
    return Outcome(found, rules.problems, files)


def _files(folder: Path) -> list[Path]:
    found = sorted(file for kind in ("*.yml", "*.yaml") for file in folder.rglob(kind))
    if not found:
        raise UsageError(f"{folder}: no rules", "name a folder with files that end in .yml")
    return found


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: {error}", "write it as UTF-8, or take it away") from error


def _written(project: Project, found: Detected, region: str, out: Path) -> tuple[Path, ...]:
    """A request of BatchImportFindings in a file of its own, for each account and 100 findings.

    Findings of an account can be imported by that account alone.
    """
    home = region or config.load(project.configs, dates.today()).facts.home_region
    now = datetime.now(UTC)
    out.mkdir(parents=True, exist_ok=True)
    ordered = sorted(found.detections, key=lambda each: each.account)
    files: list[Path] = []
    for account, those in groupby(ordered, key=lambda each: each.account):
        findings = [asff.finding(each, home, now) for each in those]
        for number, batch in enumerate(asff.batches(findings), 1):
            files.append(out / f"{account}-{number}.json")
            files[-1].write_text(json.dumps({"Findings": batch}, indent=2, ensure_ascii=False))
    return tuple(files)
