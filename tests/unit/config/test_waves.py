from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.config import check, load
from orchestrator.config.waves import Member, assigned
from orchestrator.model.waves import Failures, Wave
from tests.unit.config.trees import DEV, PROD, TODAY, a_tree

MEMBERS = tuple(
    Member(f"{env}-{n}", f"2{n:011}", f"Workloads/{env.title()}", {"env": env})
    for n, env in enumerate(["prod"] * 20 + ["dev"] * 5)
)


def wave(**keys: object) -> Wave:
    return Wave.model_validate(keys)


def test_tags_narrow_what_ous_cover_and_alone_they_cover_every_account_that_has_them() -> None:
    waves = {
        "both": wave(ous=["Workloads"], tags={"env": "d*"}),
        "alone": wave(tags={"env": "prod"}),
        "elsewhere": wave(ous=["Workloads/Prod"], tags={"env": "dev"}),
    }

    covered = assigned(waves, MEMBERS)

    assert covered["both"] == [f"dev-{n}" for n in range(20, 25)]
    assert covered["alone"] == [f"prod-{n}" for n in range(20)]
    assert covered["elsewhere"] == []


def test_a_share_is_drawn_from_what_is_left_and_later_waves_take_the_rest() -> None:
    waves = {
        "canary": wave(accounts=["prod-3"]),
        "some": wave(ous=["Workloads/Prod"], share="10%"),
        "more": wave(ous=["Workloads/Prod"], share="50%"),
        "rest": wave(ous=["Workloads"], **{"except": ["prod-3"]}),
    }

    covered = assigned(waves, MEMBERS)

    assert [len(accounts) for accounts in covered.values()] == [1, 1, 9, 14]
    everywhere = [name for accounts in covered.values() for name in accounts]
    assert sorted(everywhere) == sorted(member.name for member in MEMBERS)


def test_a_share_is_at_least_one_account_and_never_one_that_another_wave_names() -> None:
    few = MEMBERS[:2]
    waves = {"some": wave(share="1%"), "named": wave(accounts=["prod-0"])}

    assert assigned(waves, few) == {"some": ["prod-1"], "named": ["prod-0"]}


@given(st.permutations(MEMBERS), st.integers(1, 100))
def test_a_share_is_the_same_accounts_in_whatever_order_they_come(
    members: list[Member], share: int
) -> None:
    waves = {"some": wave(share=f"{share}%")}

    found = assigned(waves, members)["some"]

    assert sorted(found) == sorted(assigned(waves, MEMBERS)["some"])
    assert len(found) == max(1, len(MEMBERS) * share // 100)


@pytest.mark.parametrize(
    ("tolerance", "stacks", "tolerated"),
    [(3, 100, 3), (0, 100, 0), ("10%", 25, 2), ("10%", 9, 0), ("100%", 7, 7), ("0%", 7, 0)],
)
def test_a_tolerance_in_percent_is_rounded_down(
    tolerance: int | str, stacks: int, tolerated: int
) -> None:
    assert Failures(tolerance=tolerance).tolerated(stacks) == tolerated


def test_a_wave_may_pick_accounts_by_the_tags_their_layers_give_them(tmp_path: Path) -> None:
    root = a_tree(tmp_path, {DEV: "tags: {env: dev}\n", PROD: "tags: {env: prod}\n"})
    (root / "waves.yaml").write_text(
        "waves:\n"
        "  first: {tags: {env: dev}, bake_minutes: 30, health: {error_rate: 10%}}\n"
        "  second: {tags: {env: pro?}, failures: {tolerance: 10%, mode: soft}}\n"
        "  rest: {accounts: [management], ous: [Security]}\n"
    )

    organization = load(root, TODAY)

    assert organization.wave_of[organization.named("shop-dev").id] == "first"
    assert organization.wave_of[organization.named("shop-prod").id] == "second"


def test_a_tag_value_that_no_account_has_is_a_mistake_with_a_remedy(tmp_path: Path) -> None:
    root = a_tree(tmp_path, {DEV: "tags: {env: dev}\n", PROD: "tags: {env: prod}\n"})
    (root / "waves.yaml").write_text(
        "waves:\n  first: {tags: {env: prd}}\n"
        "  rest: {accounts: [management, shop-dev, shop-prod], ous: [Security]}\n"
    )

    (problem,) = check(root, TODAY).problems

    assert problem.what == "no account has the tag 'env' with 'prd'"
    assert problem.fix == "did you mean 'prod'?"
