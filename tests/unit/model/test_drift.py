from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.model.call_table import CALLS
from orchestrator.model.drift import RULE, rules
from orchestrator.model.names import StackName
from orchestrator.model.resource_types import TYPES

ROOT = Path(__file__).parents[3]
MODULE = re.compile(r'"(\w+)" \| module')
CALLED = re.compile(r'^  source = "\.\./(\w+)"', re.MULTILINE)
RESOURCE = re.compile(r'^resource "(aws_\w+)"', re.MULTILINE)
PART = re.compile(r'include "(_\w+\.tf\.j2)"')

PATTERN = 2_048
"""Source: EventBridge user guide, quotas."""
LONGEST_ROLE = f"arn:aws:iam::200000000002:role/{'r' * 64}"
OWN = (LONGEST_ROLE, LONGEST_ROLE, "arn:aws:iam::200000000002:role/orchestrator-findings")


def made_by(stack: StackName) -> frozenset[str]:
    """The resource types of the modules that a stack's templates call, and of those they call."""
    text = "\n".join(_template(ROOT / "terraform" / stack / "main.tf.j2"))
    return frozenset(type_ for name in MODULE.findall(text) for type_ in _of_module(name))


def _of_module(name: str) -> Iterator[str]:
    for file in (ROOT / "modules" / name).glob("*.tf"):
        text = file.read_text("utf-8")
        yield from RESOURCE.findall(text)
        for called in CALLED.findall(text):
            yield from _of_module(called)


def _template(file: Path) -> Iterator[str]:
    text = file.read_text("utf-8")
    yield text
    for part in PART.findall(text):
        yield from _template(ROOT / "terraform" / part)


@pytest.mark.parametrize("stack", TYPES)
def test_the_types_of_a_stack_are_those_that_its_modules_make(stack: StackName) -> None:
    assert made_by(stack) == TYPES[stack]


@pytest.mark.parametrize("stack", TYPES)
def test_each_type_of_a_stack_has_calls_that_change_it(stack: StackName) -> None:
    known = {type_ for groups in CALLS.values() for each in groups for type_ in each.types}

    assert TYPES[stack] - known == set()


def test_every_stack_but_the_bootstrap_is_listened_to() -> None:
    assert set(TYPES) == set(StackName) - {StackName.BOOTSTRAP}


@pytest.mark.parametrize("special", [None, *TYPES])
def test_a_rules_pattern_is_no_longer_than_eventbridge_takes(special: StackName | None) -> None:
    stacks = {StackName.ACCOUNT, special or StackName.ACCOUNT}
    arn = [{"anything-but": list(OWN)}, {"exists": False}]
    for rule in rules(sorted(stacks)).values():
        pattern = {
            "detail": {
                "errorCode": [{"exists": False}],
                "eventName": rule["names"],
                "eventSource": rule["sources"],
                "userIdentity": {"sessionContext": {"sessionIssuer": {"arn": arn}}},
            },
            "detail-type": ["AWS API Call via CloudTrail"],
        }
        assert len(json.dumps(pattern, separators=(",", ":"))) <= PATTERN


def test_one_rule_is_enough_for_an_account_without_a_part_of_its_own() -> None:
    assert list(rules([StackName.ACCOUNT])) == [RULE]


def test_every_call_about_a_stacks_types_is_forwarded_and_no_other() -> None:
    found = rules([StackName.LOG_ARCHIVE])
    names = {name for rule in found.values() for name in rule["names"]}

    assert {"PutBucketPolicy", "ScheduleKeyDeletion"} <= names
    assert {"PutAccountPublicAccessBlock", "PutObject", "StopLogging"}.isdisjoint(names)


def test_a_call_stands_in_the_table_once() -> None:
    for groups in CALLS.values():
        names = [name for each in groups for name in each.names]
        assert sorted(set(names)) == sorted(names)
