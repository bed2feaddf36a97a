"""The gRPC side of the gateway that Terraform talks to."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING, Protocol

import grpc
from grpc import aio

from orchestrator.adapters.provider.worker import SERVICE, UNLIMITED
from orchestrator.errors import OrchestratorError

log = logging.getLogger(__name__)

HEALTHY = b"\x08\x01"
"""grpc.health.v1.HealthCheckResponse with status SERVING."""

PLUGINS_OWN = {
    "/grpc.health.v1.Health/Check": HEALTHY,
    # The one who asks for this wants to be rid of the provider; it is not his to end.
    "/plugin.GRPCController/Shutdown": b"",
}
STREAMS = frozenset({"/plugin.GRPCBroker/StartStream", "/plugin.GRPCStdio/StreamStdio"})
"""Open as long as the connection; nothing that this provider does needs them."""


class Answering(Protocol):
    """A connection's counterpart."""

    async def answer(self, method: str, request: bytes) -> bytes: ...


if TYPE_CHECKING:
    Context = aio.ServicerContext[bytes, bytes]
    Handler = grpc.RpcMethodHandler[bytes, bytes]


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
        return grpc.unary_unary_rpc_method_handler(self._answering(method))

    def _answering(self, method: str) -> Callable[[bytes, Context], Awaitable[bytes]]:
        name = method.removeprefix(SERVICE)

        async def answer(request: bytes, context: Context) -> bytes:
            if method in PLUGINS_OWN:
                return PLUGINS_OWN[method]
            who = self._who(context.peer())
            if who is None or name == method:
                await context.abort(grpc.StatusCode.UNIMPLEMENTED, f"{method}: nobody is there")
            try:
                return await who.answer(name, request)
            except aio.AioRpcError as error:
                await context.abort(error.code(), error.details() or "")
            except OrchestratorError as error:
                await context.abort(grpc.StatusCode.UNAVAILABLE, str(error))

        return answer


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
