"""The reader port: what AWS has of a stack's resources, asked of the provider without Terraform."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from grpc.aio import AioRpcError

from orchestrator.adapters.provider import blocks, resources, state_file
from orchestrator.adapters.provider.blocks import Block
from orchestrator.adapters.provider.conversation import Conversation
from orchestrator.adapters.provider.gateway import ProviderGateway
from orchestrator.adapters.provider.package import Package
from orchestrator.adapters.provider.state_file import Doubtful, Instance, StateFile
from orchestrator.adapters.terraform.tool import Tool
from orchestrator.errors import AwsDenied, ToolMissing
from orchestrator.model.drift import Reading, Suspect, Tools, Unread
from orchestrator.model.names import StackKey
from orchestrator.ports import Environment

CALLED = (
    *("alarm_name", "analyzer_name", "arn", "bucket", "event_bus_name", "function_name", "id"),
    *("key_id", "name", "queue_url", "role", "rule", "security_group_id", "topic_arn", "url"),
    "uuid",
)
"""Attributes by which a call may name a resource, or that which it belongs to."""


def narrowed(
    state: StateFile, providers: Mapping[str, Block], suspects: Iterable[Suspect]
) -> StateFile:
    """The state with nothing but the suspects in it."""
    sought = tuple(suspects)
    chosen = (one for one in state.instances if any(_is(one, providers, each) for each in sought))
    return replace(state, instances=tuple(chosen))


def _is(instance: Instance, providers: Mapping[str, Block], suspect: Suspect) -> bool:
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
"""A stack's state as it lies in its bucket. Raises AwsDenied."""

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
            providers = blocks.read(folder)
            if only is not None:
                state = narrowed(state, providers, only)
            return self._reading(state, _used(state, providers), folder, env)
        except (Doubtful, blocks.Unknown, OSError, UnicodeError, AwsDenied, ToolMissing) as error:
            return Unread(str(error))
        except AioRpcError as error:
            return Unread(f"the provider broke off: {error.details() or error.code().name}")
        except TimeoutError:
            return Unread(f"reading took longer than {self._patience:.0f} s")

    def _reading(
        self, state: StateFile, providers: Mapping[str, Block], folder: Path, env: Environment
    ) -> Reading | Unread:
        async def ask(package: Package, talks: list[Conversation]) -> Reading:
            async with asyncio.timeout(self._patience):
                found = await resources.read(state, providers, talks)
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


def _used(state: StateFile, providers: Mapping[str, Block]) -> Mapping[str, Block]:
    """The provider blocks that the state's resources are read with. Raises Doubtful."""
    used = {instance.alias for instance in state.instances}
    if missing := used - set(providers):
        raise Doubtful(f"the root has no provider block '{min(missing)}'")
    return {alias: block for alias, block in providers.items() if alias in used}
