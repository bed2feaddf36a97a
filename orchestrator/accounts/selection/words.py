"""Words about the organization: accounts, OUs, teams, tags, waves and stacks, and all there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Protocol

from orchestrator.accounts.selection.grammar import Miss
from orchestrator.model.names import StackKey
from orchestrator.model.organization import Account, Organization
from orchestrator.model.run import EXIT_CODES, Outcome


class Records(Protocol):
    """Earlier runs, and what has changed between two revisions."""

    def runs(self) -> tuple[str, ...]:
        """The ids of the runs that are kept, the oldest first."""
        ...

    def outcomes(self, run: str) -> Mapping[StackKey, Outcome]:
        """What became of each stack in one of `runs`."""
        ...

    def affected(self, revisions: str) -> frozenset[StackKey]:
        """The stacks that `revisions` changes, those of removed accounts included."""
        ...


@dataclass(frozen=True)
class World:
    """All that can be selected, and what is known of it."""

    organization: Organization
    stacks: tuple[StackKey, ...]
    records: Records

    @cached_property
    def universe(self) -> frozenset[StackKey]:
        return frozenset(self.stacks)

    def of_accounts(self, accounts: Iterable[Account]) -> frozenset[StackKey]:
        ids = {account.id for account in accounts}
        return frozenset(key for key in self.stacks if key.account_id in ids)


@dataclass(frozen=True, slots=True)
class Found:
    """The stacks a word means; `gone` are named by it, too, but not in the organization."""

    stacks: frozenset[StackKey]
    gone: frozenset[StackKey] = frozenset()


Meaning = Callable[[World, str], Found | Miss]
"""What stands behind the colon, to the stacks it means."""


def is_glob(text: str) -> bool:
    return any(character in text for character in "*?[")


def fits(name: str, pattern: str) -> bool:
    """Whether `pattern` is `name`, or a glob that fits it; capital letters matter."""
    return name == pattern or (is_glob(pattern) and fnmatchcase(name, pattern))


SHOWN = 5
MEANS_MORE = frozenset("()!")


def word(kind: str, value: str) -> str:
    """How `value` is written in a selection."""
    plain = value and not any(c.isspace() or c in MEANS_MORE for c in value)
    quoted = value if plain else f'"{value}"'
    return f"{kind}:{quoted}" if kind else quoted


def suggest(wrong: str, known: Iterable[str], kind: str = "") -> str:
    """A way out of the unknown `wrong`: the names most like it, or else the first few there are."""
    names = list(dict.fromkeys(known))
    folded = {name.lower(): name for name in reversed(names)}
    suggestions = [
        folded[match] for match in get_close_matches(wrong.lower(), folded, n=3, cutoff=0.65)
    ]
    if suggestions:
        shown = [f"'{word(kind, name)}'" for name in suggestions]
        return f"did you mean {' or '.join(shown)}?"
    if not names:
        return "there is none that could be named"
    more = ", …" if len(names) > SHOWN else ""
    return f"choose one of {', '.join(word(kind, name) for name in names[:SHOWN])}{more}"


ANOTHER = "name another; `orchestrator accounts` lists teams and waves"


def _stacks_of(
    world: World, accounts: Iterable[Account], what: str, fix: Callable[[], str]
) -> Found | Miss:
    """The accounts' stacks, or a miss; only then are names compared, which takes its time."""
    found = world.of_accounts(accounts)
    return Found(found) if found else Miss(what, fix())


def account(world: World, value: str) -> Found | Miss:
    everyone = world.organization.accounts
    found = [a for a in everyone if fits(a.name, value) or fits(a.id, value)]
    how = "is like" if is_glob(value) else "is called"
    names = (account.id if value.isdecimal() else account.name for account in everyone)
    return _stacks_of(
        *(world, found, f"no account {how} '{value}'"),
        lambda: _of_another_kind(world.organization, value) or suggest(value, names),
    )


def _of_another_kind(organization: Organization, value: str) -> str:
    """Somebody who writes a team's name means the team."""
    kinds = {"team": organization.teams, "wave": organization.waves}
    ous = [unit.path for unit in organization.units if unit.path.rpartition("/")[2] == value]
    found = [word(kind, value) for kind, names in kinds.items() if value in names]
    found += [word("ou", f"{ou}/**") for ou in ous if ou]
    return f"did you mean {' or '.join(map(repr, found))}?" if found else ""


def ou(world: World, value: str) -> Found | Miss:
    organization = world.organization
    path, pattern = value.strip("/"), _parts(value)
    found = [each for each in organization.accounts if _below(_parts(each.ou), pattern)]
    if any(unit.path == path for unit in organization.units):
        below = word("ou", f"{path}/**".lstrip("/"))
        fix = f"write '{below}' for all that is below it"
        return _stacks_of(world, found, f"no account lies directly in '{value}'", lambda: fix)
    paths = [unit.path for unit in organization.units if unit.path]
    known = [*paths, *(f"{path}/**" for path in paths)] if value.endswith("**") else paths
    return _stacks_of(world, found, f"no OU is '{value}'", lambda: suggest(value, known, "ou"))


def _below(ou: tuple[str, ...], pattern: tuple[str, ...]) -> bool:
    """`*` is one OU or a part of its name; `**` is any number of OUs, also none."""
    if not pattern:
        return not ou
    head, *rest = pattern
    if head == "**":
        return _below(ou, tuple(rest)) or (bool(ou) and _below(ou[1:], pattern))
    return bool(ou) and fits(ou[0], head) and _below(ou[1:], tuple(rest))


def _parts(path: str) -> tuple[str, ...]:
    return tuple(filter(None, path.split("/")))


def team(world: World, value: str) -> Found | Miss:
    organization = world.organization
    found = [a for a in organization.accounts if fits(a.settings.team, value)]
    if value in organization.teams:
        return _stacks_of(world, found, f"team '{value}' owns no account", lambda: ANOTHER)
    teams = organization.teams
    return _stacks_of(world, found, f"no team is '{value}'", lambda: suggest(value, teams, "team"))


def tag(world: World, value: str) -> Found | Miss:
    name, equals, wanted = value.partition("=")
    everyone = world.organization.accounts
    tagged = {a.id: a.settings.tags[name] for a in everyone if name in a.settings.tags}
    if not tagged:
        names = [name for account in everyone for name in account.settings.tags]
        return Miss(f"no account has a tag '{name}'", suggest(name, names, "tag"))
    found = [a for a in everyone if a.id in tagged and (not equals or fits(tagged[a.id], wanted))]
    values = [f"{name}={each}" for each in tagged.values()]
    what = f"no account has the tag {name}='{wanted}'"
    return _stacks_of(world, found, what, lambda: suggest(value, values, "tag"))


def wave(world: World, value: str) -> Found | Miss:
    organization = world.organization
    found = [a for a in organization.accounts if fits(organization.wave_of.get(a.id, ""), value)]
    if value in organization.waves:
        return _stacks_of(world, found, f"wave '{value}' has no account", lambda: ANOTHER)
    waves = organization.waves
    return _stacks_of(world, found, f"no wave is '{value}'", lambda: suggest(value, waves, "wave"))


def stack(world: World, value: str) -> Found | Miss:
    found = frozenset(key for key in world.stacks if fits(key.stack, value))
    known = dict.fromkeys(str(key.stack) for key in world.stacks)
    return Found(found) if found else Miss(f"no stack is '{value}'", suggest(value, known, "stack"))


LAST = "last"
"""The run before this one."""

FAILED = frozenset(EXIT_CODES) - {Outcome.DRIFTED}
"""What did not come through, for whatever reason."""


def failed(world: World, value: str) -> Found | Miss:
    return _of_run(world, "failed", value, lambda outcome: outcome in FAILED)


def drifted(world: World, value: str) -> Found | Miss:
    return _of_run(world, "drifted", value, lambda outcome: outcome is Outcome.DRIFTED)


def _of_run(world: World, kind: str, value: str, counts: Callable[[Outcome], bool]) -> Found | Miss:
    runs = world.records.runs()
    run = runs[-1] if value == LAST and runs else value
    if run not in runs:
        fix = suggest(value, (*reversed(runs), LAST) if runs else (), kind)
        return Miss(f"no run '{value}' is kept", fix)
    outcomes = world.records.outcomes(run)
    return _remembered(world, (key for key, outcome in outcomes.items() if counts(outcome)))


def affected(world: World, value: str) -> Found | Miss:
    return _remembered(world, world.records.affected(value))


def _remembered(world: World, keys: Iterable[StackKey]) -> Found:
    """By account id and stack, because an account may have been renamed since."""
    wanted = {(key.account_id, key.stack): key for key in keys}
    found = frozenset(key for key in world.stacks if (key.account_id, key.stack) in wanted)
    present = {(key.account_id, key.stack) for key in found}
    return Found(found, frozenset(key for at, key in wanted.items() if at not in present))


KINDS: Mapping[str, Meaning] = {
    "": account,
    "account": account,
    "ou": ou,
    "team": team,
    "tag": tag,
    "wave": wave,
    "stack": stack,
    "affected": affected,
    "failed": failed,
    "drifted": drifted,
}
"""By what stands before the colon."""


def meant(world: World, kind: str, value: str) -> Found | Miss:
    """The stacks that a word means, or what is wrong with it."""
    if kind not in KINDS:
        kinds = [kind for kind in KINDS if kind]
        return Miss(f"there is no '{kind}:'", suggest(kind, kinds).replace("'?", ":'?"))
    if not value:
        return Miss(f"nothing stands behind '{kind}:'", f"write {word(kind, '…')}")
    return KINDS[kind](world, value)
