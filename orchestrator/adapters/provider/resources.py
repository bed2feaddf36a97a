"""The resources of a state, read through configured provider processes."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import msgpack

from orchestrator.adapters.provider import blocks, configuration
from orchestrator.adapters.provider.conversation import Conversation
from orchestrator.adapters.provider.messages_pb2 import (
    ConfigureRequest,
    ConfigureResponse,
    Diagnostic,
    Identity,
    ProviderSchema,
    RawState,
    ReadRequest,
    ReadResponse,
    Schema,
    Schemas,
    UpgradeIdentityRequest,
    UpgradeIdentityResponse,
    UpgradeRequest,
    UpgradeResponse,
    Value,
)
from orchestrator.adapters.provider.state_file import Doubtful, Instance, StateFile
from orchestrator.model.drift import GONE

AT_ONCE = 10
"""Resources read at the same time by one process; as many as Terraform's default parallelism."""

NOTHING = bytes(msgpack.packb(None))


@dataclass(frozen=True, slots=True)
class Found:
    """Digests by address, and what is otherwise than the state has it."""

    digests: Mapping[str, str]
    unsettled: tuple[str, ...]


async def read(
    state: StateFile, providers: Mapping[str, blocks.Block], talks: Iterable[Conversation]
) -> Found:
    """Raises Doubtful and blocks.Unknown, and AioRpcError when a provider does."""
    of = dict(zip(providers, talks, strict=True))
    if not of:
        return Found({}, ())
    schemas = await next(iter(of.values())).answer("GetSchema", b"")
    _check_versions(state.instances, Schemas.FromString(schemas))
    block = ProviderSchema.FromString(schemas).provider
    await asyncio.gather(*(_configure(of[alias], providers[alias], block) for alias in of))
    slots = {alias: asyncio.Semaphore(AT_ONCE) for alias in of}

    async def one(instance: Instance) -> tuple[str, bool]:
        async with slots[instance.alias]:
            return await _read(of[instance.alias], instance, state.lineage)

    # All are waited for, whatever becomes of one: a process left in the middle of an answer could
    # not be used again.
    results = await asyncio.gather(*map(one, state.instances), return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    read = [result for result in results if not isinstance(result, BaseException)]
    addresses = [instance.address for instance in state.instances]
    return Found(
        {name: digest for name, (digest, _) in zip(addresses, read, strict=True)},
        tuple(name for name, (_, same) in zip(addresses, read, strict=True) if not same),
    )


def _check_versions(instances: Iterable[Instance], schemas: Schemas) -> None:
    """Terraform refuses what a newer provider has written; this provider would misread it.

    Source: Terraform, internal/terraform/upgrade_resource_state.go.
    """
    versions = {
        name: Schema.FromString(packed).version for name, packed in schemas.resources.items()
    }
    for instance in instances:
        if instance.schema_version > versions.get(instance.type, -1):
            raise Doubtful(f"{instance.address}: the provider does not know this type or version")


async def _configure(talk: Conversation, said: blocks.Block, schema: Schema) -> None:
    config = Value(msgpack=configuration.packed(said, schema))
    request = ConfigureRequest(config=config).SerializeToString()
    answer = await talk.answer("Configure", request)
    _accept("the provider", ConfigureResponse.FromString(answer).diagnostics)


async def _read(talk: Conversation, instance: Instance, lineage: str) -> tuple[str, bool]:
    """The digest, and whether the resource is as the state has it."""
    before = await _upgraded(talk, instance)
    wanted = ReadRequest(type_name=instance.type, current_state=before, private=instance.private)
    if instance.identity:
        wanted.current_identity.CopyFrom(await _identity(talk, instance))
    said = await talk.answer("ReadResource", wanted.SerializeToString())
    answer = ReadResponse.FromString(said)
    _accept(instance.address, answer.diagnostics)
    if answer.HasField("deferred") or not answer.new_state.msgpack:
        raise Doubtful(f"{instance.address}: the provider gave no answer")
    after = answer.new_state.msgpack
    return _digest(instance, after, lineage), after == before.msgpack


async def _upgraded(talk: Conversation, instance: Instance) -> Value:
    request = UpgradeRequest(
        type_name=instance.type,
        version=instance.schema_version,
        raw_state=RawState(json=instance.attributes),
    ).SerializeToString()
    answer = UpgradeResponse.FromString(await talk.answer("UpgradeResourceState", request))
    _accept(instance.address, answer.diagnostics)
    return answer.upgraded_state


async def _identity(talk: Conversation, instance: Instance) -> Identity:
    """Raises AioRpcError when the provider knows no identities, as one older than the state."""
    request = UpgradeIdentityRequest(
        type_name=instance.type,
        version=instance.identity_version,
        raw_identity=RawState(json=instance.identity),
    ).SerializeToString()
    said = await talk.answer("UpgradeResourceIdentity", request)
    answer = UpgradeIdentityResponse.FromString(said)
    _accept(instance.address, answer.diagnostics)
    return answer.upgraded_identity


def _digest(instance: Instance, content: bytes, lineage: str) -> str:
    """Keyed by the state's lineage, which is random, so that no table of digests helps."""
    if content == NOTHING:
        return GONE
    parts = (instance.address.encode(), instance.type.encode(), content)
    total = hmac.new(lineage.encode(), digestmod=hashlib.sha256)
    for part in parts:
        total.update(len(part).to_bytes(8, "big"))
        total.update(part)
    return total.hexdigest()


def _accept(what: str, said: Iterable[Diagnostic]) -> None:
    """A warning is not for us: the plan would go on, too."""
    for each in said:
        if each.severity != Diagnostic.WARNING:
            raise Doubtful(f"{what}: {each.summary}")
