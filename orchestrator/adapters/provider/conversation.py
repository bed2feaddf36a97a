"""One connection of Terraform, which is one provider block of one run."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field

import msgpack
from grpc import StatusCode
from grpc.aio import AioRpcError

from orchestrator.adapters.provider import configuration, package
from orchestrator.adapters.provider.configuration import Config, Keys, unpack
from orchestrator.adapters.provider.messages_pb2 import (
    ConfigureRequest,
    ConfigureResponse,
    Diagnostic,
    PrepareRequest,
    PrepareResponse,
    Value,
)
from orchestrator.adapters.provider.package import Known
from orchestrator.adapters.provider.pool import Common, Kind, Pool, Worker

ACCOUNT_ID = re.compile(r"\d{12}")


def checked_shape(packed: bytes) -> str:
    """SHA-256 of a configuration without what tells accounts apart and any check would pass."""
    config = unpack(packed)
    for name, like in (("profile", _profile), ("allowed_account_ids", _accounts)):
        config[name] = like(config.get(name))
    config["default_tags"] = _default_tags(config.get("default_tags"))
    return hashlib.sha256(msgpack.packb(config)).hexdigest()


def _profile(value: object) -> object:
    return "a profile" if isinstance(value, str) and value else value


def _accounts(value: object) -> object:
    if isinstance(value, list) and value and all(map(_is_account, value)):
        return "accounts"
    return value


def _is_account(value: object) -> bool:
    return isinstance(value, str) and ACCOUNT_ID.fullmatch(value) is not None


def _default_tags(value: object) -> object:
    """Tags of known texts are the provider's to pass on, and AWS's to judge."""
    if not isinstance(value, list):
        return value
    return [_tags(block) if isinstance(block, dict) else block for block in value]


def _tags(block: Config) -> Config:
    tags = block.get("tags")
    known = isinstance(tags, dict) and all(isinstance(text, str) for text in tags.values())
    return {**block, "tags": "texts"} if known else block


class Lease:
    """Begins with the first question and ends with the conversation."""

    def __init__(self, kind: Kind, pool: Pool) -> None:
        self._kind, self._pool = kind, pool
        self._changing = asyncio.Lock()
        self._worker: Worker | None = None
        self._ended = False
        self._open = 0
        """Questions the process has not answered yet."""

    @property
    def held(self) -> bool:
        return self._worker is not None

    async def ask(self, method: str, request: bytes) -> bytes:
        """Raises AioRpcError when the provider does, ToolMissing when there is none."""
        worker = await self._begin(method)
        self._open += 1
        try:
            answer = await worker.ask(method, request)
        except AioRpcError as error:
            # Any other ending, a cancel too, leaves open what the process is doing.
            self._open -= error.code() is StatusCode.UNIMPLEMENTED
            raise
        self._open -= 1
        return answer

    async def follow(self, method: str, request: bytes) -> AsyncIterator[bytes]:
        """The answers to a question that has several. Raises as `ask` does."""
        worker = await self._begin(method)
        self._open += 1
        try:
            async for answer in worker.follow(method, request):
                yield answer
        except AioRpcError as error:
            self._open -= error.code() is StatusCode.UNIMPLEMENTED
            raise
        self._open -= 1

    async def end(self) -> None:
        """The process is free, unless it was still at something."""
        async with self._changing:
            self._ended = True
            worker, self._worker = self._worker, None
        if worker:
            worker.spoilt |= self._open > 0
            await self._pool.give_back(worker)

    def spoil(self) -> None:
        """No other run may have the process after this."""
        if self._worker:
            self._worker.spoilt = True

    async def _begin(self, method: str) -> Worker:
        async with self._changing:
            if self._ended:
                raise ConnectionAbortedError(method)
            if self._worker is None:
                self._worker = await self._pool.lease(self._kind)
            return self._worker


SAME_FOR_ALL = frozenset({"GetMetadata", "GetFunctions"})
CHECKS = frozenset(
    {
        "ValidateActionConfig",
        "ValidateDataSourceConfig",
        "ValidateEphemeralResourceConfig",
        "ValidateListResourceConfig",
        "ValidateResourceTypeConfig",
    }
)
"""What Terraform asks a provider before it configures it."""


@dataclass(frozen=True, slots=True)
class Run:
    """What the gateway knows of one run of Terraform. `types` None: all of the provider's."""

    kind: Kind
    known: Known
    types: frozenset[str] | None
    keys: Mapping[str, Keys] = field(repr=False)


class Conversation:
    """Answers one connection's questions; those about the world by a process of its own."""

    def __init__(self, run: Run, pool: Pool, common: Common) -> None:
        self._run, self._lease, self._common = run, Lease(run.kind, pool), common
        self._special: Mapping[str, Callable[[bytes], Awaitable[bytes]]] = {
            "GetSchema": self._schema,
            "GetResourceIdentitySchemas": self._identities,
            "PrepareProviderConfig": self._prepare,
            "Configure": self._configure,
            "Stop": self._stop,
        }

    def answers(self, method: str, request: bytes) -> AsyncIterator[bytes]:
        """Those of a question that has several, as they come. Raises as `answer` does."""
        return self._lease.follow(method, request)

    async def answer(self, method: str, request: bytes) -> bytes:
        """Raises AioRpcError when the provider does, ToolMissing when there is none.

        A question that the provider does not know is an AioRpcError, UNIMPLEMENTED: Terraform
        goes on without what it has asked for.
        """
        if method in SAME_FOR_ALL:
            return await self._same_for_all(method, request)
        if special := self._special.get(method):
            return await special(request)
        if method in CHECKS:
            return await self._check(method, request)
        return await self._lease.ask(method, request)

    async def end(self) -> None:
        """The connection is gone."""
        await self._lease.end()

    async def _ask_any(self, method: str, request: bytes) -> bytes:
        return await self._common.ask(self._run.kind, method, request)

    async def _check(self, method: str, request: bytes) -> bytes:
        """Once for every configuration in which the provider finds nothing wrong.

        Terraform asks before it plans and while it plans, and many accounts ask the same.
        """
        if self._run.known.flawless(method, request):
            return b""
        ask = self._lease.ask if self._lease.held else self._ask_any
        answer = await ask(method, request)
        if not answer:
            self._run.known.learn_flawless(method, request)
        return answer

    async def _same_for_all(self, method: str, request: bytes) -> bytes:
        known = self._run.known.answer(method)
        if known is None:
            known = await self._ask_any(method, request)
            self._run.known.learn_answer(method, known)
        return known

    async def _identities(self, request: bytes) -> bytes:
        """What names a resource in AWS, of the types in use: asked for since Terraform 1.12."""
        whole = await self._same_for_all(package.IDENTITIES, request)
        return package.identities(whole, self._run.types)

    async def _schema(self, request: bytes) -> bytes:
        known = self._run.known.schema(self._run.types)
        if known is None:
            whole = await self._ask_any("GetSchema", request)
            self._run.known.learn_schema(whole)
            return self._run.known.schema(self._run.types) or whole
        return known

    async def _prepare(self, request: bytes) -> bytes:
        """Once by the provider for every shape of configuration, after that at once."""
        config = PrepareRequest.FromString(request).config
        shape = checked_shape(config.msgpack)
        if self._run.known.good(shape):
            return PrepareResponse(prepared_config=config).SerializeToString()
        answer = await self._ask_any("PrepareProviderConfig", request)
        if not PrepareResponse.FromString(answer).diagnostics:
            self._run.known.learn_good(shape)
        return answer

    async def _configure(self, request: bytes) -> bytes:
        """The provider replaces its whole client; one that could not is in no known state."""
        wanted = ConfigureRequest.FromString(request)
        try:
            filled = configuration.fill(wanted.config.msgpack, self._run.keys)
        except configuration.Lacking as error:
            why = Diagnostic(severity=Diagnostic.ERROR, summary="No credentials", detail=str(error))
            return ConfigureResponse(diagnostics=[why]).SerializeToString()
        wanted.config.CopyFrom(Value(msgpack=filled))
        answer = await self._lease.ask("Configure", wanted.SerializeToString())
        if _failed(ConfigureResponse.FromString(answer).diagnostics):
            self._lease.spoil()
        return answer

    async def _stop(self, request: bytes) -> bytes:
        """A provider that was asked to stop refuses everything from then on."""
        if not self._lease.held:
            return b""
        self._lease.spoil()
        return await self._lease.ask("Stop", request)


def _failed(said: Iterable[Diagnostic]) -> bool:
    return any(each.severity == Diagnostic.ERROR for each in said)
