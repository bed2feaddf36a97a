"""What Terraform itself makes of the values we write: hundreds of them in one process."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from orchestrator.render.hcl import hcl
from tests.unit.render.terraform import terraform

pytestmark = pytest.mark.terraform

HOSTILE = [
    '${file("/etc/passwd")}',
    '"}\nresource "x"',
    "$${",
    "$${$${",
    "%%{ if true }",
    "$%{$${~}",
    "\\${a}",
    '\\"',
    "${",
    "$",
    "#{a} // /* <<EOT\nEOT\n",
]

# Signs with a meaning in HCL come up far more often than among all characters.
TEXTS = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.sampled_from('$%{}"\\\n\r\t~=#é日\u0301\u200d\U0001f469한\u2028ab'), max_size=8),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12),
)
NUMBERS = st.one_of(
    st.integers(-(2**53), 2**53), st.floats(allow_nan=False, allow_infinity=False, width=32)
)
KEYS = st.one_of(TEXTS, st.sampled_from(["for", "null", "if", "a", "long_name", "with-dash"]))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXTS),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)


def samples(count: int) -> list[object]:
    """The same `count` values every time."""
    found: list[object] = list(HOSTILE)

    @settings(
        max_examples=count,
        phases=[Phase.generate],
        database=None,
        derandomize=True,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(VALUES)
    def collect(value: object) -> None:
        found.append(value)

    collect()
    return found


def normal(value: object) -> object:
    """As Terraform sees it: composed Unicode, numbers without a type."""
    match value:
        case str():
            return unicodedata.normalize("NFC", value)
        case bool() | None:
            return value
        case int() | float():
            return float(value)
        case list():
            return [normal(item) for item in value]
        case dict():
            return {normal(key): normal(item) for key, item in value.items()}
    raise AssertionError(value)


def root_of(values: list[object], folder: Path) -> Path:
    items = "".join(f"\n    {hcl(value, 4)}," for value in values)
    (folder / "main.tf").write_text(f'output "all" {{\n  value = [{items}\n  ]\n}}\n', "utf-8")
    return folder


def test_terraform_reads_every_value_as_it_was(tmp_path: Path) -> None:
    values = samples(500)
    root = root_of(values, tmp_path)

    terraform(root, "apply", "-auto-approve", "-input=false")
    read = json.loads(terraform(root, "output", "-json", "all"))

    assert len(read) == len(values)
    for value, back in zip(values, read, strict=True):
        assert normal(back) == normal(value)


def test_terraform_fmt_has_nothing_to_change(tmp_path: Path) -> None:
    root = root_of(samples(500), tmp_path)

    assert terraform(root, "fmt", "-check", "-diff") == ""
