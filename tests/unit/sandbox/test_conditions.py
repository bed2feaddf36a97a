from __future__ import annotations

import pytest

from orchestrator.sandbox.conditions import UnknownOperator, arn_matches, holds

ROLE = "arn:aws:iam::111122223333:role/team/deploy"


@pytest.mark.parametrize(
    ("operator", "wanted", "found", "expected"),
    [
        ("StringEquals", ["a", "b"], ["b"], True),
        ("StringEquals", ["a"], ["A"], False),
        ("StringEqualsIgnoreCase", ["a"], ["A"], True),
        ("StringNotEquals", ["a", "b"], ["c"], True),
        ("StringNotEquals", ["a", "b"], ["b"], False),
        ("StringLike", ["o-*"], ["o-abc"], True),
        ("StringLike", ["o-?"], ["o-abc"], False),
        ("StringNotLike", ["o-*"], ["x"], True),
        ("ArnLike", ["arn:aws:iam::*:role/team/*"], [ROLE], True),
        ("ArnEquals", [ROLE], [ROLE], True),
        ("ArnNotLike", ["arn:aws:iam::*:role/x"], [ROLE], True),
        ("Bool", ["true"], ["True"], True),
        ("Bool", ["true"], ["false"], False),
        ("NumericLessThanEquals", ["10"], ["10"], True),
        ("NumericLessThan", ["10"], ["10"], False),
        ("NumericGreaterThan", ["10"], ["eleven"], False),
        ("NumericNotEquals", ["10"], ["9.5"], True),
        ("DateGreaterThan", ["2026-01-01T00:00:00Z"], ["2026-06-01T00:00:00Z"], True),
        ("DateLessThan", ["2026-01-01T00:00:00Z"], ["1767225601"], False),
        ("IpAddress", ["10.0.0.0/8"], ["10.1.2.3"], True),
        ("NotIpAddress", ["10.0.0.0/8"], ["10.1.2.3"], False),
        ("Null", ["true"], None, True),
        ("Null", ["true"], ["x"], False),
        ("Null", ["false"], ["x"], True),
        ("ForAllValues:StringEquals", ["a", "b"], ["a", "b"], True),
        ("ForAllValues:StringEquals", ["a"], ["a", "b"], False),
        ("ForAnyValue:StringEquals", ["a"], ["a", "b"], True),
        ("ForAnyValue:StringLike", ["x*"], ["a", "b"], False),
    ],
)
def test_operators_compare_as_iam_does(
    operator: str, wanted: list[str], found: list[str] | None, expected: bool
) -> None:
    assert holds(operator, wanted, found) is expected


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("StringEquals", False),
        ("StringNotEquals", True),
        ("StringEqualsIfExists", True),
        ("Bool", False),
        ("BoolIfExists", True),
        ("ForAllValues:StringEquals", True),
        ("ForAnyValue:StringEquals", False),
        ("ForAnyValue:StringNotEquals", False),
    ],
)
def test_a_key_that_is_not_in_the_request(operator: str, expected: bool) -> None:
    assert holds(operator, ["a"], None) is expected


@pytest.mark.parametrize("operator", ["StringSimilar", "ForSome:StringEquals", ""])
def test_an_unknown_operator_is_named(operator: str) -> None:
    with pytest.raises(UnknownOperator):
        holds(operator, ["a"], ["a"])


def test_a_wildcard_in_an_arn_stays_within_its_part() -> None:
    assert arn_matches("arn:aws:iam::*:role/*", ROLE)
    assert not arn_matches("arn:aws:*:role/*", ROLE)
    assert not arn_matches("*", ROLE)
