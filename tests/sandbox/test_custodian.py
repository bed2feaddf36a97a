"""A fourth judge: Cloud Custodian, by its own filters and what it reads of AWS.

As with Prowler, what the controls forbid is made, repaired by the product, and taken back.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.sandbox import custodian
from tests.sandbox.custodian_policies import POLICIES
from tests.sandbox.outside_rounds import Trial, tried
from tests.sandbox.remediations.workshop import a_sandbox

pytestmark = pytest.mark.apart

ROUNDS = 12


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    home = tmp_path_factory.mktemp("custodian")
    checks = {control: (control,) for control in POLICIES}
    with a_sandbox(home / "sandbox") as sandbox:
        yield tried(sandbox, custodian.judge, Trial(checks, "PASS"), ROUNDS, home)


def test_custodian_finds_what_the_controls_forbid_and_nothing_that_is_repaired(
    trial: Trial,
) -> None:
    for number, phase in enumerate(("violated", "repaired", "taken back")):
        counted = Counter(trial.of(control)[number] for control in trial.expected)
        sys.stdout.write(f"\n{phase}: {dict(counted)}")
    differing = {control: said for (control, _), said in trial.differing.items()}
    sys.stdout.write(f"\n{len(trial.expected)} tried, {len(differing)} differ\n")

    assert differing == {}


def test_every_control_that_custodian_has_a_policy_for_is_tried(trial: Trial) -> None:
    assert {each: trial.left.get(each, "") for each in trial.hidden} == {}
