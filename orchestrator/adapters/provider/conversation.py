"""One connection of Terraform, which is one provider block of one run."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from orchestrator.adapters.provider import checked, keys, schema
from orchestrator.adapters.provider.kept import Kept
from orchestrator.adapters.provider.keys import Keys
from orchestrator.adapters.provider.messages_pb2 import (
    ConfigureRequest,
    ConfigureResponse,
    Diagnostic,
    PrepareRequest,
    PrepareResponse,
    Value,
)
from orchestrator.adapters.provider.pool import Kind, Pool
from orchestrator.adapters.provider.worker import Worker

SAME_FOR_ALL = frozenset({"GetMetadata", "GetFunctions", "GetResourceIdentitySchemas"})


@dataclass(frozen=True, slots=True)
class Run:
    """What the gateway knows of one run of Terraform. `types` None: all of the provider's."""

    kind: Kind
    kept: Kept
    types: frozenset[str] | None
    keys: Mapping[str, Keys] = field(repr=False)


class Conversation:
    """Answers one connection's questions; those about the world by a process of its own."""

    def __init__(self, run: Run, pool: Pool) -> None:
        self._run, self._pool = run, pool
        self._worker: Worker | None = None
        self._leasing = asyncio.Lock()
        self._open = 0
        """Questions the process has not answered yet."""
        self._special: Mapping[str, Callable[[bytes], Awaitable[bytes]]] = {
            "GetSchema": self._schema,
            "PrepareProviderConfig": self._prepare,
            "Configure": self._configure,
            "Stop": self._stop,
        }

    async def answer(self, method: str, request: bytes) -> bytes:
        """Raises AioRpcError when the provider does, ToolMissing when there is none."""
        if method in SAME_FOR_ALL:
            return await self._same_for_all(method, request)
        special = self._special.get(method)
        return await (special(request) if special else self._ask(method, request))

    async def end(self) -> None:
        """The connection is gone: the process is free, unless it was still at something."""
        async with self._leasing:
            worker, self._worker = self._worker, None
        if worker:
            worker.spoilt |= self._open > 0
            await self._pool.give_back(worker)

    async def _ask(self, method: str, request: bytes) -> bytes:
        async with self._leasing:
            if self._worker is None:
                self._worker = await self._pool.lease(self._run.kind)
            worker = self._worker
        self._open += 1
        answer = await worker.ask(method, request)
        # Not in a `finally`: a question that was broken off is never answered.
        self._open -= 1
        return answer

    async def _same_for_all(self, method: str, request: bytes) -> bytes:
        known = self._run.kept.get(method)
        if known is None:
            known = await self._ask(method, request)
            self._run.kept.put(method, known)
        return known

    async def _schema(self, request: bytes) -> bytes:
        whole = self._run.kept.get("GetSchema")
        if whole is None:
            whole = await self._ask("GetSchema", request)
            if not schema.complete(whole):
                return whole
            self._run.kept.put("GetSchema", whole)
        return whole if self._run.types is None else schema.trimmed(whole, self._run.types)

    async def _prepare(self, request: bytes) -> bytes:
        """Once by the provider for every shape of configuration, after that at once."""
        config = PrepareRequest.FromString(request).config
        known = f"checked-{checked.shape(config.msgpack)}"
        if self._run.kept.get(known) is not None:
            return PrepareResponse(prepared_config=config).SerializeToString()
        answer = await self._ask("PrepareProviderConfig", request)
        if not PrepareResponse.FromString(answer).diagnostics:
            self._run.kept.put(known, b"")
        return answer

    async def _configure(self, request: bytes) -> bytes:
        """The provider replaces its whole client; one that could not is in no known state."""
        wanted = ConfigureRequest.FromString(request)
        try:
            filled = keys.fill(wanted.config.msgpack, self._run.keys)
        except keys.Lacking as error:
            said = Diagnostic(severity=Diagnostic.ERROR, summary=f"No credentials: {error}")
            return ConfigureResponse(diagnostics=[said]).SerializeToString()
        wanted.config.CopyFrom(Value(msgpack=filled))
        answer = await self._ask("Configure", wanted.SerializeToString())
        said = ConfigureResponse.FromString(answer).diagnostics
        if self._worker and any(each.severity == Diagnostic.ERROR for each in said):
            self._worker.spoilt = True
        return answer

    async def _stop(self, request: bytes) -> bytes:
        """A provider that was told to stop refuses everything from then on."""
        if self._worker is None:
            return b""
        self._worker.spoilt = True
        return await self._ask("Stop", request)
