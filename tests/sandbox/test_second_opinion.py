"""Our evaluator of policies against one that others have written, over requests drawn by lot."""

from __future__ import annotations

import shutil
from collections import Counter
from pathlib import Path

import pytest

from tests.sandbox.second_opinion.asking import installed, ours, theirs
from tests.sandbox.second_opinion.cases import cases
from tests.sandbox.second_opinion.disagreements import kind_of

COUNT, SEED, AGREEMENT = 5000, 20261130, 0.995
CACHE = Path.home() / ".cache/orchestrator-tests/iam-simulate"

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        not (shutil.which("node") and shutil.which("npm")), reason="needs node, npm"
    ),
]


def test_another_evaluator_of_iam_comes_to_the_same_answers(
    capsys: pytest.CaptureFixture[str],
) -> None:
    drawn = cases(COUNT, SEED)
    answers = [ours(case) for case in drawn]
    others = theirs(drawn, installed(CACHE))
    differing = [c for c, a, b in zip(drawn, answers, others, strict=True) if a != b]
    kinds = Counter(map(kind_of, differing))
    agreement = 1 - len(differing) / COUNT
    with capsys.disabled():
        print(f"\n{COUNT} requests, {dict(Counter(answers))}: {agreement:.2%} agreement")  # noqa: T201
        for kind, count in kinds.items():
            print(f"  {count} of: {kind}")  # noqa: T201

    assert agreement >= AGREEMENT
    assert not [kind for kind in kinds if kind.startswith("unexplained")]
    assert all(Counter(answers)[outcome] > COUNT / 10 for outcome in set(answers))
