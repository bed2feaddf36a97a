"""The files of account_configs/ for an organization as AWS describes it. Pure.

Every value is written by a YAML writer, never pasted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from orchestrator.adoption.choices import Choices, open_members
from orchestrator.adoption.naming import unlike
from orchestrator.adoption.waves import WIDTHS, Place, waves
from orchestrator.model.census import Landscape, Member
from orchestrator.model.names import inner_ou
from orchestrator.model.slugs import slug
from orchestrator.model.yaml_text import written

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
