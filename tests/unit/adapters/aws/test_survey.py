"""What a survey may ask: calls that AWS has, that only read, and that its policy allows."""

from __future__ import annotations

from typing import Any

from botocore.loaders import Loader

from orchestrator.adapters.aws.survey import CALLS, PREFIXES, policy
from tests.reference import entry

LOADER = Loader()


def test_every_call_is_one_that_aws_has() -> None:
    for call in CALLS:
        service, _, operation = call.partition(":")
        assert operation in LOADER.load_service_model(service, "service-2")["operations"], call


def test_every_action_of_the_policy_only_reads_by_awss_own_list() -> None:
    document: Any = policy()
    (statement,) = document["Statement"]
    actions = statement["Action"]

    assert len(actions) == len(CALLS)
    for action in actions:
        known = entry(action)
        assert known is not None, action
        assert known["access_level"] in {"Read", "List"}, action
    assert set(PREFIXES.values()) <= {action.partition(":")[0] for action in actions}
