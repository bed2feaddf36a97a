from __future__ import annotations

import math

import pytest

from orchestrator.config.yaml import Ambiguous, scalar

TEXTS = """
    yes no on off y N tRUE 2026-01-31 2026-01-31T10:00:00Z 1:30 1_000 1.2.3 + - . 0x 0o8 1e e3 nan
    arn:aws:s3:::bucket
"""


@pytest.mark.parametrize("text", TEXTS.split())
def test_what_the_core_schema_does_not_know_is_text(text: str) -> None:
    assert scalar(text) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("0", 0),
        ("-7", -7),
        ("+12", 12),
        ("200000000001", 200000000001),
        ("0x1F", 31),
        ("0o17", 15),
        ("1.5", 1.5),
        (".5", 0.5),
        ("-2.5e-1", -0.25),
    ],
)
def test_constants_and_numbers_are_what_they_look_like(text: str, value: object) -> None:
    read = scalar(text)

    assert (read, type(read)) == (value, type(value))


@pytest.mark.parametrize("text", ["1.0", "1e3", "10."])
def test_a_number_without_a_fraction_is_a_whole_number_as_in_json_schema(text: str) -> None:
    assert isinstance(scalar(text), int)


@pytest.mark.parametrize("text", ["00", "012", "-012", "000000000004", "0777"])
def test_a_number_with_leading_zeros_is_refused_because_readers_disagree(text: str) -> None:
    with pytest.raises(Ambiguous):
        scalar(text)


@pytest.mark.parametrize("text", [".inf", "-.Inf", "1e999"])
def test_infinity_is_a_number(text: str) -> None:
    value = scalar(text)

    assert isinstance(value, float)
    assert math.isinf(value)


def test_a_number_of_any_length_is_read_without_an_error() -> None:
    assert scalar("9" * 5000) == math.inf
