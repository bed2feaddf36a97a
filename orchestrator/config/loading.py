"""The way in: a folder to an organization, or to every problem there is with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from orchestrator.config.build import build
from orchestrator.config.checks import CHECKS
from orchestrator.config.expiry import expired, too_long
from orchestrator.config.files import gather
from orchestrator.config.sources import Sources
from orchestrator.errors import ConfigurationError, Problem
from orchestrator.model.organization import Organization


@dataclass(frozen=True, slots=True)
class Report:
    """What there is to say about account_configs/. The organization is None if it has problems."""

    organization: Organization | None
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def check(folder: Path, today: date) -> Report:
    """Read and judge account_configs/, without credentials."""
    sources, problems = examine(folder)
    if sources:
        problems = sorted({*problems, *map(_printable, too_long(sources, today))})
    warnings = sorted(expired(sources, today)) if sources else []
    organization = build(sources) if sources and not problems else None
    return Report(organization, tuple(problems), tuple(warnings))


def load(folder: Path, today: date) -> Organization:
    """The organization that account_configs/ describes.

    Raises ConfigurationError with every problem at once.
    """
    report = check(folder, today)
    if report.organization is None:
        raise ConfigurationError(report.problems)
    return report.organization


def sound(folder: Path) -> Sources:
    """The files of account_configs/. Raises ConfigurationError if there is a problem in them."""
    sources, problems = examine(folder)
    if sources is None or problems:
        raise ConfigurationError(problems)
    return sources


def examine(folder: Path) -> tuple[Sources | None, list[Problem]]:
    """The files, and every problem with them in the order of files and lines.

    What a file may not hold by its shape is not judged by its meaning as well.
    """
    sources, problems = gather(folder)
    if sources is None:
        return None, [_printable(problem) for problem in problems]
    told = {(problem.file, problem.line, problem.key) for problem in problems}
    found = {problem for check in CHECKS for problem in check(sources)}
    new = [p for p in found if (p.file, p.line, p.key) not in told]
    return sources, sorted(map(_printable, [*problems, *new]))


def _printable(problem: Problem) -> Problem:
    """A message is one line, and plays no tricks with the terminal, whatever a file holds."""
    key, what, fix = map(_escaped, (problem.key, problem.what, problem.fix))
    return Problem(Path(_escaped(str(problem.file))), problem.line, key, what, fix)


def _escaped(text: str) -> str:
    """`text` with what cannot be printed written as in Python: a line's end is '\\n'."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)
