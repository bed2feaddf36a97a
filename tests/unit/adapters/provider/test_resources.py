"""What is asked of a provider to read a resource, by a provider that only writes it down."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from orchestrator.adapters.provider import resources
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
from orchestrator.adapters.provider.state_file import Doubtful, Instance, StateFile

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


def read(instance: Instance, provider: Provider) -> resources.Found:
    state = StateFile("a-lineage", 1, (instance,), ())
    talks = [cast(Conversation, provider)]
    return asyncio.run(resources.read(state, {"": {}}, talks))


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
