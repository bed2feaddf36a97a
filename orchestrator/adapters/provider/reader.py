"""The reader port: what AWS has of a stack's resources, asked of the provider without Terraform.

Every resource of the state is read through a provider process that is configured as the root says.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import msgpack
from grpc.aio import AioRpcError

from orchestrator.adapters.provider import configuration, state_file
from orchestrator.adapters.provider.configuration import ProviderBlock
from orchestrator.adapters.provider.conversation import Conversation
from orchestrator.adapters.provider.gateway import ProviderGateway
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
from orchestrator.adapters.provider.package import Package
from orchestrator.adapters.provider.state_file import Doubtful, Instance, StateFile
from orchestrator.adapters.terraform.toolchain import Tool
from orchestrator.errors import AwsDenied, ToolMissing
from orchestrator.model.drift import GONE, Reading, Suspect, Tools, Unread
from orchestrator.model.names import StackKey
from orchestrator.ports import Environment

AT_ONCE = 10
"""Resources read at the same time by one process; as many as Terraform's default parallelism."""

NOTHING = bytes(msgpack.packb(None))


@dataclass(frozen=True, slots=True)
class Found:
    """Digests by address, and what is otherwise than the state has it."""

    digests: Mapping[str, str]
    unsettled: tuple[str, ...]


async def read_resources(
    state: StateFile,
    providers: Mapping[str, configuration.ProviderBlock],
    talks: Iterable[Conversation],
) -> Found:
    """Raises Doubtful and configuration.Unknown, and AioRpcError when a provider does."""
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

    # All are waited for, even if one fails: a process left in the middle of an answer could
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


async def _configure(talk: Conversation, said: configuration.ProviderBlock, schema: Schema) -> None:
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


CALLED = (
    *("alarm_name", "analyzer_name", "arn", "bucket", "event_bus_name", "function_name", "id"),
    *("key_id", "name", "queue_url", "role", "rule", "security_group_id", "topic_arn", "url"),
    "uuid",
)
"""Attributes by which a call may name a resource, or that which it belongs to."""


def narrowed(
    state: StateFile, providers: Mapping[str, ProviderBlock], suspects: Iterable[Suspect]
) -> StateFile:
    """The state with nothing but the suspects in it."""
    sought = tuple(suspects)
    chosen = (one for one in state.instances if any(_is(one, providers, each) for each in sought))
    return replace(state, instances=tuple(chosen))


def _is(instance: Instance, providers: Mapping[str, ProviderBlock], suspect: Suspect) -> bool:
    if suspect.types and instance.type not in suspect.types:
        return False
    where = providers.get(instance.alias, {}).get("region")
    if suspect.region and where and where != suspect.region:
        return False
    names = {part for name in suspect.names for part in _parts(name)}
    return not names or not names.isdisjoint(_called(instance))


def _called(instance: Instance) -> Iterator[str]:
    attributes = json.loads(instance.attributes)
    for name in CALLED:
        if isinstance(value := attributes.get(name), str):
            yield from _parts(value)


def _parts(value: str) -> tuple[str, ...]:
    """An ARN or a URL, and what stands at its end, which is the name."""
    if value.startswith(("arn:", "https://", "http://")):
        return value, value.rpartition("/")[2].rpartition(":")[2]
    return (value,)


Fetch = Callable[[StackKey], bytes]
"""A stack's state as it is in its bucket. Raises AwsDenied."""

PATIENCE = 600.0
"""Seconds until a reading is given up."""


class ProviderReader:
    """See ports.Reader. Each call's `env` is laid over `environment`."""

    def __init__(
        self,
        gateway: ProviderGateway,
        fetch: Fetch,
        tool: Tool,
        environment: Mapping[str, str],
        patience: float = PATIENCE,
    ) -> None:
        self._gateway, self._fetch, self._tool = gateway, fetch, tool
        self._environment, self._patience = environment, patience

    def read(
        self,
        key: StackKey,
        folder: Path,
        env: Environment,
        only: Sequence[Suspect] | None = None,
    ) -> Reading | Unread:
        try:
            state = state_file.parse(self._fetch(key), self._tool.version)
            providers = configuration.read_blocks(folder)
            if only is not None:
                state = narrowed(state, providers, only)
            return self._reading(state, _used(state, providers), folder, env)
        except (
            Doubtful,
            configuration.Unknown,
            OSError,
            UnicodeError,
            AwsDenied,
            ToolMissing,
        ) as error:
            return Unread(str(error))
        except AioRpcError as error:
            return Unread(f"the provider broke off: {error.details() or error.code().name}")
        except TimeoutError:
            return Unread(f"reading took longer than {self._patience:.0f} s")

    def _reading(
        self,
        state: StateFile,
        providers: Mapping[str, ProviderBlock],
        folder: Path,
        env: Environment,
    ) -> Reading | Unread:
        async def ask(package: Package, talks: list[Conversation]) -> Reading:
            async with asyncio.timeout(self._patience):
                found = await read_resources(state, providers, talks)
            tools = Tools(str(self._tool.version), package.hash)
            return Reading(
                state.lineage, state.serial, tools, found.digests, found.unsettled, state.outside
            )

        whole = {**self._environment, **env}
        types = frozenset(instance.type for instance in state.instances)
        answer = self._gateway.consult(folder, whole, len(providers), types, ask)
        return answer or Unread("there is no warm provider to read with")


class NoReader:
    """Without warm providers every stack is planned."""

    def read(
        self,
        key: StackKey,  # noqa: ARG002
        folder: Path,  # noqa: ARG002
        env: Environment,  # noqa: ARG002
        only: Sequence[Suspect] | None = None,  # noqa: ARG002
    ) -> Reading | Unread:
        return Unread("there is no warm provider to read with")


def _used(state: StateFile, providers: Mapping[str, ProviderBlock]) -> Mapping[str, ProviderBlock]:
    """The provider blocks that the state's resources are read with. Raises Doubtful."""
    used = {instance.alias for instance in state.instances}
    if missing := used - set(providers):
        raise Doubtful(f"the root has no provider block '{min(missing)}'")
    return {alias: block for alias, block in providers.items() if alias in used}
