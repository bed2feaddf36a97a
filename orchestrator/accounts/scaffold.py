"""The files of account_configs/ for an organization as AWS describes it. Pure.

Every value is written by a YAML writer, never pasted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from orchestrator.model.inventory import Landscape, Member, Standing
from orchestrator.model.names import AccountId, inner_ou, slug, untaken
from orchestrator.model.yaml_text import written

LIKELY: Mapping[str, re.Pattern[str]] = {
    "security": re.compile(r"security|audit", re.IGNORECASE),
    "log archive": re.compile(r"log", re.IGNORECASE),
}
"""Control Tower calls them Audit and Log Archive."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person has said, or agreed to."""

    name: str
    home_region: str
    regions: tuple[str, ...]
    security: AccountId
    log_archive: AccountId
    team: str
    team_email: str
    team_tag: str = "team"


def open_members(landscape: Landscape) -> tuple[Member, ...]:
    """The accounts that can be worked in."""
    return tuple(m for m in landscape.members if m.standing is Standing.ACTIVE)


def guess(landscape: Landscape, part: str) -> Member | None:
    """The one account whose name sounds like `part`; None if there is none, or several."""
    candidates = [m for m in open_members(landscape) if m.id != landscape.management]
    found = [member for member in candidates if LIKELY[part].search(member.name)]
    return found[0] if len(found) == 1 else None


def find(landscape: Landscape, word: str) -> Member | None:
    """The account with this id or name."""
    return next((m for m in open_members(landscape) if word in (m.id, m.name)), None)


def unlike(names: Iterable[tuple[str, str]], fallback: str) -> Mapping[str, str]:
    """A slug for each id, out of pairs of id and name; no two are the same.

    The first keeps its own; those that follow have their id, or what tells it apart, behind.
    """
    given: dict[str, str] = {}
    for id_, name in names:
        given[id_] = untaken(name, slug(id_.rpartition("-")[2]), given.values(), fallback)
    return given


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


Json = Mapping[str, object]
Files = Mapping[PurePosixPath, str]


def describe(landscape: Landscape, choices: Choices) -> Files:
    """Texts by path, relative to account_configs/."""
    folders = _folders(landscape)
    members = open_members(landscape)
    names = unlike(((member.id, member.name) for member in members), "account")
    teams = _teams(members, choices)
    core = frozenset(
        names[id_] for id_ in (landscape.management, choices.security, choices.log_archive)
    )
    ous = {
        folders[branch.id] / "_ou.yaml": {"ou": {"name": branch.name, "id": branch.id}}
        for branch in landscape.branches
    }
    accounts = {
        folders[member.parent] / f"{names[member.id]}.yaml": _account(member, choices, teams)
        for member in members
    }
    return {
        PurePosixPath("organization.yaml"): _text(
            "organization", _organization(landscape, choices, names)
        ),
        PurePosixPath("teams.yaml"): _text("teams", {"teams": teams}),
        PurePosixPath("waves.yaml"): _text("waves", {"waves": _waves(landscape, names, core)}),
        **{path: _text("ou", body, len(path.parts)) for path, body in ous.items()},
        **{path: _text("account", body, len(path.parts)) for path, body in accounts.items()},
    }


def _text(kind: str, body: Json, depth: int = 1) -> str:
    modeline = f"# yaml-language-server: $schema={'../' * depth}schemas/{kind}.schema.json\n"
    return modeline + written(body)


def _folders(landscape: Landscape) -> Mapping[str, PurePosixPath]:
    """By the OU's id; no two OUs in one folder."""
    found = {landscape.root: PurePosixPath("ous")}
    parents = dict.fromkeys(branch.parent for branch in landscape.branches)
    for parent in parents:
        inside = [branch for branch in landscape.branches if branch.parent == parent]
        for id_, name in unlike(((branch.id, branch.name) for branch in inside), "ou").items():
            found[id_] = found[parent] / name
    return found


def _organization(landscape: Landscape, choices: Choices, names: Mapping[str, str]) -> Json:
    own = slug(choices.name) or "organization"
    return {
        "organization": {
            "name": own,
            "id": landscape.id,
            "root_id": landscape.root,
            "home_region": choices.home_region,
            "accounts": {
                "management": names[landscape.management],
                "security": names[choices.security],
                "log_archive": names[choices.log_archive],
            },
            "state": {"bucket": f"{own[:24].strip('-')}-terraform-state-{landscape.management}"},
            "access": {"external_id": f"{own[:40].strip('-')}-orchestrator"},
            "log_archive": {"bucket_prefix": f"{own[:20].strip('-')}-{landscape.management}-logs"},
        },
        "team": choices.team,
        "regions": dict.fromkeys((choices.home_region, *choices.regions), True),
    }


def _teams(members: tuple[Member, ...], choices: Choices) -> dict[str, Json]:
    """The team that stands for all, and one for each value of the accounts' tag.

    A team's address is that of its first account until somebody knows better.
    """
    found: dict[str, Json] = {
        choices.team: {"description": "Runs this repository.", "email": choices.team_email}
    }
    for member in members:
        team = slug(member.tags.get(choices.team_tag, ""))
        if team:
            found.setdefault(team, {"description": f"Team {team}.", "email": member.email})
    return found


def _account(member: Member, choices: Choices, teams: Mapping[str, Json]) -> Json:
    team = slug(member.tags.get(choices.team_tag, ""))
    account: Json = {"account": {"id": str(member.id), "email": member.email}}
    return {**account, "team": team} if team in teams and team != choices.team else account


def _waves(landscape: Landscape, names: Mapping[str, str], core: frozenset[str]) -> Json:
    found = waves(_place(landscape, landscape.root, "", names), core)
    return {name: dict(_wave(name, each.accounts, each.ous)) for name, each in found.items()}


def _wave(name: str, accounts: list[str], ous: list[str]) -> Iterator[tuple[str, object]]:
    if accounts:
        yield "accounts", accounts
    if ous:
        yield "ous", ous
    yield "width", WIDTHS[name]


def _place(landscape: Landscape, id_: str, path: str, names: Mapping[str, str]) -> Place:
    inside = [branch for branch in landscape.branches if branch.parent == id_]
    accounts = [names[m.id] for m in open_members(landscape) if m.parent == id_]
    below = (_place(landscape, each.id, inner_ou(path, each.name), names) for each in inside)
    return Place(path, tuple(accounts), tuple(below))
