"""How policies of the organization get from what is attached to what is wanted, step by step.

A policy is never edited: another document is another policy, attached beside the old one before
that is detached. So each target moves by itself, nothing is uncovered meanwhile, and what is
attached first has the last word until it goes.
Source: AWS Organizations User Guide, "Inheritance examples", example 6.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from orchestrator.model.organization_policies import (
    Attachment,
    HubSettings,
    Policy,
    PolicySet,
    PolicyType,
    losses,
    settings_of,
)
from orchestrator.model.plan import Action, Change
from orchestrator.model.policy_inheritance import effective

MOST_TRIED, SAMPLE = 10, 3
"""Accounts of the first wave that try a policy before the others; accounts asked after a step."""

COVERAGE = "security_hub_coverage"
"""The type of a change that takes coverage away. It has no resource, and counts as destroyed."""


class Do(StrEnum):
    ENABLE = "enable"
    CREATE = "create"
    ATTACH = "attach"
    DETACH = "detach"
    DELETE = "delete"
    VERIFY = "verify"


@dataclass(frozen=True, slots=True)
class PolicyStep:
    """One call, or for VERIFY one question: `accounts` have what is attached above them by then."""

    do: Do
    type: PolicyType
    policy: str = ""
    target: str = ""
    accounts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Places:
    """Where accounts are: the ids from the root down to each, and the waves in their order."""

    paths: Mapping[str, tuple[str, ...]]
    labels: Mapping[str, str]
    waves: tuple[frozenset[str], ...]

    def below(self, target: str) -> tuple[str, ...]:
        return tuple(sorted(a for a, path in self.paths.items() if target in path))

    def depth(self, target: str) -> int:
        """Of a target that no account is below, 0: it may be done at any time."""
        return next((path.index(target) for path in self.paths.values() if target in path), 0)


@dataclass(frozen=True, slots=True)
class Held:
    """What Organizations has: the types turned on, policies that are ours, and their ids."""

    types: frozenset[PolicyType]
    policies: PolicySet
    ids: Mapping[str, str]


def steps(held: Held, wanted: PolicySet, places: Places) -> tuple[PolicyStep, ...]:
    """In the order in which they are to be done; none where all is as it should be."""
    there = held.policies.named()
    found = [PolicyStep(Do.ENABLE, kind) for kind in wanted.types if kind not in held.types]
    found += [
        PolicyStep(Do.CREATE, policy.type, policy.name)
        for policy in wanted.policies
        if policy.name not in there
    ]
    kinds = sorted({policy.type for policy in (*wanted.policies, *held.policies.policies)})
    for kind in kinds:
        found += _moved(held.policies, wanted, kind, places)
    named = wanted.named()
    found += [
        PolicyStep(Do.DELETE, policy.type, policy.name)
        for policy in held.policies.policies
        if policy.name not in named
    ]
    return tuple(found)


def _moved(
    held: PolicySet, wanted: PolicySet, kind: PolicyType, places: Places
) -> Iterator[PolicyStep]:
    """Targets by waves; what the first wave has to try comes before, what only goes comes last.

    What is further down comes first, and goes last: an account below never falls to what an OU
    above it has only for others.
    """
    changing = [
        target
        for target in _targets(wanted, kind)
        if held.at(target, kind) != wanted.at(target, kind)
    ]
    ranked = sorted(changing, key=lambda t: (_rank(t, places), -places.depth(t), t))
    tried = tuple(_tried(ranked, wanted, kind, places))
    for account, policy in tried:
        yield PolicyStep(Do.ATTACH, kind, policy, account)
    if tried:
        yield PolicyStep(Do.VERIFY, kind, accounts=tuple(account for account, _ in tried))
    for target in ranked:
        yield from _one_target(target, held, wanted, kind)
        concerned = _concerned(target, wanted, kind, places)[:SAMPLE]
        if concerned:
            yield PolicyStep(Do.VERIFY, kind, accounts=concerned)
    dropped = [target for target in _targets(held, kind) if not wanted.at(target, kind)]
    for target in sorted(dropped, key=lambda t: (places.depth(t), t)):
        yield from _one_target(target, held, wanted, kind)
    for account, policy in tried:
        yield PolicyStep(Do.DETACH, kind, policy, account)
    if tried or dropped:
        sample = tuple(sorted(places.paths))[:SAMPLE]
        yield PolicyStep(Do.VERIFY, kind, accounts=sample)


def _one_target(
    target: str, held: PolicySet, wanted: PolicySet, kind: PolicyType
) -> Iterator[PolicyStep]:
    """The new policy beside the old one, then the old one away."""
    before, after = held.at(target, kind), wanted.at(target, kind)
    for policy in after:
        if policy not in before:
            yield PolicyStep(Do.ATTACH, kind, policy.name, target)
    for policy in before:
        if policy not in after:
            yield PolicyStep(Do.DETACH, kind, policy.name, target)


def _targets(policies: PolicySet, kind: PolicyType) -> tuple[str, ...]:
    known = policies.named()
    placed = (a.target for a in policies.attachments if known[a.policy].type is kind)
    return tuple(dict.fromkeys(placed))


def _concerned(target: str, wanted: PolicySet, kind: PolicyType, places: Places) -> tuple[str, ...]:
    """The accounts for which this target is the nearest that has a policy."""
    having = set(_targets(wanted, kind))
    return tuple(
        account
        for account in places.below(target)
        if next((t for t in reversed(places.paths[account]) if t in having), "") == target
    )


def _rank(target: str, places: Places) -> int:
    """The last wave that is below it, so that what reaches only the first wave comes first."""
    below = set(places.below(target))
    reached = [number for number, wave in enumerate(places.waves) if wave & below]
    return max(reached, default=0)


def _tried(
    ranked: Sequence[str], wanted: PolicySet, kind: PolicyType, places: Places
) -> Iterator[tuple[str, str]]:
    """Accounts of the first wave below targets that reach further, with what they will have."""
    first = places.waves[0] if len(places.waves) > 1 else frozenset()
    found = [
        (account, policy.name)
        for target in ranked
        if _rank(target, places) > 0
        for account in _concerned(target, wanted, kind, places)
        if account in first and account != target
        for policy in wanted.at(target, kind)
    ]
    yield from found[:MOST_TRIED]


def after(policies: PolicySet, step: PolicyStep, known: Mapping[str, Policy]) -> PolicySet:
    """What is attached once the step is done."""
    attachment = Attachment(step.target, step.policy)
    match step.do:
        case Do.CREATE:
            return replace(policies, policies=(*policies.policies, known[step.policy]))
        case Do.ATTACH:
            return replace(policies, attachments=(*policies.attachments, attachment))
        case Do.DETACH:
            left = tuple(each for each in policies.attachments if each != attachment)
            return replace(policies, attachments=left)
        case Do.DELETE:
            kept = tuple(p for p in policies.policies if p.name != step.policy)
            return replace(policies, policies=kept)
    return policies


def settings_in(policies: PolicySet, account: str, kind: PolicyType, places: Places) -> HubSettings:
    """What the account's policies come to."""
    return settings_of(effective(policies.levels(places.paths[account], kind)))


Before = Mapping[str, HubSettings]
"""By account: what Security Hub CSPM is there for as long as no policy governs it."""


def changes(
    held: Held, wanted: PolicySet, places: Places, before: Before, unread: Iterable[str] = ()
) -> tuple[Change, ...]:
    """What a person sees of it: policies, attachments, and coverage that goes.

    `unread` are the accounts of which nobody can say what they have; that counts as a loss.
    """
    return (
        *_policy_changes(held.policies, wanted),
        *_attachment_changes(held.policies, wanted, places),
        *_coverage_changes(held.policies, wanted, places, before, tuple(unread)),
    )


def _policy_changes(held: PolicySet, wanted: PolicySet) -> Iterator[Change]:
    old, new = ({p.label: p for p in each.policies} for each in (held, wanted))
    for label in sorted({*old, *new}):
        if label in old and label in new and old[label].name == new[label].name:
            continue
        action = Action.UPDATE if label in old and label in new else Action.CREATE
        action = action if label in new else Action.DELETE
        differ = ("content",) if action is Action.UPDATE else ()
        yield Change(f'organizations_policy["{label}"]', "organizations_policy", action, differ)


def _attachment_changes(held: PolicySet, wanted: PolicySet, places: Places) -> Iterator[Change]:
    old, new = _labelled(held, places), _labelled(wanted, places)
    kind = "organizations_policy_attachment"
    for where in sorted({*old, *new}):
        if old.get(where) == new.get(where):
            continue
        action = Action.UPDATE if where in old and where in new else Action.CREATE
        action = action if where in new else Action.DELETE
        differ = ("policy",) if action is Action.UPDATE else ()
        yield Change(f'{kind}["{where}"]', kind, action, differ)


def _labelled(policies: PolicySet, places: Places) -> dict[str, tuple[str, ...]]:
    """Policies by type and place; a new version of a policy is no other attachment."""
    known, found = policies.named(), dict[str, tuple[str, ...]]()
    for each in policies.attachments:
        policy = known[each.policy]
        where = f"{policy.type} at {places.labels.get(each.target, each.target)}"
        found[where] = (*found.get(where, ()), policy.label)
    return found


def _coverage_changes(
    held: PolicySet, wanted: PolicySet, places: Places, before: Before, unread: tuple[str, ...]
) -> Iterator[Change]:
    if PolicyType.CSPM not in {*held.types, *wanted.types}:
        return
    said: dict[str, list[str]] = {}
    for account in sorted(places.paths):
        had = settings_in(held, account, PolicyType.CSPM, places)
        had = had if had.on or had.off else before.get(account, HubSettings())
        for loss in losses(
            had, settings_in(wanted, account, PolicyType.CSPM, places), sorted(had.on)
        ):
            said.setdefault(loss, []).append(places.labels.get(account, account))
    if unread and wanted.types:
        said["what is on there could not be read"] = [places.labels.get(a, a) for a in unread]
    for loss, accounts in sorted(said.items()):
        yield Change(f'{COVERAGE}["{loss}; {_counted(accounts)}"]', COVERAGE, Action.DELETE)


def _counted(accounts: Sequence[str]) -> str:
    named = ", ".join(accounts[:SAMPLE])
    more = f" and {len(accounts) - SAMPLE} more" if len(accounts) > SAMPLE else ""
    return f"{named}{more}"


def drift(held: Held, recorded: PolicySet, places: Places) -> tuple[Change, ...]:
    """What is otherwise than the last apply has left it."""
    return (
        *_policy_changes(recorded, held.policies),
        *_attachment_changes(recorded, held.policies, places),
    )
