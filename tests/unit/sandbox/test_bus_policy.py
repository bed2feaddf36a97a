from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from orchestrator.sandbox.services.events import bus_policy

OWNER, STRANGER = "200000000002", "299999999999"
EVENT = {"source": "aws.iam", "detail-type": "AWS API Call via CloudTrail"}


@dataclass(frozen=True)
class Statement:
    condition: dict[str, Any]

    def describe(self) -> dict[str, Any]:
        return {"Effect": "Allow", "Principal": {"AWS": "*"}, "Condition": self.condition}


class Bus:
    account_id = OWNER

    def __init__(self, **condition: Any) -> None:
        self._statements = {"one": Statement(condition)}


def test_the_owner_may_always_put_events_on_its_bus() -> None:
    assert bus_policy.allows(Bus(StringEquals={"events:source": "mine"}), OWNER, EVENT)


@pytest.mark.parametrize(
    ("condition", "allowed"),
    [
        ({"StringLike": {"events:source": "aws.*"}}, True),
        ({"StringLike": {"events:source": ["own.*"]}}, False),
        ({"StringEquals": {"events:detail-type": "AWS API Call via CloudTrail"}}, True),
        ({"StringEquals": {"events:detail-type": "Scheduled Event"}}, False),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-exampleorg1"}}, False),
        ({"StringEquals": {"aws:SourceIp": "192.0.2.1"}}, False),
        ({"NumericEquals": {"events:source": "aws.iam"}}, False),
    ],
)
def test_others_may_only_if_every_condition_is_known_and_met(
    condition: dict[str, Any], allowed: bool
) -> None:
    assert bus_policy.allows(Bus(**condition), STRANGER, EVENT) is allowed
