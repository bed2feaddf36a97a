"""The provider processes that are kept, and who has which."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterable, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from grpc import aio

from orchestrator.adapters.process_children import ChildProcess, ChildProcesses
from orchestrator.adapters.provider.package import HANDSHAKE
from orchestrator.errors import ToolMissing

SERVICE = "/tfplugin5.Provider/"
PATIENCE = 60.0
"""Seconds until a started provider must have said where it listens."""

UNLIMITED = (("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1))
"""The schemas are larger than what gRPC takes by default."""


class Worker:
    """A provider process. The run that leases it has it alone."""

    def __init__(self, child: ChildProcess, socket: str, key: object) -> None:
        self.key = key
        self.uses = 0
        self.spoilt = False
        """Stopped, left in the middle of something, or not configured: never used again."""
        self._child = child
        self._channel = aio.insecure_channel(f"unix:{socket}", options=UNLIMITED)
        self._calls: dict[str, aio.UnaryUnaryMultiCallable[bytes, bytes]] = {}

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def alive(self) -> bool:
        return self._child.alive

    @property
    def private(self) -> int:
        """Bytes of memory that are its own; 0 where the system does not tell.

        Most of what a provider has in memory is its program, which all of them share.
        """
        try:
            resident, shared = Path(f"/proc/{self.pid}/statm").read_text().split()[1:3]
        except OSError:
            return 0
        return (int(resident) - int(shared)) * os.sysconf("SC_PAGE_SIZE")

    async def ask(self, method: str, request: bytes) -> bytes:
        """Pass a call on. Raises AioRpcError with the provider's own words."""
        if method not in self._calls:
            self._calls[method] = self._channel.unary_unary(SERVICE + method)
        return await self._calls[method](request)

    def follow(self, method: str, request: bytes) -> AsyncIterable[bytes]:
        """Pass a call on that is answered by a stream. Raises AioRpcError as `ask` does."""
        call: aio.UnaryStreamMultiCallable[bytes, bytes]
        call = self._channel.unary_stream(SERVICE + method)
        return call(request)

    async def end(self) -> None:
        await self._channel.close()
        await asyncio.to_thread(self._child.kill)


async def start(
    children: ChildProcesses, program: Path, env: Mapping[str, str], key: object
) -> Worker:
    """Start a provider and wait until it listens. Raises ToolMissing."""
    folder = {"PLUGIN_UNIX_SOCKET_DIR": str(children.folder)}
    argv = (str(program),)
    child = await asyncio.to_thread(children.start, argv, {**env, **HANDSHAKE, **folder})
    try:
        line = await asyncio.wait_for(asyncio.to_thread(child.output.readline), PATIENCE)
        return Worker(child, _socket(line, program), key)
    except BaseException as error:
        await asyncio.to_thread(child.kill)
        if isinstance(error, TimeoutError):
            raise ToolMissing(f"'{program}' did not start in {PATIENCE:.0f} s") from error
        raise


def _socket(line: bytes, program: Path) -> str:
    """The address in the line that a plugin begins with.

    Source: hashicorp/go-plugin, docs/internals.md: core version, protocol version, network,
    address, protocol.
    """
    match line.decode("utf-8", "replace").strip().split("|"):
        case ["1", "5", "unix", address, "grpc", *_]:
            return address
    raise ToolMissing(f"'{program}' does not speak version 5 of Terraform's plugin protocol")


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
        """End all of them, leased or not."""
        workers, self._idle, self._leased = self.workers, [], set()
        await asyncio.gather(*(worker.end() for worker in workers))


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
