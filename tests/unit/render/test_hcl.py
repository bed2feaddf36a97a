from __future__ import annotations

from collections import deque
from datetime import date

import pytest

from orchestrator.model.settings import PasswordPolicy, Standard
from orchestrator.render.hcl import Hcl, Unwritable, comment, hcl, identifier, only_hcl


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, "null"),
        (True, "true"),
        (False, "false"),
        (-7, "-7"),
        (0.25, "0.25"),
        ("logs", '"logs"'),
        (date(2027, 3, 31), '"2027-03-31"'),
        (Standard.CIS_3_0, '"cis_3_0"'),
        ([], "[]"),
        ({}, "{}"),
        (("b", "a"), '["b", "a"]'),
        ({"b", "a"}, '["a", "b"]'),
    ],
)
def test_a_value_is_written_as_terraform_writes_it(value: object, expected: str) -> None:
    assert hcl(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('${file("/etc/passwd")}', r'"$${file(\"/etc/passwd\")}"'),
        ('"}\nresource "x"', r'"\"}\nresource \"x\""'),
        ("%{ for x in y }", '"%%{ for x in y }"'),
        ("$${", r'"\u0024\u0024{"'),
        ("$${$${", r'"\u0024\u0024{\u0024\u0024{"'),
        ("$%{", r'"\u0024\u0025{"'),
        ("costs $5, 100%", '"costs $5, 100%"'),
        ("C:\\temp\t\r", r'"C:\\temp\t\r"'),
        ("\x1b[31m", r'"\u001b[31m"'),
        ("日本語 é", '"日本語 é"'),
        ("\u202egnp.exe", r'"\u202egnp.exe"'),
    ],
)
def test_a_string_stays_a_string(value: str, expected: str) -> None:
    assert hcl(value) == expected


@pytest.mark.parametrize("value", ["a\x00b", "\ud800", "x\udfff"])
def test_what_terraform_cannot_carry_is_refused(value: str) -> None:
    with pytest.raises(Unwritable, match=r"U\+(0000|D800|DFFF), which Terraform cannot carry"):
        hcl(value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), b"bytes", object(), deque([1])])
def test_a_value_without_a_form_is_refused(value: object) -> None:
    with pytest.raises(Unwritable, match="has no form in HCL"):
        hcl(value)


def test_a_key_that_is_no_string_is_refused() -> None:
    with pytest.raises(Unwritable, match="map key 1 is not a string"):
        hcl({1: "one"})


def test_values_on_single_lines_are_aligned_and_those_on_more_stand_alone() -> None:
    value = {"a": 1, "long": 2, "nested": {"x": "y"}, "b": [], "very_long": None}

    assert hcl(value, 0).splitlines() == [
        "{",
        "  a    = 1",
        "  long = 2",
        "  nested = {",
        '    x = "y"',
        "  }",
        "  b         = []",
        "  very_long = null",
        "}",
    ]


def test_a_list_too_long_for_a_line_has_a_line_for_every_item() -> None:
    names = tuple(f"a-rather-long-name-{number}" for number in range(4))

    assert hcl(names).splitlines() == ["[", *(f'    "{name}",' for name in names), "  ]"]


def test_a_map_begins_at_the_indent_of_its_line() -> None:
    assert hcl({"a": 1}, 4) == "{\n      a = 1\n    }"


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("team", "team"),
        ("managed-by", '"managed-by"'),
        ("for", '"for"'),
        ("null", '"null"'),
        ("1st", '"1st"'),
        ("${x}", '"$${x}"'),
        ("所有者", '"所有者"'),
        ("e\u0301", r'"e\u0301"'),
        ("\U0001f469", r'"\U0001f469"'),
    ],
)
def test_a_key_is_bare_only_when_nothing_can_be_read_into_it(key: str, expected: str) -> None:
    assert hcl({key: 1}, 0) == f"{{\n  {expected} = 1\n}}"


def test_a_model_is_a_map_of_its_fields() -> None:
    assert hcl(PasswordPolicy(), 0).splitlines()[1:-1] == [
        "  minimum_length   = 14",
        "  maximum_age      = 90",
        "  reuse_prevention = 24",
    ]


def test_a_region_is_an_identifier() -> None:
    assert identifier("ap-northeast-1") == "ap_northeast_1"


@pytest.mark.parametrize("value", ["", "1a", 'x" {', "${a}", "a b"])
def test_what_is_no_name_does_not_become_an_identifier(value: str) -> None:
    with pytest.raises(Unwritable, match="cannot be made a Terraform name"):
        identifier(value)


def test_a_comment_stays_on_its_line() -> None:
    assert comment('x\nresource "y" {\r\u2028}') == 'x resource "y" {  }'


@pytest.mark.parametrize("value", ["plain", 1, None, Hcl("a") + "b", Hcl("a").upper()])
def test_only_what_a_filter_wrote_may_be_printed(value: object) -> None:
    with pytest.raises(TypeError, match="without a filter"):
        only_hcl(value)


def test_a_value_is_not_written_twice() -> None:
    with pytest.raises(TypeError, match="HCL already"):
        hcl({"a": hcl("b")})
