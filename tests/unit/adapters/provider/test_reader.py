"""What is asked of a provider to read a resource, by a provider that only writes it down."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import cast

import pytest

from orchestrator.adapters.provider import reader
from orchestrator.adapters.provider.configuration import ProviderBlock
from orchestrator.adapters.provider.conversation import Conversation
from orchestrator.adapters.provider.messages_pb2 import (
    Diagnostic,
    Identity,
    ReadRequest,
    ReadResponse,
    Schema,
    Schemas,
    UpgradeIdentityRequest,
    UpgradeIdentityResponse,
    UpgradeResponse,
    Value,
)
from orchestrator.adapters.provider.reader import narrowed
from orchestrator.adapters.provider.state_file import Doubtful, Instance, StateFile
from orchestrator.model.drift import Suspect
from tests.unit.adapters.provider.test_state_file import (
    AWS,
    a_resource,
    a_state,
    an_instance,
    parse,
)

NAMED = Instance("aws_iam_role.this", "aws_iam_role", "", 0, b"{}", b"", b'{"name":"a"}', 1)


class Provider:
    """Answers as one that knows identities; `refused` is what it has against one."""

    def __init__(self, refused: str = "") -> None:
        self.asked: dict[str, bytes] = {}
        said = [Diagnostic(severity=Diagnostic.ERROR, summary=refused)] if refused else []
        known = Schemas(resources={"aws_iam_role": Schema().SerializeToString()})
        upgraded = Identity(data=Value(msgpack=b"upgraded"))
        state = Value(msgpack=b"state")
        self._answers = {
            "GetSchema": known.SerializeToString(),
            "Configure": b"",
            "UpgradeResourceState": UpgradeResponse(upgraded_state=state).SerializeToString(),
            "UpgradeResourceIdentity": UpgradeIdentityResponse(
                upgraded_identity=upgraded, diagnostics=said
            ).SerializeToString(),
            "ReadResource": ReadResponse(new_state=state).SerializeToString(),
        }

    async def answer(self, method: str, request: bytes) -> bytes:
        self.asked[method] = request
        return self._answers[method]


def read(instance: Instance, provider: Provider) -> reader.Found:
    state = StateFile("a-lineage", 1, (instance,), ())
    talks = [cast(Conversation, provider)]
    return asyncio.run(reader.read_resources(state, {"": {}}, talks))


def test_a_resource_is_read_with_the_identity_that_the_state_has() -> None:
    provider = Provider()

    found = read(NAMED, provider)

    upgrade = UpgradeIdentityRequest.FromString(provider.asked["UpgradeResourceIdentity"])
    assert (upgrade.version, upgrade.raw_identity.json) == (1, b'{"name":"a"}')
    wanted = ReadRequest.FromString(provider.asked["ReadResource"])
    assert wanted.current_identity.data.msgpack == b"upgraded"
    assert found.unsettled == ()


def test_one_without_identity_is_read_as_ever() -> None:
    provider = Provider()

    read(Instance("aws_iam_role.this", "aws_iam_role", "", 0, b"{}", b""), provider)

    assert "UpgradeResourceIdentity" not in provider.asked
    assert not ReadRequest.FromString(provider.asked["ReadResource"]).HasField("current_identity")


def test_an_identity_that_the_provider_refuses_is_a_doubt() -> None:
    with pytest.raises(Doubtful, match="newer provider"):
        read(NAMED, Provider(refused="identity was written by a newer provider"))


PROVIDERS: Mapping[str, ProviderBlock] = {
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
