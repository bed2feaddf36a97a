"""How policies of the organization get from what is attached to what is wanted, step by step.

A policy is never edited: another document is another policy, attached beside the old one before
that is detached. So each target moves by itself, nothing is uncovered meanwhile, and what is
attached first has the last word until it goes.
Source: AWS Organizations User Guide, "Inheritance examples", example 6.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from orchestrator.model.organization_policies import (
    Attachment,
    HubSettings,
    Policy,
    PolicySet,
    PolicyType,
    settings_of,
)
from orchestrator.model.policy_inheritance import effective

MOST_TRIED, SAMPLE = 10, 3
"""Accounts of the first wave that try a policy before the others; accounts asked after a step."""


class Do(StrEnum):
    ENABLE = "enable"
    CREATE = "create"
    ATTACH = "attach"
    DETACH = "detach"
    DELETE = "delete"
    DESIGNATE = "designate"
    AGGREGATE = "aggregate"
    VERIFY = "verify"


@dataclass(frozen=True, slots=True)
class PolicyStep:
    """One call, or for VERIFY one question: `accounts` have what is attached above them by then.

    DESIGNATE and AGGREGATE are about the unified hub, in the region that is the target.
    """

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
    administered: frozenset[str] = frozenset()
    """Regions in which the unified hub has the administrator that it shall have."""
    linked: frozenset[str] | None = None
    """What comes to the unified hub's home region; None where nothing does."""


def steps(held: Held, wanted: PolicySet, places: Places) -> tuple[PolicyStep, ...]:
    """In the order in which they are to be done; none where all is as it should be."""
    there = held.policies.named()
    found = [PolicyStep(Do.ENABLE, kind) for kind in wanted.types if kind not in held.types]
    found += [
        PolicyStep(Do.CREATE, policy.type, policy.name)
        for policy in wanted.policies
        if policy.name not in there
    ]
    if unified := wanted.unified:
        found += [
            PolicyStep(Do.DESIGNATE, PolicyType.HUB, target=region)
            for region in unified.regions
            if region not in held.administered
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
    if unified and held.linked != frozenset(unified.linked):
        found.append(PolicyStep(Do.AGGREGATE, PolicyType.HUB, target=unified.home))
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
