from __future__ import annotations

import pytest

from orchestrator.app.kept_runs import named
from orchestrator.errors import UsageError

RUNS = ("20260601-120000-abcd", "20260601-130000-beef", "20260602-120000-cafe")


@pytest.mark.parametrize(
    ("word", "run"),
    [
        ("last", RUNS[2]),
        (RUNS[0], RUNS[0]),
        ("20260602", RUNS[2]),
        ("20260601-13", RUNS[1]),
    ],
)
def test_a_run_is_named_by_a_beginning_that_no_other_has(word: str, run: str) -> None:
    assert named(word, RUNS) == run


def test_an_id_is_itself_even_where_another_begins_with_it() -> None:
    assert named("r-1", ("r-1", "r-10")) == "r-1"


@pytest.mark.parametrize(
    ("word", "known", "what"),
    [
        ("20260601", RUNS, "2 runs begin with '20260601'"),
        ("2025", RUNS, "no run '2025' is kept"),
        ("", RUNS, "no run '' is kept"),
        ("last", (), "no run 'last' is kept"),
        ("../../etc", RUNS, "no run '../../etc' is kept"),
    ],
)
def test_whatever_names_no_single_run_is_a_mistake(
    word: str, known: tuple[str, ...], what: str
) -> None:
    with pytest.raises(UsageError, match=what):
        named(word, known)
