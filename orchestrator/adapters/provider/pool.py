"""The provider processes that are kept, and who has which."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from orchestrator.adapters.provider.worker import Worker

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """How many processes are kept, for how many leases each, and how large they may grow.

    `private` is in bytes. A process begins with 75 MB of its own and 420 MB of the program, which
    is there once for all of them.
    """

    processes: int = field(default_factory=lambda: max(8, 2 * (os.cpu_count() or 1)))
    uses: int = 200
    private: int = 300 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Kind:
    """What makes a provider process fit for a run: the program, and its whole environment."""

    program: Path
    environment: tuple[tuple[str, str], ...] = field(repr=False)

    @staticmethod
    def of(program: Path, environment: Mapping[str, str]) -> Kind:
        return Kind(program, tuple(sorted(environment.items())))


class Pool:
    """Leases processes. All of it runs in the gateway's loop."""

    def __init__(self, start: Callable[[Kind], Awaitable[Worker]], limits: Limits) -> None:
        self._start, self._limits = start, limits
        self._idle: list[Worker] = []
        self._leased: set[Worker] = set()

    @property
    def workers(self) -> tuple[Worker, ...]:
        return (*self._idle, *self._leased)

    async def lease(self, kind: Kind) -> Worker:
        """A process of that kind for one alone, the one used last, else a new one.

        Raises ToolMissing when none can be started.
        """
        worker = await self._kept(kind) or await self._start(kind)
        worker.uses += 1
        self._leased.add(worker)
        return worker

    async def give_back(self, worker: Worker) -> None:
        """Keep it for the next one, unless it is not to be trusted or has become too large."""
        self._leased.discard(worker)
        reason = self._unfit(worker)
        if reason:
            log.debug("provider process %d is not kept: %s", worker.pid, reason)
            await worker.end()
            return
        self._idle.append(worker)
        await self._shrink()

    async def _kept(self, kind: Kind) -> Worker | None:
        for worker in reversed(self._idle):
            if worker.key == kind:
                self._idle.remove(worker)
                if worker.alive:
                    return worker
                await worker.end()
        return None

    async def _shrink(self) -> None:
        """Those that were idle longest go first."""
        while self._idle and len(self.workers) > self._limits.processes:
            await self._idle.pop(0).end()

    def _unfit(self, worker: Worker) -> str:
        if worker.spoilt or not worker.alive:
            return "it ended, was stopped, or was left in the middle of something"
        if worker.uses >= self._limits.uses:
            return f"it was leased {worker.uses} times"
        if worker.private > self._limits.private:
            return f"it has grown to {worker.private >> 20} MB"
        return ""

    async def stop(self) -> None:
        """End all of them, whoever has them."""
        workers, self._idle, self._leased = self.workers, [], set()
        await asyncio.gather(*(worker.end() for worker in workers))
