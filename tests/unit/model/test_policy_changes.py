from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from orchestrator.adapters.aws.organization_policies import places_of
from orchestrator.model.facts import Mode, SecurityHubFacts
from orchestrator.model.organization import Account, Organization, Unit
from orchestrator.model.organization_policies import HubSettings, PolicySet, PolicyType
from orchestrator.model.plan import Action
from orchestrator.model.policy_changes import Do, Held, PolicyStep, after, settings_in, steps
from orchestrator.model.policy_differences import COVERAGE, changes, drift
from orchestrator.model.settings import DecisionKind, Settings, Standard
from orchestrator.model.standards import arn
from orchestrator.model.waves import Wave
from orchestrator.render.organization_policies import policies_of
from tests.unit.render.builders import (
    HOME,
    SECOND,
    UNITS,
    a_unit,
    an_account,
    an_organization,
    decisions,
    settings,
)

CSPM = PolicyType.CSPM
NOTHING = Held(frozenset(), PolicySet(), {})
CIS, FSBP = Standard.CIS_3_0, Standard.AWS_FOUNDATIONAL
CANARY, OTHERS = an_account("canary", 8), an_account("orders-prod", 7)


def governed(
    root: Settings | None = None, *units: Unit, accounts: Sequence[Account] = (CANARY, OTHERS)
) -> Organization:
    """Canary and orders-prod in Workloads/Prod; the canary alone in the first wave."""
    has = root or settings()
    special = tuple(
        an_account(name, number, ou, has=has)
        for name, number, ou in (
            ("management", 1, ""),
            ("security", 2, "Security"),
            ("log-archive", 3, "Security"),
        )
    )
    known = {unit.path: unit for unit in (*UNITS, *units)}
    tree = tuple(unit if unit in units else replace(unit, settings=has) for unit in known.values())
    made = an_organization(
        *(replace(a, settings=_of(a.ou, tree)) for a in accounts),
        units=tree,
        special=special,
    )
    facts = made.facts.model_copy(update={"security_hub": SecurityHubFacts(mode=Mode.POLICY)})
    first = {a.id for a in made.accounts if a.name == "canary"}
    return replace(
        made,
        facts=facts,
        waves={"first": Wave(accounts=["canary"]), "rest": Wave(ous=[""])},
        wave_of={a.id: "first" if a.id in first else "rest" for a in made.accounts},
    )


def _of(path: str, tree: tuple[Unit, ...]) -> Settings:
    return next(unit.settings for unit in tree if unit.path == path)


def held_by(policies: PolicySet) -> Held:
    ids = {policy.name: f"p-{number}" for number, policy in enumerate(policies.policies)}
    return Held(frozenset(policies.types), policies, ids)


def done(held: PolicySet, wanted: PolicySet, found: Sequence[PolicyStep]) -> list[PolicySet]:
    """What is attached after each of the steps."""
    known = {**held.named(), **wanted.named()}
    states = [held]
    for step in found:
        states.append(after(states[-1], step, known))
    return states


def told(found: Sequence[PolicyStep]) -> list[str]:
    return [f"{s.do} {s.policy.rpartition('-')[0]} {s.target}".strip() for s in found]


def test_the_first_wave_tries_a_policy_that_reaches_further() -> None:
    organization = governed()
    wanted, places = policies_of(organization), places_of(organization)

    found = steps(NOTHING, wanted, places)

    assert told(found) == [
        "enable",
        "create orchestrator-cspm-organization",
        f"attach orchestrator-cspm-organization {CANARY.id}",
        "verify",
        "attach orchestrator-cspm-organization r-ex01",
        "verify",
        f"detach orchestrator-cspm-organization {CANARY.id}",
        "verify",
    ]
    assert found[3].accounts == (CANARY.id,)


def test_a_change_attaches_the_new_policy_before_the_old_one_goes() -> None:
    old, new = policies_of(governed()), policies_of(governed(settings(CIS)))
    places = places_of(governed())

    found = steps(held_by(old), new, places)

    label = "orchestrator-cspm-organization"
    assert told(found) == [
        f"create {label}",
        f"attach {label} {CANARY.id}",
        "verify",
        f"attach {label} r-ex01",
        f"detach {label} r-ex01",
        "verify",
        f"detach {label} {CANARY.id}",
        "verify",
        f"delete {label}",
    ]
    assert done(old, new, found)[-1] == new


def test_nothing_is_to_be_done_where_all_is_as_it_should_be() -> None:
    wanted = policies_of(governed())

    assert steps(held_by(wanted), wanted, places_of(governed())) == ()


PROD = a_unit("Workloads/Prod", settings(CIS))
OFF = a_unit("Workloads", settings(enabled=False))
VARIANTS = (
    governed(),
    governed(settings(CIS)),
    governed(settings(CIS, FSBP), PROD),
    governed(None, OFF, PROD),
    governed(settings(regions=(HOME,)), PROD),
)


@pytest.mark.parametrize("before", VARIANTS)
@pytest.mark.parametrize("to", VARIANTS)
def test_no_account_has_anything_but_the_old_or_the_new_on_the_way(
    before: Organization, to: Organization
) -> None:
    old, new, places = policies_of(before), policies_of(to), places_of(to)

    states = done(old, new, steps(held_by(old), new, places))

    assert {*states[-1].attachments} == {*new.attachments}
    for account in places.paths:
        ends = [settings_in(each, account, CSPM, places) for each in (old, new)]
        seen = [settings_in(state, account, CSPM, places) for state in states]
        assert all(each in ends for each in seen)
        changed = [one != other for one, other in pairwise(seen)]
        assert sum(changed) == (ends[0] != ends[1])


def test_leaving_takes_the_outermost_away_first_and_deletes_at_the_end() -> None:
    organization = governed(settings(FSBP), PROD)
    held, places = policies_of(organization), places_of(organization)

    found = steps(held_by(held), PolicySet(), places)

    assert told(found) == [
        "detach orchestrator-cspm-organization r-ex01",
        f"detach orchestrator-cspm-workloads-prod {PROD.id}",
        "verify",
        "delete orchestrator-cspm-organization",
        "delete orchestrator-cspm-workloads-prod",
    ]


def addresses(found: Sequence[object], action: Action) -> list[str]:
    return [c.address for c in found if c.action is action]  # type: ignore[attr-defined]


def test_a_plan_names_policies_attachments_and_what_is_lost_by_region() -> None:
    old, new = policies_of(governed(settings(CIS, FSBP))), policies_of(governed(settings(FSBP)))
    places = places_of(governed())

    found = changes(held_by(old), new, places, {})

    assert addresses(found, Action.UPDATE) == [
        'organizations_policy["orchestrator-cspm-organization"]'
    ]
    lost = f"standard {arn(CIS, HOME)} is disabled; management, security, log-archive and 2 more"
    assert addresses(found, Action.DELETE) == [
        f'{COVERAGE}["{HOME}: {lost}"]',
        f'{COVERAGE}["{SECOND}: {lost}"]',
    ]


def test_what_central_configuration_has_and_the_policies_have_not_counts_as_destroyed() -> None:
    organization = governed()
    had = HubSettings(
        on=frozenset({HOME}),
        standards=frozenset({arn(FSBP, HOME)}),
        parameters={"IAM.7": {"MinimumPasswordLength": 16}},
    )
    wanted, places = policies_of(organization), places_of(organization)

    found = changes(NOTHING, wanted, places, {CANARY.id: had})

    assert addresses(found, Action.DELETE) == [
        f'{COVERAGE}["{HOME}: parameter MinimumPasswordLength of IAM.7 is reset; canary"]'
    ]


def test_the_same_decisions_as_policies_lose_nothing() -> None:
    organization = governed()
    had = HubSettings(on=frozenset({HOME, SECOND}), standards=frozenset({arn(FSBP, HOME)}))
    wanted, places = policies_of(organization), places_of(organization)

    found = changes(NOTHING, wanted, places, dict.fromkeys(places.paths, had))

    assert addresses(found, Action.DELETE) == []
    assert addresses(found, Action.CREATE) == [
        'organizations_policy["orchestrator-cspm-organization"]',
        f'organizations_policy_attachment["{CSPM} at the root"]',
    ]


def test_what_could_not_be_read_counts_as_destroyed() -> None:
    organization = governed()

    found = changes(
        NOTHING, policies_of(organization), places_of(organization), {}, unread=[CANARY.id]
    )

    assert addresses(found, Action.DELETE) == [
        f'{COVERAGE}["what is on there could not be read; canary"]'
    ]


def test_a_disabled_hub_and_a_disabled_control_are_losses() -> None:
    off = decisions(S3_20=DecisionKind.DISABLE)
    had, places = policies_of(governed()), places_of(governed())
    without = governed(settings(enabled=False))
    narrower = governed()
    narrower = replace(
        narrower,
        units=tuple(replace(unit, decisions=off) for unit in narrower.units),
        accounts=tuple(replace(account, decisions=off) for account in narrower.accounts),
    )

    gone = addresses(changes(held_by(had), policies_of(without), places, {}), Action.DELETE)
    less = addresses(changes(held_by(had), policies_of(narrower), places, {}), Action.DELETE)

    assert [each.split(";")[0] for each in gone] == [
        f'{COVERAGE}["{HOME}: Security Hub is disabled',
        f'{COVERAGE}["{SECOND}: Security Hub is disabled',
    ]
    assert "control S3.20 is disabled" in less[0]


def test_drift_is_what_is_otherwise_than_the_last_apply_left_it() -> None:
    organization = governed(settings(FSBP), PROD)
    recorded, places = policies_of(organization), places_of(organization)
    detached = replace(recorded, attachments=recorded.attachments[:1])

    assert drift(held_by(recorded), recorded, places) == ()
    [found] = drift(held_by(detached), recorded, places)
    assert (found.action, found.address) == (
        Action.DELETE,
        f'organizations_policy_attachment["{CSPM} at Workloads/Prod"]',
    )


def test_steps_of_both_types_move_each_by_itself() -> None:
    chosen = SecurityHubFacts(mode=Mode.POLICY, unified=True)
    organization = governed()
    facts = organization.facts.model_copy(update={"security_hub": chosen})
    organization = replace(organization, facts=facts)

    found = steps(NOTHING, policies_of(organization), places_of(organization))

    assert [s.type for s in found if s.do is Do.ENABLE] == [PolicyType.CSPM, PolicyType.HUB]
    assert len([s for s in found if s.do is Do.ATTACH and s.target == "r-ex01"]) == 2
