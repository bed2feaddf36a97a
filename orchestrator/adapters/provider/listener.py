"""Where runs of Terraform come in and go: slots, sockets, conversations."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from grpc import aio

from orchestrator.adapters.process_children import ChildProcesses
from orchestrator.adapters.provider import pool, server
from orchestrator.adapters.provider.conversation import Conversation, Run
from orchestrator.adapters.provider.pool import Common, Kind, Limits, Pool, Worker
from orchestrator.adapters.provider.server import Callbacks, Relay


class Slots:
    """A run takes all the slots it will need at once, in the order of asking.

    Were they taken one by one, two runs could wait for each other's last one.
    """

    def __init__(self, total: int) -> None:
        self._total = self._free = total
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()

    async def take(self, wanted: int) -> int:
        """Wait for `wanted` slots, or for all where there are fewer; how many were taken."""
        count = min(wanted, self._total)
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append((count, turn))
        self._call()
        try:
            await turn
        except asyncio.CancelledError:
            self._leave(count, turn)
            raise
        return count

    def give(self, count: int) -> None:
        self._free += count
        self._call()

    def _call(self) -> None:
        while self._waiting and self._waiting[0][0] <= self._free:
            count, turn = self._waiting.popleft()
            self._free -= count
            turn.set_result(None)

    def _leave(self, count: int, turn: asyncio.Future[None]) -> None:
        """The slots may have been given just before the waiting run went away."""
        if turn.done() and not turn.cancelled():
            self.give(count)
            return
        self._waiting = deque(each for each in self._waiting if each[1] is not turn)
        self._call()


log = logging.getLogger(__name__)

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class ProviderSession:
    """One run: where its Terraform connects to, and what is taken for it."""

    socket: Path
    relay: Relay
    slots: int


class Listener:
    """The gateway's inside. All of it runs in the gateway's loop."""

    def __init__(self, children: ChildProcesses, limits: Limits) -> None:
        self._children = children
        self._folder = children.folder
        self._pool = Pool(self._start, limits)
        self._common = Common(self._start)
        self._slots = Slots(limits.processes)
        self._conversations: dict[str, Conversation] = {}
        self._names = itertools.count(1)
        self._server: aio.Server | None = None
        self._starting: set[asyncio.Future[None]] = set()

    @property
    def workers(self) -> tuple[Worker, ...]:
        """The provider processes there are at the moment."""
        return (*self._pool.workers, *self._common.workers)

    async def open(self) -> None:
        self._server = await server.serve(str(self._inner), self._conversations.get)

    async def enter(self, run: Run, providers: int) -> ProviderSession:
        """Wait until there is room for `providers` processes, and listen for the run.

        Raises ToolMissing when no process can be started.
        """
        if providers:
            await self._ready(run)
        taken = await self._slots.take(providers)
        try:
            relay = Relay(self._inner, self._name, self._callbacks(run))
            socket = self._name()
            await relay.listen(socket)
        except BaseException:
            self._slots.give(taken)
            raise
        return ProviderSession(socket, relay, taken)

    async def _ready(self, run: Run) -> None:
        """See that there is a process. One that has answered on this machine before starts while
        Terraform does, which takes as long.
        """
        starting = asyncio.ensure_future(self._common.ready(run.kind))
        self._starting.add(starting)
        starting.add_done_callback(self._started)
        if run.known.schema(run.types) is None:
            await asyncio.shield(starting)

    def _started(self, starting: asyncio.Future[None]) -> None:
        """The next run that asks the process gets the error."""
        self._starting.discard(starting)
        if not starting.cancelled() and starting.exception():
            log.debug("no provider process: %s", starting.exception())

    async def leave(self, session: ProviderSession) -> None:
        """Free what the run had, once its connections have ended."""
        try:
            await session.relay.close()
        finally:
            session.socket.unlink(missing_ok=True)
            self._slots.give(session.slots)

    async def consult(
        self, run: Run, providers: int, ask: Callable[[list[Conversation]], Awaitable[Result]]
    ) -> Result:
        """What `ask` learns in conversations of its own, one for each provider block."""
        taken = await self._slots.take(providers)
        talks = [Conversation(run, self._pool, self._common) for _ in range(providers)]
        try:
            return await ask(talks)
        finally:
            await asyncio.gather(*(talk.end() for talk in talks))
            self._slots.give(taken)

    async def close(self) -> None:
        if self._server:
            await self._server.stop(None)
        await asyncio.gather(*self._starting, return_exceptions=True)
        await self._pool.stop()
        await self._common.stop()

    @property
    def _inner(self) -> Path:
        return self._folder / "s"

    def _name(self) -> Path:
        return self._folder / f"c{next(self._names)}"

    def _callbacks(self, run: Run) -> Callbacks:
        def began(name: Path) -> None:
            self._conversations[f"unix:{name}"] = Conversation(run, self._pool, self._common)

        async def ended(name: Path) -> None:
            await self._conversations.pop(f"unix:{name}").end()

        return Callbacks(began, ended)

    async def _start(self, kind: Kind) -> Worker:
        return await pool.start(self._children, kind.program, dict(kind.environment), kind)
