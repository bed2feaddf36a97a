from __future__ import annotations

from dataclasses import replace

import pytest

from orchestrator.model.exit_code import ExitCode
from orchestrator.model.names import OuPath
from orchestrator.model.settings import DecisionKind, Standard
from orchestrator.render.security_hub import (
    MOST,
    Policy,
    TooManyPolicies,
    central_configuration,
    of_organization,
)
from tests.unit.render.builders import (
    UNITS,
    a_unit,
    an_account,
    an_organization,
    decisions,
    settings,
)

DISABLE = DecisionKind.DISABLE
NO_MFA_DELETE = decisions(S3_20=DISABLE)
EVERYWHERE = Policy(True, (Standard.AWS_FOUNDATIONAL,))


def test_an_organization_run_alike_has_one_policy_at_its_root() -> None:
    made = central_configuration(an_organization())

    assert made.policies == {"organization": EVERYWHERE}
    assert made.associations == {"r-ex01": "organization"}


def test_an_ou_that_deviates_names_its_policy_and_its_accounts_inherit() -> None:
    prod = a_unit("Workloads/Prod", decided=NO_MFA_DELETE)
    orders = an_account(decided=NO_MFA_DELETE)

    made = central_configuration(an_organization(orders, units=(*UNITS[:3], prod)))

    assert made.policies["workloads-prod"].disabled_controls == ("S3.20",)
    assert made.associations == {"r-ex01": "organization", prod.id: "workloads-prod"}


def test_an_account_that_deviates_has_an_association_of_its_own() -> None:
    orders = an_account(decided=NO_MFA_DELETE)

    made = central_configuration(an_organization(orders))

    assert made.associations == {"r-ex01": "organization", orders.id: "orders-prod"}


def test_whoever_is_run_alike_shares_a_policy() -> None:
    orders = an_account(decided=NO_MFA_DELETE)
    payments = an_account("payments-prod", 6, decided=NO_MFA_DELETE)

    made = central_configuration(an_organization(payments, orders))

    assert list(made.policies) == ["organization", "payments-prod"]
    assert made.associations[orders.id] == made.associations[payments.id] == "payments-prod"


def test_an_account_run_as_the_root_below_an_ou_that_is_not_gets_the_roots_policy() -> None:
    prod = a_unit("Workloads/Prod", decided=NO_MFA_DELETE)
    orders = an_account()

    made = central_configuration(an_organization(orders, units=(*UNITS[:3], prod)))

    assert made.associations[orders.id] == "organization"


def test_detected_and_remediated_controls_stay_on() -> None:
    decided = decisions(S3_1=DecisionKind.DETECT, S3_2=DecisionKind.REMEDIATE)

    made = central_configuration(an_organization(an_account(decided=decided)))

    assert made.policies == {"organization": EVERYWHERE}


def test_disabled_controls_are_in_the_order_of_their_numbers() -> None:
    decided = decisions(S3_10=DISABLE, EC2_2=DISABLE, S3_2=DISABLE)

    made = central_configuration(an_organization(an_account(decided=decided)))

    assert made.policies["orders-prod"].disabled_controls == ("EC2.2", "S3.2", "S3.10")


def test_where_security_hub_is_off_nothing_else_counts() -> None:
    off = an_account(has=settings(Standard.CIS_3_0, enabled=False), decided=NO_MFA_DELETE)

    policies = central_configuration(an_organization(off)).policies
    assert policies["orders-prod"] == Policy(enabled=False)


def test_an_account_called_like_an_ou_keeps_a_name_of_its_own() -> None:
    ou = a_unit("Security", decided=decisions(S3_1=DISABLE))
    organization = an_organization(
        an_account("security", 9, "Security", decided=decisions(S3_2=DISABLE)),
        units=(UNITS[0], ou, *UNITS[2:]),
    )

    made = central_configuration(organization)

    assert made.associations["200000000009"] == "security-200000000009"
    assert made.associations[ou.id] == "security"


def test_names_hold_only_what_security_hub_allows() -> None:
    odd = replace(a_unit("Workloads", decided=NO_MFA_DELETE), path=OuPath("R & D (Tōkyō)"))
    organization = an_organization(an_account(ou=odd.path), units=(*UNITS, odd))

    assert "r-d-t-ky" in central_configuration(organization).policies


def test_too_many_policies_name_those_who_deviate() -> None:
    accounts = tuple(
        an_account(f"team-{n}", n, decided=decisions(**{f"S3_{n}": DISABLE}))
        for n in range(10, 10 + MOST)
    )

    with pytest.raises(
        TooManyPolicies, match=r"21 different policies.*: the root, team-10, team-11"
    ) as at:
        central_configuration(an_organization(*accounts))

    assert at.value.exit_code == ExitCode.CONFIGURATION


def test_as_many_policies_as_security_hub_holds_are_fine() -> None:
    accounts = tuple(
        an_account(f"team-{n}", n, decided=decisions(**{f"S3_{n}": DISABLE}))
        for n in range(11, 10 + MOST)
    )

    assert len(central_configuration(an_organization(*accounts)).policies) == MOST


def test_parameters_reach_the_policy_under_the_key_of_their_type() -> None:
    decided = decisions(IAM_7=DecisionKind.DETECT, S3_13=DISABLE)
    asked = {"MinimumPasswordLength": 16, "note": "only ours"}
    decided = {
        control: each.model_copy(update={"parameters": asked if control == "IAM.7" else {}})
        for control, each in decided.items()
    }

    made = of_organization(an_organization(an_account(decided=decided)))

    policies = made["policies"]
    assert isinstance(policies, dict)
    assert policies["orders-prod"]["parameters"] == {
        "IAM.7": {"MinimumPasswordLength": {"int": 16}}
    }
    assert "parameters" not in policies["organization"]
