"""Every custom check over its own good and bad examples, in one scan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from orchestrator.adapters.checkov.scanner import severities
from orchestrator.model.names import AccountId, StackKey, StackName
from orchestrator.model.plan import Plan, Violation
from tests.checkov import POLICIES, scanner
from tests.unit.policies.plans import plan_json, write


@dataclass(frozen=True, slots=True)
class Example:
    check: str
    number: int
    good: bool
    name: str
    plan: str

    def __str__(self) -> str:
        return f"{self.check}: {'passes' if self.good else 'fails'}: {self.name}"

    @property
    def key(self) -> StackKey:
        name = f"{self.check.lower().replace('_', '-')}-{self.good}-{self.number}"
        return StackKey(AccountId("200000000006"), name, StackName.ACCOUNT)


def _examples() -> Iterator[Example]:
    for file in sorted((POLICIES / "examples").glob("*.yaml")):
        groups = yaml.safe_load(file.read_text("utf-8"))
        for kind in ("good", "bad"):
            for number, raw in enumerate(groups[kind]):
                plan = plan_json(raw["type"], raw.get("values"), raw.get("unknown", ()))
                yield Example(file.stem, number, kind == "good", raw["name"], plan)


EXAMPLES = tuple(_examples())
Violations = Mapping[StackKey, tuple[Violation, ...]]


@pytest.fixture(scope="module")
def violations(tmp_path_factory: pytest.TempPathFactory) -> Violations:
    folder = tmp_path_factory.mktemp("examples")
    found = scanner().scan([_plan(folder, example) for example in EXAMPLES])
    return {key: scan for key, scan in found.items() if isinstance(scan, tuple)}


def _plan(folder: Path, example: Example) -> Plan:
    file = write(folder, example.key.account_name, example.plan)
    return Plan(example.key, folder, folder / "plan.tfplan", file, "", ())


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_a_policy_fails_its_bad_examples_and_passes_its_good_ones(
    example: Example, violations: Violations
) -> None:
    failed = {violation.check for violation in violations[example.key]}

    assert (example.check in failed) is not example.good


def test_no_check_crashes_on_an_example(violations: Violations) -> None:
    crashed = {v for found in violations.values() for v in found if "itself failed" in v.summary}

    assert crashed == set()


def test_every_policy_has_good_and_bad_examples_and_a_severity() -> None:
    ids = {
        line.split('"')[1]
        for file in (POLICIES / "checks").glob("*.py")
        for line in file.read_text("utf-8").splitlines()
        if line.strip().startswith('id="')
    }
    kinds = {(example.check, example.good) for example in EXAMPLES}

    assert kinds == {(check, good) for check in ids for good in (True, False)}
    assert ids <= severities(POLICIES / "severities.yaml").keys()
