"""The gRPC side of the gateway that Terraform talks to."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, Protocol

import grpc
from grpc import aio

from orchestrator.adapters.provider.pool import SERVICE, UNLIMITED
from orchestrator.errors import OrchestratorError

if TYPE_CHECKING:
    Context = aio.ServicerContext[bytes, bytes]
    Handler = grpc.RpcMethodHandler[bytes, bytes]


HEALTHY = b"\x08\x01"
"""grpc.health.v1.HealthCheckResponse with status SERVING."""

PLUGINS_OWN = {
    "/grpc.health.v1.Health/Check": HEALTHY,
    # A client that asks for this is done with the provider; but only the pool ends it.
    "/plugin.GRPCController/Shutdown": b"",
}
STREAMS = frozenset({"/plugin.GRPCBroker/StartStream", "/plugin.GRPCStdio/StreamStdio"})
"""Open as long as the connection; nothing that this provider does needs them."""


SEVERAL = frozenset({f"{SERVICE}InvokeAction", f"{SERVICE}ListResource"})
"""Answered by a stream; since Terraform 1.14."""


class Answering(Protocol):
    """A connection's counterpart."""

    async def answer(self, method: str, request: bytes) -> bytes: ...

    def answers(self, method: str, request: bytes) -> AsyncIterator[bytes]: ...


class Service(grpc.GenericRpcHandler):
    """Answers bytes with bytes. `who` names the counterpart of the connection called so."""

    def __init__(self, who: Callable[[str], Answering | None]) -> None:
        self._who = who
        self._handlers: dict[str, Handler] = {}

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Handler | None:
        method = handler_call_details.method
        if method not in self._handlers:
            self._handlers[method] = self._handler(method)
        return self._handlers[method]

    def _handler(self, method: str) -> Handler:
        if method in STREAMS:
            return grpc.stream_stream_rpc_method_handler(_held)
        if method in SEVERAL:
            return grpc.unary_stream_rpc_method_handler(self._streaming(method))
        return grpc.unary_unary_rpc_method_handler(self._answering(method))

    def _answering(self, method: str) -> Callable[[bytes, Context], Awaitable[bytes]]:
        name = method.removeprefix(SERVICE)

        async def answer(request: bytes, context: Context) -> bytes:
            if method in PLUGINS_OWN:
                return PLUGINS_OWN[method]
            who = await self._counterpart(method, context)
            try:
                return await who.answer(name, request)
            except (aio.AioRpcError, OrchestratorError) as error:
                return await _refuse(error, context)

        return answer

    def _streaming(self, method: str) -> Callable[[bytes, Context], AsyncIterator[bytes]]:
        async def answers(request: bytes, context: Context) -> AsyncIterator[bytes]:
            who = await self._counterpart(method, context)
            try:
                async for one in who.answers(method.removeprefix(SERVICE), request):
                    yield one
            except (aio.AioRpcError, OrchestratorError) as error:
                await _refuse(error, context)

        return answers

    async def _counterpart(self, method: str, context: Context) -> Answering:
        who = self._who(context.peer())
        if who is None or not method.startswith(SERVICE):
            await context.abort(grpc.StatusCode.UNIMPLEMENTED, f"{method}: no such provider")
        return who


async def _refuse(error: aio.AioRpcError | OrchestratorError, context: Context) -> NoReturn:
    """Pass the provider's own error on; a call that it does not know is UNIMPLEMENTED."""
    if isinstance(error, aio.AioRpcError):
        await context.abort(error.code(), error.details() or "")
    await context.abort(grpc.StatusCode.UNAVAILABLE, str(error))


async def _held(_requests: object, _context: object) -> AsyncIterator[bytes]:
    await asyncio.Event().wait()
    yield b""


async def serve(socket: str, who: Callable[[str], Answering | None]) -> aio.Server:
    """Listen on a socket whose clients have names; only the relay connects to it."""
    server = aio.server(options=UNLIMITED)
    server.add_generic_rpc_handlers((Service(who),))
    server.add_insecure_port(f"unix:{socket}")
    await server.start()
    return server


BUFFER = 1 << 17
PATIENCE = 5.0
"""Seconds in which the connections of a Terraform that has ended must be seen to end."""


@dataclass(frozen=True, slots=True)
class Callbacks:
    """What is known of each connection: its name, which is its client's address to the server."""

    began: Callable[[Path], None]
    ended: Callable[[Path], Awaitable[None]]


class Relay:
    """Passes the connections of one run on to the server at `target`."""

    def __init__(self, target: Path, name: Callable[[], Path], callbacks: Callbacks) -> None:
        self._target, self._name, self._callbacks = target, name, callbacks
        self._connections: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def listen(self, path: Path) -> None:
        self._server = await asyncio.start_unix_server(self._accept, path, limit=BUFFER)

    async def close(self) -> None:
        """Accept nothing more, and wait until every connection has been brought to its end."""
        if self._server:
            self._server.close()
        if self._connections:
            await asyncio.wait(self._connections, timeout=PATIENCE)
        for left in self._connections:
            left.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._serve(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        name = self._name()
        self._callbacks.began(name)
        try:
            await self._pass_on(name, reader, writer)
        finally:
            writer.close()
            name.unlink(missing_ok=True)
            await self._callbacks.ended(name)

    async def _pass_on(
        self, name: Path, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """Until either side closes; what the other has not read by then is of no use."""
        inner_reader, inner_writer = await self._connect(name)
        ways = (
            asyncio.create_task(_copy(reader, inner_writer)),
            asyncio.create_task(_copy(inner_reader, writer)),
        )
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            inner_writer.close()

    async def _connect(self, name: Path) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            client.setblocking(False)
            client.bind(str(name))
            await asyncio.get_running_loop().sock_connect(client, str(self._target))
            return await asyncio.open_unix_connection(sock=client, limit=BUFFER)
        except BaseException:
            client.close()
            raise


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while piece := await reader.read(BUFFER):
            writer.write(piece)
            await writer.drain()
