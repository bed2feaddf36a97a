from __future__ import annotations

import json
from dataclasses import replace

import pytest

from orchestrator.model.facts import Mode, SecurityHubFacts
from orchestrator.model.names import ControlId
from orchestrator.model.organization import Organization
from orchestrator.model.organization_policies import (
    MOST_CHARACTERS,
    Attachment,
    PolicySet,
    PolicyType,
    from_json,
    settings_of,
    to_json,
)
from orchestrator.model.policy_inheritance import effective, mistakes
from orchestrator.model.settings import DecisionKind, Standard
from orchestrator.model.standards import arn
from orchestrator.render.organization_policies import PolicyRefused, policies_of
from tests.unit.render.builders import (
    HOME,
    SECOND,
    UNITS,
    a_decision,
    a_unit,
    an_account,
    an_organization,
    decisions,
    hundreds,
    settings,
)

DISABLE = DecisionKind.DISABLE
NO_MFA_DELETE = decisions(S3_20=DISABLE)
FSBP = arn(Standard.AWS_FOUNDATIONAL, HOME)


def governed(organization: Organization, *, unified: bool = False) -> Organization:
    chosen = SecurityHubFacts(mode=Mode.POLICY, unified=unified)
    facts = organization.facts.model_copy(update={"security_hub": chosen})
    return replace(organization, facts=facts)


def labels(made: PolicySet) -> list[str]:
    return [policy.label for policy in made.policies]


def placed(made: PolicySet) -> dict[str, str]:
    known = made.named()
    return {a.target: known[a.policy].label for a in made.attachments}


def comes_to(made: PolicySet, *path: str, kind: PolicyType = PolicyType.CSPM) -> object:
    return settings_of(effective(made.levels(path, kind)))


def test_an_organization_run_alike_has_one_policy_at_its_root() -> None:
    made = policies_of(governed(an_organization()))

    assert placed(made) == {"r-ex01": "orchestrator-cspm-organization"}
    assert made.policies[0].document["securityhub_cspm"]["cspm_enablement"] == {
        "enable_in_regions": {"@@assign": [HOME, SECOND]},
        "disable_in_regions": {"@@assign": []},
    }


def test_nothing_is_made_in_the_other_modes() -> None:
    for mode in (Mode.CENTRAL, Mode.LOCAL):
        assert policies_of(an_organization(mode=mode)) == PolicySet()


def test_the_unified_hub_has_policies_in_every_mode() -> None:
    central = an_organization()
    chosen = SecurityHubFacts(mode=Mode.CENTRAL, unified=True)
    facts = central.facts.model_copy(update={"security_hub": chosen})

    made = policies_of(replace(central, facts=facts))

    assert [policy.type for policy in made.policies] == [PolicyType.HUB]
    assert made.policies[0].document == {
        "securityhub": {
            "enable_in_regions": {"@@assign": [HOME, SECOND]},
            "disable_in_regions": {"@@assign": []},
        }
    }


def test_an_ou_that_deviates_has_a_policy_and_its_accounts_inherit_it() -> None:
    prod = a_unit("Workloads/Prod", decided=NO_MFA_DELETE)
    orders = an_account(decided=NO_MFA_DELETE)

    made = policies_of(governed(an_organization(orders, units=(*UNITS[:3], prod))))

    assert placed(made) == {
        "r-ex01": "orchestrator-cspm-organization",
        prod.id: "orchestrator-cspm-workloads-prod",
    }
    below = comes_to(made, "r-ex01", UNITS[2].id, prod.id, orders.id)
    assert below.disabled == {"S3.20"}  # type: ignore[attr-defined]
    assert comes_to(made, "r-ex01").disabled == frozenset()  # type: ignore[attr-defined]


def test_whoever_is_run_alike_shares_a_policy() -> None:
    orders, payments = an_account(decided=NO_MFA_DELETE), an_account("payments-prod", 6)
    payments = replace(payments, decisions=NO_MFA_DELETE)

    made = policies_of(governed(an_organization(payments, orders)))

    assert len(made.policies) == 2
    assert placed(made)[orders.id] == placed(made)[payments.id]


def test_an_account_without_security_hub_has_it_disabled_in_its_governed_regions() -> None:
    orders = an_account(has=settings(enabled=False, regions=(HOME,)))

    made = policies_of(governed(an_organization(orders)))

    found = comes_to(made, "r-ex01", orders.id)
    assert found.governs(HOME) is False  # type: ignore[attr-defined]
    assert found.governs(SECOND) is None  # type: ignore[attr-defined]


def test_parameters_that_are_decided_are_in_the_document() -> None:
    decided = {
        ControlId("IAM.7"): a_decision(DecisionKind.DETECT).model_copy(
            update={"parameters": {"MinimumPasswordLength": 16}}
        )
    }
    units = tuple(replace(unit, decisions=decided) for unit in UNITS)
    special = tuple(
        an_account(name, number, ou, decided=decided)
        for name, number, ou in (
            ("management", 1, ""),
            ("security", 2, "Security"),
            ("log-archive", 3, "Security"),
        )
    )

    made = policies_of(
        governed(an_organization(an_account(decided=decided), units=units, special=special))
    )

    assert len(made.policies) == 1
    assert comes_to(made, "r-ex01").parameters == {  # type: ignore[attr-defined]
        "IAM.7": {"MinimumPasswordLength": 16}
    }


def test_a_parameter_that_a_child_could_not_unset_is_refused_by_name() -> None:
    decided = {
        ControlId("IAM.7"): a_decision(DecisionKind.DETECT).model_copy(
            update={"parameters": {"MinimumPasswordLength": 16}}
        )
    }
    units = (replace(UNITS[0], decisions=decided), *UNITS[1:])

    with pytest.raises(PolicyRefused, match=r"Security: .*MinimumPasswordLength of IAM\.7"):
        policies_of(governed(an_organization(units=units)))


def test_a_document_over_the_quota_is_refused_with_its_size() -> None:
    many = decisions(**{f"S3_{number}": DISABLE for number in range(1, 1500)})
    orders = an_account(decided=many)

    with pytest.raises(PolicyRefused, match=f"orders-prod: .* takes {MOST_CHARACTERS}"):
        policies_of(governed(an_organization(orders)))


def test_five_hundred_accounts_need_as_many_policies_as_there_are_differences() -> None:
    made = policies_of(governed(hundreds(500), unified=True))

    assert len([p for p in made.policies if p.type is PolicyType.CSPM]) == 12
    assert all(len(policy.content) <= MOST_CHARACTERS for policy in made.policies)
    assert not [said for policy in made.policies for said in mistakes(policy.document)]


def test_another_document_has_another_name_and_the_same_one_the_same() -> None:
    one, same = (policies_of(governed(an_organization())) for _ in range(2))
    units = (a_unit("", settings(Standard.CIS_3_0)), *UNITS[1:])
    other = policies_of(governed(an_organization(units=units)))

    assert one == same
    assert labels(one)[0] == labels(other)[0]
    assert one.policies[0].name != other.policies[0].name


def test_what_is_rendered_is_read_back() -> None:
    made = policies_of(governed(hundreds(50), unified=True))

    assert from_json(to_json(made)) == replace(
        made,
        policies=tuple(sorted(made.policies, key=lambda p: p.name)),
        attachments=made.attachments,
    )
    assert json.loads(to_json(made))["version"] == 1
    assert Attachment("r-ex01", made.policies[0].name) in made.attachments
