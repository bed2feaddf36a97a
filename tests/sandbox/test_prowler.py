"""A third judge, who knows neither the remediations nor the sandbox's checks: Prowler.

Everything that it has a check for is violated and judged; then the product repairs it, and it is
judged again; then the product takes that back.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator, Mapping

import pytest

from tests.sandbox.prowler_rounds import Trial, tried
from tests.sandbox.remediations.workshop import a_sandbox

pytestmark = pytest.mark.apart

ROUNDS = 8
PHASES = ("violated", "repaired", "undone")

EXPLAINED: Mapping[str, str] = {}
"""Control → why Prowler says something else than the control's text asks."""

HIDDEN: Mapping[str, str] = {}
"""Controls that no round has violated, and why."""


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    home = tmp_path_factory.mktemp("prowler")
    with a_sandbox(home / "sandbox") as sandbox:
        yield tried(sandbox, ROUNDS, home)


def test_prowler_says_what_the_controls_say(trial: Trial) -> None:
    sys.stdout.write(f"\n{table(trial)}\n")

    assert trial.differing == set(EXPLAINED)


def table(trial: Trial) -> str:
    lines = [f"{len(trial.checks)} controls with a check of Prowler's, {len(trial.said)} tried"]
    for number, phase in enumerate(PHASES):
        counted = Counter(said[number] for said in trial.said.values())
        lines.append(f"  {phase:9} {', '.join(f'{n} {s}' for s, n in counted.most_common())}")
    agree = len(trial.said) - len(trial.differing)
    lines.append(f"  {agree} agree, {len(trial.differing)} differ")
    for control in sorted(trial.differing):
        lines += (
            f"{control} {', '.join(trial.checks[control])}: {'/'.join(trial.said[control])}",
            f"  {EXPLAINED.get(control, 'NOT EXPLAINED')}",
            *(f"    {words}" for words in trial.words[control]),
        )
    return "\n".join(lines)


def test_every_control_with_a_check_is_tried(trial: Trial) -> None:
    left = {control: trial.left.get(control, "") for control in trial.hidden - set(HIDDEN)}

    assert left == {}
    assert set(HIDDEN) <= trial.hidden
