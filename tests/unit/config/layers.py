"""Layers for property tests, and a plain model of how they are put together."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeAlias

from hypothesis import strategies as st

from orchestrator.config.documents import Document, Json

Flat: TypeAlias = "dict[tuple[str, ...], Json]"
Layer: TypeAlias = "dict[str, Json]"

CONTROLS = ("S3.1", "S3.8", "RDS.8")


def decisions() -> st.SearchStrategy[Layer]:
    """Whole decisions, with parameters or without."""
    parameters = st.dictionaries(st.sampled_from(["days", "least"]), st.integers(0, 3), min_size=1)
    required: dict[str, st.SearchStrategy[Any]] = {
        "decision": st.sampled_from(["disable", "detect", "remediate"]),
        "reason": st.sampled_from(["It was decided so.", "Somebody asked for it."]),
        "decided_by": st.just("shop"),
        "decided_on": st.just("2026-06-01"),
        "review_by": st.just("2027-06-01"),
    }
    optional: dict[str, st.SearchStrategy[Any]] = {"parameters": parameters}
    return st.fixed_dictionaries(required, optional=optional)


def some_of(keys: dict[str, st.SearchStrategy[Any]], nulls: bool) -> st.SearchStrategy[Layer]:
    """Any part of a mapping; a value may be null."""
    values = {key: st.none() | value if nulls else value for key, value in keys.items()}
    return st.fixed_dictionaries({}, optional=values)


def layers(*, nulls: bool = True) -> st.SearchStrategy[Layer]:
    """What one file may set, out of a few keys of every kind."""
    number, truth = st.integers(0, 9), st.booleans()
    limits = some_of({"destroys": number, "changes": number}, nulls)
    protected = some_of({"aws_s3_bucket": truth, "aws_kms_key": truth}, nulls)
    standards = some_of({"cis_3_0": truth, "aws_foundational": truth}, nulls)
    controls = some_of(dict.fromkeys(CONTROLS, decisions()), nulls)
    return some_of(
        {
            "team": st.sampled_from(["platform", "shop"]),
            "tags": some_of({"stage": st.text("ab"), "a.b": st.text("ab")}, nulls),
            "regions": some_of({"ap-northeast-1": truth, "us-east-1": truth}, nulls),
            "gate": some_of({"limits": limits, "protected": protected}, nulls),
            "security_hub": some_of(
                {"enabled": truth, "standards": standards, "controls": controls}, nulls
            ),
        },
        nulls,
    )


def flat(value: Json, path: tuple[str, ...] = ()) -> Flat:
    """Every value by its whole path; a decision is one value, an empty mapping is none."""
    if not isinstance(value, dict) or "decision" in value:
        return {path: value}
    found: Flat = {}
    for key, inner in value.items():
        found |= flat(inner, (*path, key))
    return found


def laid_over(*stack: Layer) -> Flat:
    """The plain model: one after the other, each value is set, each null clears what is below."""
    state: Flat = {}
    for layer in stack:
        for path, value in flat(layer).items():
            if value is None:
                state = {key: old for key, old in state.items() if key[: len(path)] != path}
            else:
                state[path] = value
    return state


def as_document(layer: Layer) -> Document:
    return Document(Path("layer.yaml"), layer, {})
