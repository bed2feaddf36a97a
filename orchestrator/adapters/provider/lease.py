"""A process for one conversation alone."""

from __future__ import annotations

import asyncio

from grpc import StatusCode
from grpc.aio import AioRpcError

from orchestrator.adapters.provider.pool import Kind, Pool
from orchestrator.adapters.provider.worker import Worker


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

    async def end(self) -> None:
        """The process is free, unless it was still at something."""
        async with self._changing:
            self._ended = True
            worker, self._worker = self._worker, None
        if worker:
            worker.spoilt |= self._open > 0
            await self._pool.give_back(worker)

    def spoil(self) -> None:
        """Nobody shall have the process after this."""
        if self._worker:
            self._worker.spoilt = True

    async def _begin(self, method: str) -> Worker:
        async with self._changing:
            if self._ended:
                raise ConnectionAbortedError(method)
            if self._worker is None:
                self._worker = await self._pool.lease(self._kind)
            return self._worker
