"""What a person sees of policies that move: policies, attachments, and coverage that goes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from orchestrator.model.organization_policies import HubSettings, PolicySet, PolicyType, losses
from orchestrator.model.plan import Action, Change
from orchestrator.model.policy_changes import SAMPLE, Held, Places, settings_in

COVERAGE = "security_hub_coverage"
"""The type of a change that takes coverage away. It has no resource, and counts as destroyed."""

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
        *_unified_changes(held, wanted),
        *_coverage_changes(held.policies, wanted, places, before, tuple(unread)),
    )


def _unified_changes(held: Held, wanted: PolicySet) -> Iterator[Change]:
    if (unified := wanted.unified) is None:
        return
    kind = "securityhub_organization_admin_account"
    for region in unified.regions:
        if region not in held.administered:
            yield Change(f'{kind}["SecurityHubV2 in {region}"]', kind, Action.CREATE)
    if held.linked != frozenset(unified.linked):
        action = Action.CREATE if held.linked is None else Action.UPDATE
        differ = ("linked_regions",) if action is Action.UPDATE else ()
        aggregator = "securityhub_aggregator_v2"
        yield Change(f'{aggregator}["{unified.home}"]', aggregator, action, differ)


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
