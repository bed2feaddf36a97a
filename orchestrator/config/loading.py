"""account_configs/ read, checked and built, and the places of its files.

Warnings are what has run out, by UTC's calendar: that is no mistake, but somebody should look.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from orchestrator.config.build import build, hub_controls
from orchestrator.config.checks import CHECKS
from orchestrator.config.checks.references import as_date, control_decisions, decisions
from orchestrator.config.documents import Document, KeyPath, dotted
from orchestrator.config.files import gather
from orchestrator.config.layers import Sources, UnitSource
from orchestrator.errors import ConfigurationError, Problem
from orchestrator.model.hub_controls import HubControls, came_along
from orchestrator.model.names import AccountId
from orchestrator.model.organization import Organization

UNTIL: KeyPath = ("quarantine", "until")


def expired(sources: Sources, today: date) -> Iterator[Problem]:
    """What is past its last day (exceptions, skips, rules for drift, quarantines), and decisions
    with an overdue review.
    """
    for document, path in with_an_end(sources):
        end = as_date(document.text(*path, "expires"))
        if end and end < today:
            fix = "remove it, or agree on a new date with its owner"
            yield _overdue(document, (*path, "expires"), f"ran out on {end}", fix)
    for account in sources.accounts:
        until = as_date(account.document.text(*UNTIL)) if account.document else None
        if account.document and until and until < today:
            fix = "remove it, or agree on a new date with its owner; rollouts reach it again"
            yield _overdue(account.document, UNTIL, f"ran out on {until}", fix)
    for document, path in decisions(sources):
        review = as_date(document.text(*path, "review_by"))
        if review and review < today:
            fix = "take the decision again, and write down when"
            yield _overdue(document, (*path, "review_by"), f"the review was due on {review}", fix)


def with_an_end(sources: Sources) -> Iterator[tuple[Document, KeyPath]]:
    """Exceptions, skips and rules for drift; `expires` is in each."""
    if sources.exceptions:
        for name in sources.exceptions.mapping("exceptions"):
            yield sources.exceptions, ("exceptions", name)
    for document in sources.layers():
        for name in document.mapping("gate", "skips"):
            yield document, ("gate", "skips", name)
        for rules in ("suppressions", "reconcile"):
            for name in document.mapping("drift", rules):
                yield document, ("drift", rules, name)


def _overdue(document: Document, path: KeyPath, what: str, fix: str) -> Problem:
    return Problem(document.file, document.line(path), dotted(path), what, fix)


LONGEST: Final = timedelta(days=366)
"""A year, and the day that a leap year has more: then somebody must look at it again."""


def too_long(sources: Sources, today: date) -> Iterator[Problem]:
    """Exceptions, skips, rules for drift and quarantines that nobody would come back to."""
    ends = [(document, (*path, "expires")) for document, path in with_an_end(sources)]
    ends += [(account.document, UNTIL) for account in sources.accounts if account.document]
    for document, path in ends:
        end = as_date(document.text(*path))
        if end and end - today > LONGEST:
            yield _too_long(document, path, end, today + LONGEST)


def _too_long(document: Document, path: KeyPath, end: date, last: date) -> Problem:
    what = f"{end} is more than a year away"
    fix = f"name a day until {last}, and agree on it again then"
    return Problem(document.file, document.line(path), dotted(path), what, fix)


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


@dataclass(frozen=True, slots=True)
class Stated:
    """What the files say of Security Hub's list of controls, whatever else is wrong with them."""

    home_region: str
    decided: frozenset[str]
    hub_controls: HubControls


def stated(folder: Path) -> Stated:
    """The home region is '' where organization.yaml names none."""
    sources, _ = gather(folder)
    if sources is None:
        return Stated("", frozenset(), came_along())
    said = sources.organization
    return Stated(
        (said.text("organization", "home_region") if said else None) or "",
        frozenset(str(path[-1]) for _, path in control_decisions(sources)),
        hub_controls(sources) if sources.sound(sources.hub_controls) else came_along(),
    )


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


@dataclass(frozen=True, slots=True)
class Places:
    """Folders by the OU's id, the root's included, and files by the account's id.

    Relative to the project's root: 'account_configs/ous/workloads/prod'.
    """

    folders: Mapping[str, Path]
    files: Mapping[AccountId, Path]

    @property
    def names(self) -> frozenset[str]:
        """The names of all accounts."""
        return frozenset(file.stem for file in self.files.values())


def places(folder: Path) -> Places:
    """The files of account_configs/ at `folder`. Raises ConfigurationError if it has problems."""
    return _places(sound(folder))


def surveyed(folder: Path) -> tuple[Organization, Places]:
    """The organization and its places, read once. Raises ConfigurationError."""
    sources = sound(folder)
    return build(sources), _places(sources)


def _places(sources: Sources) -> Places:
    units = (_unit(unit, sources) for unit in sources.units)
    documents = [account.document for account in sources.accounts if account.document]
    files = {
        AccountId(str(document.text("account", "id"))): document.file for document in documents
    }
    return Places({id_: at for id_, at in units if id_}, files)


def _unit(unit: UnitSource, sources: Sources) -> tuple[str, Path]:
    assert unit.document is not None  # noqa: S101  the sources are sound
    if not unit.path:
        root = unit.document.text("organization", "root_id") or ""
        return root, Path(sources.folder.name) / "ous"
    return unit.document.text("ou", "id") or "", unit.document.file.parent
