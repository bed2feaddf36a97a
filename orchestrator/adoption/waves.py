"""A first order of rollout: what sounds harmless goes first, what all others stand on last."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

ORDER = ("early", "middle", "production", "core")
SOUNDS: Mapping[str, re.Pattern[str]] = {
    "core": re.compile(r"security|audit|infrastructure|management", re.IGNORECASE),
    "production": re.compile(r"\bprod(uction)?\b|\blive\b", re.IGNORECASE),
    "early": re.compile(r"sandbox|\bdev(elopment)?\b|\btest|\bstag|\bqa\b", re.IGNORECASE),
}
WIDTHS: Mapping[str, int] = {"early": 8, "middle": 4, "production": 4, "core": 1}


@dataclass(frozen=True, slots=True)
class Place:
    """An OU with all that is in it. `accounts` are names, of those directly in it."""

    path: str
    accounts: tuple[str, ...] = ()
    below: tuple[Place, ...] = ()

    @property
    def size(self) -> int:
        """Accounts in it, however deep."""
        return len(self.accounts) + sum(place.size for place in self.below)


@dataclass(slots=True)
class Covered:
    """What a wave names."""

    ous: list[str] = field(default_factory=list)
    accounts: list[str] = field(default_factory=list)
    reached: int = 0
    """Accounts, by name or by OU."""


def waves(root: Place, core: frozenset[str]) -> Mapping[str, Covered]:
    """Every account in exactly one wave, by OUs as far as that goes; `core` are names."""
    found = {name: Covered() for name in ORDER}
    for name in root.accounts:
        found["core"].accounts.append(name)
        found["core"].reached += 1
    for place in root.below:
        for wave, part in _divided(place, "middle", core):
            if isinstance(part, str):
                found[wave].accounts.append(part)
                found[wave].reached += 1
            else:
                found[wave].ous.append(part.path)
                found[wave].reached += part.size
    return _with_empty_ous(found)


def _with_empty_ous(found: Mapping[str, Covered]) -> Mapping[str, Covered]:
    """A wave needs an account; OUs that have none yet go with the first wave that has."""
    kept = {name: covered for name, covered in found.items() if covered.reached}
    for covered in found.values():
        if covered.ous and not covered.reached and kept:
            next(iter(kept.values())).ous.extend(covered.ous)
    return kept


def _divided(place: Place, outer: str, core: frozenset[str]) -> Iterator[tuple[str, Place | str]]:
    """The whole OU if one wave takes all of it, else its parts."""
    own = _sound(place.path.rpartition("/")[2]) or outer
    if {own} == set(_all_waves(place, outer, core)):
        yield own, place
        return
    for account in place.accounts:
        yield ("core" if account in core else own), account
    for inner in place.below:
        yield from _divided(inner, own, core)


def _all_waves(place: Place, outer: str, core: frozenset[str]) -> Iterator[str]:
    own = _sound(place.path.rpartition("/")[2]) or outer
    yield own
    yield from ("core" for account in place.accounts if account in core)
    for inner in place.below:
        yield from _all_waves(inner, own, core)


def _sound(name: str) -> str:
    return next((wave for wave, sound in SOUNDS.items() if sound.search(name)), "")
