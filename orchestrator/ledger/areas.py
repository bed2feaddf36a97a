"""What a question to AWS is about, by its own words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from orchestrator.model.ledger import Area
from orchestrator.model.run import Answer, Probe

WORDS: Mapping[Area, tuple[str, ...]] = {
    Area.ROLES: ("role can be assumed",),
    Area.LOG_DELIVERY: (
        "AWS Config delivers",
        "trail logs",
        "log groups are forwarded",
        "is delivered",
        "are delivered",
        "Security Lake collects",
        "is versioned",
        "is encrypted",
        "is closed to the public",
    ),
    Area.CONFIG: ("AWS Config records",),
    Area.SECURITY_HUB: ("Security Hub", ": standards", ": disabled controls"),
}
EVERYTHING_ELSE = "all other questions"
"""The one that stands for those that nobody could ask any more."""
WORST_FIRST = (
    Answer.DENIED,
    Answer.DIFFERENT,
    Answer.NOT_EVERYWHERE,
    Answer.UNCONFIRMED,
    Answer.ON_ITS_WAY,
    Answer.AS_DECLARED,
)


def area_of(what: str) -> Area:
    """Everything else an account's stack makes is its baseline."""
    found = (area for area, words in WORDS.items() if any(word in what for word in words))
    return next(found, Area.BASELINE)


def answers(probes: Iterable[Probe]) -> Mapping[Area, Answer]:
    """The worst answer of each area that was asked about."""
    found: dict[Area, set[Answer]] = {}
    for probe in probes:
        areas = Area if probe.what == EVERYTHING_ELSE else (area_of(probe.what),)
        for area in areas:
            found.setdefault(area, set()).add(probe.answer)
    return {
        area: next(answer for answer in WORST_FIRST if answer in found[area])
        for area in Area
        if area in found
    }
