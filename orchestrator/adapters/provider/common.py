"""Processes that are never configured, and answer what needs no account."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from orchestrator.adapters.provider.pool import Kind
from orchestrator.adapters.provider.worker import Worker


class Common:
    """One process for each kind, shared by all: nothing is asked of it that leaves a trace.

    Terraform checks a root through connections that it does not configure and keeps until it
    ends; a process for each of them would be idle most of the time.
    """

    def __init__(self, start: Callable[[Kind], Awaitable[Worker]]) -> None:
        self._start = start
        self._workers: dict[Kind, Worker] = {}
        self._starting = asyncio.Lock()

    @property
    def workers(self) -> tuple[Worker, ...]:
        return tuple(self._workers.values())

    async def ready(self, kind: Kind) -> None:
        """See that there is a process. Raises ToolMissing when none can be started."""
        await self._worker(kind)

    async def ask(self, kind: Kind, method: str, request: bytes) -> bytes:
        """Raises AioRpcError when the provider does, ToolMissing when there is none."""
        return await (await self._worker(kind)).ask(method, request)

    async def stop(self) -> None:
        await asyncio.gather(*(worker.end() for worker in self.workers))

    async def _worker(self, kind: Kind) -> Worker:
        async with self._starting:
            worker = self._workers.get(kind)
            if worker is None or not worker.alive:
                if worker:
                    await worker.end()
                worker = self._workers[kind] = await self._start(kind)
            return worker
