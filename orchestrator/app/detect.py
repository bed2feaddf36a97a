"""`detect`: rules over a lake."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from orchestrator import config, wiring
from orchestrator.app.investigate import Asked, a_lake
from orchestrator.app.project import Project
from orchestrator.app.session import environment
from orchestrator.errors import Problem, UsageError
from orchestrator.logs.lake.question import Window
from orchestrator.logs.rules import asff, sigma
from orchestrator.logs.rules.detect import Detected, Imported, detect
from orchestrator.model import dates

Request = tuple[str, list[dict[str, object]]]
Send = Callable[[str, Sequence[dict[str, object]]], Imported]

STARTER = Path(asff.__file__).parent / "starter"
"""The rules that come with this program."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was detected, and the rules that could not be used."""

    detected: Detected
    problems: tuple[Problem, ...]
    files: tuple[Path, ...] = ()
    """The requests that were written."""
    sent: tuple[Imported, ...] = ()
    """What each account's Security Hub said to each request."""


def run(
    project: Project,
    folders: Sequence[Path],
    asked: Asked,
    when: Window,
    *,
    starter: bool,
    out: Path | None,
    send: bool = False,
) -> Outcome:
    """Look for what the rules of the folders describe, in the time asked for."""
    send_to = _hubs(project, asked.region) if send else None
    places = (*folders, STARTER) if starter else tuple(folders)
    rules = sigma.read({file: _text(file) for place in places for file in _files(place)})
    found = detect(a_lake(project, asked, None), rules.rules, when)
    requests = _requests(project, found, asked.region) if out or send else ()
    files = _written(requests, out) if out else ()
    sent = tuple(send_to(*each) for each in requests) if send_to else ()
    return Outcome(found, rules.problems, files, sent)


def _hubs(project: Project, region: str) -> Send:
    """Where findings go. Raises UsageError, before logs are read, where there is no role for it."""
    organization = config.load(project.configs, dates.today())
    if not organization.facts.logs.detections:
        raise UsageError(
            "no account has the role that imports findings",
            "set organization.logs.detections to true, and run 'orchestrator bootstrap' and "
            "'orchestrator apply all'",
        )
    return wiring.finding_import(organization, environment(project), "detect", region).send


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


def _requests(project: Project, found: Detected, region: str) -> tuple[Request, ...]:
    """The account, and the findings of one request of BatchImportFindings: 100 at most.

    Findings of an account can be imported by that account alone.
    """
    home = region or config.load(project.configs, dates.today()).facts.home_region
    now = datetime.now(UTC)
    ordered = sorted(found.detections, key=lambda each: each.account)
    return tuple(
        (account, batch)
        for account, those in groupby(ordered, key=lambda each: each.account)
        for batch in asff.batches([asff.finding(each, home, now) for each in those])
    )


def _written(requests: Sequence[Request], out: Path) -> tuple[Path, ...]:
    """Each request in a file of its own."""
    out.mkdir(parents=True, exist_ok=True)
    files: list[Path] = []
    for account, those in groupby(requests, key=lambda each: each[0]):
        for number, (_, batch) in enumerate(those, 1):
            files.append(out / f"{account}-{number}.json")
            files[-1].write_text(json.dumps({"Findings": batch}, indent=2, ensure_ascii=False))
    return tuple(files)
