"""Every selection means what plain sets say it means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.errors import UsageError
from orchestrator.model.names import StackKey
from tests.unit.accounts.selection.worlds import GONE, STACKS, selected

ATOMS = (
    *("attic", "*-prod", "20000000000?", "ou:Core", "ou:Workloads/**", "team:orders"),
    *("tag:env=dev", 'tag:env="dev old"', "wave:canary", "stack:account", "stack:security"),
    *("failed:r-1", "failed:r-2", "drifted:last", "affected:main...HEAD"),
)


def alone(word: str) -> frozenset[StackKey]:
    """What the word means by itself; test_words.py holds that it is right."""
    try:
        return frozenset(selected(word).stacks)
    except UsageError:
        return frozenset()


MEANINGS = {"all": frozenset(STACKS)} | {word: alone(word) for word in ATOMS}

STRANGER = GONE
"""In no word's meaning, not even in that of 'all'."""
UNIVERSE = frozenset({*STACKS, STRANGER})


@dataclass(frozen=True)
class Said:
    """A text, and the set it means. `binds`: how closely, the word itself being 3."""

    text: str
    means: frozenset[StackKey]
    binds: int = 3

    def within(self, binding: int) -> str:
        return self.text if self.binds >= binding else f"({self.text})"


def negated(said: Said, sign: str) -> Said:
    return Said(f"{sign}{said.within(3)}", UNIVERSE - said.means)


def joined(parts: Iterable[Said], sign: str) -> Said:
    first, *others = parts
    text, means = first.within(2 if sign == "and" else 1), first.means
    for other in others:
        means = means & other.means if sign == "and" else means | other.means
        text = f"{text} {sign} {other.within(3 if sign == 'and' else 2)}"
    return Said(text, means, 2 if sign == "and" else 1)


def larger(parts: st.SearchStrategy[Said]) -> st.SearchStrategy[Said]:
    several = st.lists(parts, min_size=2, max_size=3)
    return st.one_of(
        st.builds(negated, parts, st.sampled_from(["!", "not ", "! "])),
        st.builds(joined, several, st.sampled_from(["and", "or", ""])),
        parts.map(lambda said: Said(f"( {said.text} )", said.means)),
    )


WORDS = st.sampled_from(sorted(MEANINGS)).map(lambda word: Said(word, MEANINGS[word]))


@settings(max_examples=400, deadline=None)
@given(st.recursive(WORDS, larger, max_leaves=12))
def test_a_selection_means_what_plain_sets_say(said: Said) -> None:
    try:
        found = frozenset(selected(said.text).stacks)
    except UsageError as error:
        if STRANGER in said.means:
            assert "everything else" in error.message
        else:
            assert (error.message, said.means) == ("the selection is empty", frozenset())
    else:
        assert found == said.means
