from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.config.checks.layers import check_locks
from orchestrator.config.documents import Json
from orchestrator.config.layers import DEPTH, AccountSource, Sources, UnitSource, merged
from orchestrator.config.layers import Layer as Stack
from orchestrator.model.names import OuPath
from tests.unit.config.layers import Layer, as_document, flat, layers

LOCKABLE = (
    *("team", "tags", "tags.a.b", "regions.us-east-1", "gate", "gate.limits"),
    *("gate.limits.destroys", "gate.protected", "security_hub.enabled"),
    *("security_hub.controls", "security_hub.controls.S3.8", "security_hub.standards.cis_3_0"),
)


def problems(outer: Layer, inner: Layer, *locks: str) -> list[str]:
    """What is said of an account's layer below an organization's that locks some keys."""
    locked: dict[str, Json] = dict.fromkeys(locks, "It is best left alone.")
    bottom = Stack((), {}, complete=True)
    top = bottom.under(as_document(outer | {"locked": locked}), sound=True)
    root = UnitSource(OuPath(""), top, top.documents[0])
    document = as_document(inner)
    account = AccountSource("shop", root, top.under(document, sound=True), document)
    return [problem.key for problem in check_locks(sources(root, account))]


def sources(root: UnitSource, account: AccountSource) -> Sources:
    return Sources(
        folder=root.layer.documents[0].file.parent,
        organization=root.document,
        teams=None,
        waves=None,
        exceptions=None,
        controls=(),
        units=(root,),
        accounts=(account,),
        unsound=frozenset(),
    )


@given(layers(), layers(), st.sampled_from(LOCKABLE))
def test_a_layer_that_passes_cannot_have_changed_what_is_locked(
    outer: Layer, inner: Layer, lock: str
) -> None:
    if problems(outer, inner, lock):
        return

    before = merged({}, outer, DEPTH)

    assert below(lock, merged(before, inner, DEPTH)) == below(lock, before)


@given(layers(), layers(), st.sampled_from(LOCKABLE))
def test_a_layer_that_is_refused_set_what_is_locked_or_took_it_back(
    outer: Layer, inner: Layer, lock: str
) -> None:
    if problems(outer, inner, lock):
        assert any(related(lock, ".".join(path)) for path in flat(inner))


def below(lock: str, layer: Layer) -> dict[str, Json]:
    """What `layer` sets at `lock` and below, by dotted key."""
    values = {".".join(path): value for path, value in flat(layer).items()}
    return {key: value for key, value in values.items() if f"{key}.".startswith(f"{lock}.")}


def related(one: str, other: str) -> bool:
    return f"{one}.".startswith(f"{other}.") or f"{other}.".startswith(f"{one}.")


def test_a_lock_holds_the_key_and_all_below_it_and_nothing_beside_it() -> None:
    inner: Layer = {"gate": {"limits": {"changes": 1}, "protected": {"aws_kms_key": True}}}

    assert problems({}, inner, "gate.limits.changes") == ["gate.limits.changes"]
    assert problems({}, inner, "gate.limits") == ["gate.limits"]
    assert problems({}, inner, "gate.limits.destroys") == []
    assert problems({}, inner, "tags") == []


def test_a_locked_key_may_not_be_repeated_even_with_the_same_value() -> None:
    assert problems({"team": "shop"}, {"team": "shop"}, "team") == ["team"]


def test_null_around_a_locked_key_would_take_it_back() -> None:
    assert problems({}, {"gate": None}, "gate.limits.changes") == ["gate.limits.changes"]


def test_an_empty_mapping_sets_nothing_and_breaks_no_lock() -> None:
    assert problems({}, {"gate": {"limits": {}}}, "gate.limits.changes") == []


def test_several_keys_below_one_lock_are_one_problem_and_two_locks_are_two() -> None:
    inner: Layer = {"gate": {"limits": {"changes": 1, "destroys": 1}}, "team": "shop"}

    assert problems({}, inner, "gate.limits") == ["gate.limits"]
    assert problems({}, inner, "gate.limits", "team") == ["gate.limits", "team"]
