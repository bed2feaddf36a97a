"""Names that refer to something are names of something: regions, controls, teams; and dates follow.

Regions are those of AWS's commercial partition, the only one whose ARNs begin with 'arn:aws:'.
Source: AWS General Reference, "AWS service endpoints"; a test compares with botocore's list.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from orchestrator.config.documents import Document, KeyPath, dotted
from orchestrator.config.layers import Sources
from orchestrator.config.messages import choose, choose_or
from orchestrator.config.waves import is_glob, matches
from orchestrator.errors import Problem
from orchestrator.model.control_parameters import wrong

REGIONS = frozenset(
    {
        "af-south-1",
        "ap-east-1",
        "ap-east-2",
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-south-2",
        "ap-southeast-1",
        "ap-southeast-2",
        "ap-southeast-3",
        "ap-southeast-4",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "ca-central-1",
        "ca-west-1",
        "eu-central-1",
        "eu-central-2",
        "eu-north-1",
        "eu-south-1",
        "eu-south-2",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "il-central-1",
        "me-central-1",
        "me-south-1",
        "mx-central-1",
        "sa-east-1",
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
    }
)

NOT_IN_PROVIDER = frozenset({"ap-southeast-6"})
"""Regions of AWS that the provider in use refuses: its builds know those of their day.

A test reads them out of the provider that terraform/.terraform.lock.hcl names.
"""

KNOWN = REGIONS - NOT_IN_PROVIDER


def check_dates(sources: Sources) -> Iterator[Problem]:
    """A decision is reviewed after it was taken."""
    for document, path in decisions(sources):
        decided = as_date(document.text(*path, "decided_on"))
        review = as_date(document.text(*path, "review_by"))
        if decided and review and review <= decided:
            here = (*path, "review_by")
            what = f"the review on {review} would not come after the decision on {decided}"
            fix = "correct one of the two dates"
            yield Problem(document.file, document.line(here), dotted(here), what, fix)


def check_parameters(sources: Sources) -> Iterator[Problem]:
    """A parameter that Security Hub takes has a value that it takes."""
    for document, path in control_decisions(sources):
        for name, value in document.mapping(*path, "parameters").items():
            # Any other shape the schema has refused.
            if not isinstance(value, str | int | list):
                continue
            if why := wrong(str(path[-1]), name, value):
                here = (*path, "parameters", name)
                what = f"{path[-1]} does not take {value!r} for '{name}'"
                yield Problem(document.file, document.line(here), dotted(here), what, why)


def decisions(sources: Sources) -> Iterator[tuple[Document, KeyPath]]:
    """Every decision that is written down, in controls/ or in a layer, those by tag included."""
    for document, path in control_decisions(sources):
        yield document, path
        for name in document.mapping(*path, "by_tag"):
            yield document, (*path, "by_tag", name)


def control_decisions(sources: Sources) -> Iterator[tuple[Document, KeyPath]]:
    """Every decision on a control, in controls/ or in a layer."""
    for document in sources.controls:
        for name in document.mapping("controls"):
            yield document, ("controls", name)
    for document in sources.layers():
        for name in document.mapping("security_hub", "controls"):
            yield document, ("security_hub", "controls", name)


def as_date(text: str | None) -> date | None:
    """The date that `text` is; None if it is none, which the file's shape has reported."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None


CONTROLS = ("security_hub", "controls")


def check_references(sources: Sources) -> Iterator[Problem]:
    """Names that lead nowhere."""
    for document in sources.layers():
        for region in document.mapping("regions"):
            yield from check_region(document, ("regions", region), region)
        yield from _controls(document, sources)
    for document, path in _team_paths(sources):
        team = document.text(*path)
        if team is not None and sources.team_names is not None:
            known = sorted(sources.team_names)
            yield from unknown(document, path, team, "team", known, of=path)


def check_region(
    document: Document, path: KeyPath, region: str, of: KeyPath | None = None
) -> Iterator[Problem]:
    """A problem if there is no such region, or the provider in use has not heard of it yet."""
    if region not in NOT_IN_PROVIDER:
        yield from unknown(document, path, region, "region", sorted(KNOWN), of=of)
        return
    what = f"the AWS provider in use does not know the region '{region}' yet"
    fix = "leave it out until an orchestrator with a newer provider is installed"
    key = dotted(path[:-1] if of is None else of)
    yield Problem(document.file, document.line(path), key, what, fix)


def unknown(
    document: Document,
    path: KeyPath,
    name: str,
    noun: str,
    known: Collection[str],
    of: KeyPath | None = None,
) -> Iterator[Problem]:
    """A problem if `name`, which stands at `path`, is not among `known`."""
    if name not in known:
        key = dotted(path[:-1] if of is None else of)
        what = f"unknown {noun} '{name}'"
        yield Problem(document.file, document.line(path), key, what, choose(name, known))


def _team_paths(sources: Sources) -> Iterator[tuple[Document, KeyPath]]:
    """Where teams are named."""
    for document in sources.layers():
        yield document, ("team",)
        for name in document.mapping("gate", "skips"):
            yield document, ("gate", "skips", name, "owner")
        for rules in ("suppressions", "reconcile"):
            for name in document.mapping("drift", rules):
                yield document, ("drift", rules, name, "owner")
    for account in sources.accounts:
        if account.document and account.document.mapping("quarantine"):
            yield account.document, ("quarantine", "owner")
    for document, path in decisions(sources):
        yield document, (*path, "decided_by")
    if sources.exceptions:
        for name in sources.exceptions.mapping("exceptions"):
            yield sources.exceptions, ("exceptions", name, "owner")


def _controls(document: Document, sources: Sources) -> Iterator[Problem]:
    known = sources.control_names
    for name in document.mapping(*CONTROLS):
        if known is not None and name not in known:
            line = document.line((*CONTROLS, name))
            fix = control_fix(name, known, sources)
            yield Problem(document.file, line, dotted(CONTROLS), f"unknown control '{name}'", fix)


def control_fix(name: str, known: Collection[str], sources: Sources) -> str:
    file = f"{sources.folder.name}/controls/{name.partition('.')[0].lower()}.yaml"
    return choose_or(name, sorted(known), f"add it to {file}")


def names_nothing(
    document: Document, path: KeyPath, pattern: str, known: Collection[str], noun: str = "account"
) -> Iterator[Problem]:
    """A problem if no name among `known` is `pattern`, or matches it."""
    if any(matches(name, pattern) for name in known):
        return
    if is_glob(pattern):
        what = f"no {noun} matches '{pattern}'"
        fix = "correct the pattern, or remove it"
    else:
        what, fix = f"unknown {noun} '{pattern}'", choose(pattern, sorted(known))
    yield Problem(document.file, document.line(path), dotted(path), what, fix)
