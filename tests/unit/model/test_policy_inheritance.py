"""AWS's own examples. Source: AWS Organizations User Guide, "Inheritance examples", and the
examples of "Security Hub policy syntax and examples".
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from orchestrator.model.policy_inheritance import effective, mistakes


def tags(key: str, **settings: Any) -> dict[str, Any]:
    return {"tags": {key: settings}}


COST = {"tag_key": {"@@assign": "CostCenter"}}
ENFORCED = ["redshift:*", "dynamodb:table"]

POLICY_A = tags("costcenter", **COST, tag_value={"@@assign": ["Development", "Support"]})
POLICY_B = tags(
    "costcenter",
    **COST,
    tag_value={"@@assign": ["Sandbox"]},
    enforced_for={"@@assign": ENFORCED},
)
POLICY_C = tags(
    "costcenter",
    **COST,
    tag_value={"@@append": ["Marketing"]},
    enforced_for={"@@append": ENFORCED},
)
# In the guide, `enforced_for` stands one brace too deep; what it says of the result is meant so.
POLICY_D = tags(
    "costcenter",
    **COST,
    tag_value={"@@remove": ["Development", "Marketing"]},
    enforced_for={"@@remove": ENFORCED},
)
POLICY_E = tags(
    "project",
    tag_key={"@@operators_allowed_for_child_policies": ["@@none"], "@@assign": "Project"},
    tag_value={
        "@@operators_allowed_for_child_policies": ["@@append"],
        "@@assign": ["Maintenance", "Escalations"],
    },
)
POLICY_F = tags(
    "project",
    tag_key={"@@assign": "PROJECT"},
    tag_value={"@@append": ["Escalations - research"]},
)
POLICY_G = tags(
    "project",
    tag_value={
        "@@operators_allowed_for_child_policies": ["@@append"],
        "@@assign": ["Maintenance"],
    },
)
POLICY_H = tags(
    "project", tag_value={"@@operators_allowed_for_child_policies": ["@@append", "@@remove"]}
)
POLICY_J = tags("project", tag_key={"@@assign": "PROJECT"}, tag_value={"@@append": ["Maintenance"]})
POLICY_K = tags("project", tag_key={"@@assign": "project"})


@pytest.mark.parametrize(
    ("levels", "comes_to"),
    [
        pytest.param(
            [[POLICY_A], [POLICY_B]],
            tags("costcenter", tag_key="CostCenter", tag_value=["Sandbox"], enforced_for=ENFORCED),
            id="1: a child overwrites values",
        ),
        pytest.param(
            [[POLICY_A], [POLICY_C]],
            tags(
                "costcenter",
                tag_key="CostCenter",
                tag_value=["Development", "Support", "Marketing"],
                enforced_for=ENFORCED,
            ),
            id="2: a child appends values",
        ),
        pytest.param(
            [[POLICY_A], [POLICY_C], [POLICY_D]],
            tags("costcenter", tag_key="CostCenter", tag_value=["Support"]),
            id="3: an account removes values",
        ),
        pytest.param(
            [[POLICY_E], [POLICY_F]],
            tags(
                "project",
                tag_key="Project",
                tag_value=["Maintenance", "Escalations", "Escalations - research"],
            ),
            id="4: a parent restricts its children",
        ),
        pytest.param(
            [[POLICY_G, POLICY_H], [tags("project", tag_value={"@@remove": ["Maintenance"]})]],
            tags("project", tag_value=["Maintenance"]),
            id="5: two policies of one entity allow what both allow, so no removal",
        ),
        pytest.param(
            [[POLICY_G, POLICY_H], [tags("project", tag_value={"@@append": ["Research"]})]],
            tags("project", tag_value=["Maintenance", "Research"]),
            id="5: two policies of one entity allow what both allow, so an addition",
        ),
        pytest.param(
            [[POLICY_J, POLICY_K]],
            tags("project", tag_key="PROJECT", tag_value=["Maintenance"]),
            id="6: of one entity's policies the first attached assigns",
        ),
    ],
)
def test_policies_come_to_what_aws_publishes(levels: Any, comes_to: Any) -> None:
    assert effective(levels) == comes_to


def test_a_security_hub_policy_of_a_child_adds_one_region_and_takes_one_away() -> None:
    parent = {
        "securityhub": {
            "enable_in_regions": {"@@assign": ["us-east-1", "us-west-2"]},
            "disable_in_regions": {"@@assign": ["us-west-2", "ap-east-1"]},
        }
    }
    child = {
        "securityhub": {
            "enable_in_regions": {"@@append": ["eu-central-1"]},
            "disable_in_regions": {"@@remove": ["us-west-2"]},
        }
    }

    assert effective([[parent], [child]]) == {
        "securityhub": {
            "enable_in_regions": ["us-east-1", "us-west-2", "eu-central-1"],
            "disable_in_regions": ["ap-east-1"],
        }
    }


def test_an_empty_list_that_is_assigned_stays() -> None:
    document = json.loads('{"securityhub": {"disable_in_regions": {"@@assign": []}}}')

    assert effective([[document]]) == {"securityhub": {"disable_in_regions": []}}


def test_what_a_parent_has_limited_no_child_can_allow_again() -> None:
    lock = {"a": {"@@operators_allowed_for_child_policies": ["@@none"], "@@assign": ["x"]}}
    unlock = {"a": {"@@operators_allowed_for_child_policies": ["@@all"]}}
    change = {"a": {"@@assign": ["y"]}}

    assert effective([[lock], [unlock], [change]]) == {"a": ["x"]}


def test_a_limit_holds_for_everything_below_it() -> None:
    lock = {"a": {"@@operators_allowed_for_child_policies": ["@@none"], "b": {"@@assign": 1}}}

    assert effective([[lock], [{"a": {"b": {"@@assign": 2}, "c": {"@@assign": 3}}}]]) == {
        "a": {"b": 1}
    }


def test_no_policies_come_to_nothing() -> None:
    assert effective([[], []]) == {}


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ({"a": 1}, "a: a value stands under an operator, such as @@assign"),
        ({"a": {"@@append": "x"}}, "a: @@append takes a list"),
        ({"a": {"b": {"@@set": 1}}}, "a/b: there is no operator @@set"),
        (
            {"a": {"@@operators_allowed_for_child_policies": ["@@all", "@@assign"]}},
            "a: @@all and @@none stand alone",
        ),
    ],
)
def test_what_organizations_would_not_understand_is_named(document: Any, said: str) -> None:
    assert list(mistakes(document)) == [said]


@pytest.mark.parametrize("policy", [POLICY_A, POLICY_D, POLICY_E, POLICY_H])
def test_aws_own_examples_have_no_mistakes(policy: Any) -> None:
    assert not list(mistakes(policy))
