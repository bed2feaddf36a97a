from __future__ import annotations

from collections.abc import Mapping

import pytest

from orchestrator.adapters.provider.blocks import Block
from orchestrator.adapters.provider.reader import narrowed
from orchestrator.model.drift import Suspect
from tests.unit.adapters.provider.test_state_file import (
    AWS,
    a_resource,
    a_state,
    an_instance,
    parse,
)

PROVIDERS: Mapping[str, Block] = {
    "": {"region": "ap-northeast-1"},
    "us_east_1": {"region": "us-east-1"},
}
PLAN = "arn:aws:iam::200000000006:role/orchestrator-plan"


def resource(type_: str, name: str, alias: str = "", **attributes: str) -> dict[str, object]:
    provider = f"{AWS}.{alias}" if alias else AWS
    return a_resource(
        type=type_,
        name=name,
        module="",
        provider=provider,
        instances=[an_instance(attributes=attributes)],
    )


STATE = parse(
    a_state(
        resource("aws_iam_role", "plan", id="orchestrator-plan", arn=PLAN),
        resource("aws_iam_role_policy", "plan", id="orchestrator-plan:plan"),
        resource("aws_iam_role_policy", "named", id="x:y", role="orchestrator-plan"),
        resource("aws_iam_role", "apply", id="orchestrator-apply"),
        resource("aws_ebs_encryption_by_default", "home", id="terraform-1"),
        resource("aws_ebs_encryption_by_default", "other", "us_east_1", id="terraform-2"),
        resource(
            "aws_sqs_queue",
            "q",
            url="https://sqs.ap-northeast-1.amazonaws.com/200000000006/calls",
        ),
    )
)


@pytest.mark.parametrize(
    ("suspect", "found"),
    [
        (
            Suspect(
                frozenset({"aws_iam_role", "aws_iam_role_policy"}),
                frozenset({"orchestrator-plan"}),
            ),
            ["aws_iam_role.plan", "aws_iam_role_policy.named"],
        ),
        (Suspect(names=frozenset({PLAN})), ["aws_iam_role.plan", "aws_iam_role_policy.named"]),
        (Suspect(frozenset({"aws_iam_role"}), frozenset({"developer"})), []),
        (
            Suspect(frozenset({"aws_ebs_encryption_by_default"}), region="us-east-1"),
            ["aws_ebs_encryption_by_default.other"],
        ),
        (
            Suspect(
                frozenset({"aws_sqs_queue"}),
                frozenset({"https://queue.amazonaws.com/200000000006/calls"}),
                "ap-northeast-1",
            ),
            ["aws_sqs_queue.q"],
        ),
        (Suspect(frozenset({"aws_s3_bucket"})), []),
    ],
)
def test_only_what_a_call_may_have_changed_is_left(suspect: Suspect, found: list[str]) -> None:
    left = narrowed(STATE, PROVIDERS, [suspect])

    assert [instance.address for instance in left.instances] == found
    assert (left.lineage, left.serial) == (STATE.lineage, STATE.serial)


def test_the_suspects_of_several_calls_are_read_together() -> None:
    names = ("orchestrator-plan", "orchestrator-apply")
    calls = [Suspect(frozenset({"aws_iam_role"}), frozenset({name})) for name in names]

    assert len(narrowed(STATE, PROVIDERS, calls).instances) == 2
