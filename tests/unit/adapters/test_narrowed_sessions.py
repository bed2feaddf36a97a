"""The policies that we narrow sessions by, held against AWS's own list of actions."""

from __future__ import annotations

import pytest

from orchestrator.adapters.aws import run_copies, state
from orchestrator.model.names import AccountId, StackKey, StackName
from orchestrator.wiring import lakes
from tests import reference

BUCKET, REGION = "example-terraform-state-000000000001", "ap-northeast-1"
KEY = StackKey(AccountId("000000000001"), "management", StackName.ACCOUNT)
LONGEST = 2048
"""Characters. Source: AWS STS API Reference, AssumeRole, Policy."""
ARCHIVE = "a-prefix-that-is-as-long-as-a-prefix-is-ok-cloudtrail"

POLICIES = {
    "state, read": state.policy(BUCKET, KEY, REGION, write=False),
    "state, written": state.policy(BUCKET, KEY, REGION, write=True),
    "journal": run_copies.journal_policy(BUCKET, "journal/20261101-000000-0000.jsonl", REGION),
    "archive's logs": lakes.reading(ARCHIVE),
    "lake's logs": lakes.reading("aws-security-data-lake-ap-northeast-1-*"),
    "event history": lakes.LOOKUP,
    **{
        f"plans, {action or 'listed'}": run_copies.plan_policy(BUCKET, "plans/x/", REGION, action)
        for action in (
            run_copies.LISTS,
            run_copies.READS,
            run_copies.WRITES,
            run_copies.REMOVES,
        )
    },
}

each = pytest.mark.parametrize("policy", POLICIES.values(), ids=POLICIES)


@each
def test_actions_resources_and_conditions_belong_together(policy: str) -> None:
    looks = (reference.misnamed, reference.misplaced, reference.unused, reference.unkeyed)

    assert [wrong for look in looks for wrong in look("", policy)] == []
    assert list(reference.alone("", [policy], {})) == []


@each
def test_a_session_policy_is_short_enough_and_filled_in(policy: str) -> None:
    assert len(policy) <= LONGEST
    assert reference.placeholders(policy) == []
