from __future__ import annotations

from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.config.build import resolved
from orchestrator.config.documents import Json
from orchestrator.config.layers import DEPTH, built_in, merged, split
from orchestrator.config.layers import Layer as Stack
from orchestrator.model.settings import Settings
from tests.unit.config.layers import Layer, as_document, flat, laid_over, layers

STACKS = st.lists(layers(), max_size=4)
WITHOUT_NULLS = layers(nulls=False)
EMPTY: dict[str, Json] = {}


def over(outer: Layer, inner: Layer) -> Layer:
    return merged(outer, inner, DEPTH)


@given(STACKS)
def test_layers_make_what_the_plain_model_makes(stack: list[Layer]) -> None:
    assert flat(reduce(over, stack, EMPTY)) == laid_over(*stack)


@given(STACKS)
def test_built_in_defaults_lie_below_the_outermost_layer(stack: list[Layer]) -> None:
    layer = Stack((), reduce(over, stack, EMPTY), complete=True)

    assert flat(resolved(layer)) == flat(built_in()) | laid_over(*stack)


@given(STACKS)
def test_what_layers_make_together_is_complete_once_a_team_and_regions_are_set(
    stack: list[Layer],
) -> None:
    required: Layer = {"team": "shop", "regions": {"us-east-1": True}}
    layer = Stack((), reduce(over, [*stack, required], EMPTY), complete=True)

    assert Settings.model_validate(resolved(layer)).team == "shop"


@given(WITHOUT_NULLS, WITHOUT_NULLS, WITHOUT_NULLS)
def test_without_null_it_makes_no_difference_which_two_layers_merge_first(
    a: Layer, b: Layer, c: Layer
) -> None:
    assert over(over(a, b), c) == over(a, over(b, c))


@given(layers())
def test_an_empty_layer_changes_nothing(layer: Layer) -> None:
    once = over(EMPTY, layer)

    assert over(once, EMPTY) == once


@given(layers(), layers())
def test_a_layer_said_twice_is_a_layer_said_once(outer: Layer, inner: Layer) -> None:
    once = over(outer, inner)

    assert flat(over(once, inner)) == flat(once)


@given(layers(), layers())
def test_merging_changes_neither_layer(outer: Layer, inner: Layer) -> None:
    before = repr((outer, inner))

    over(outer, inner)

    assert repr((outer, inner)) == before


@given(layers(), layers())
def test_nothing_that_was_taken_back_is_left_as_null(outer: Layer, inner: Layer) -> None:
    assert None not in flat(over(over(EMPTY, outer), inner)).values()


@given(layers())
def test_every_key_of_a_layer_is_one_that_can_be_locked(layer: Layer) -> None:
    for path in flat(as_document(layer).value):
        if path:
            assert split(".".join(path)) == path


def test_a_key_with_dots_in_it_is_found_whole() -> None:
    assert split("security_hub.controls.S3.8") == ("security_hub", "controls", "S3.8")
    assert split("security_hub.controls.S3.8.parameters.a.b") == (
        *("security_hub", "controls", "S3.8", "parameters", "a.b"),
    )
    assert split("tags.example.com/owner") == ("tags", "example.com/owner")
    assert split("regions.nowhere") is None
    assert split("gate.limit") is None
    assert split("team.name") is None
