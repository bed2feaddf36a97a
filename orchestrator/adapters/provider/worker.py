"""One provider process, and the channel to it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

from grpc import aio

from orchestrator.adapters.process_companions import Companion, Companions
from orchestrator.adapters.provider.surroundings import HANDSHAKE
from orchestrator.errors import ToolMissing

SERVICE = "/tfplugin5.Provider/"
PATIENCE = 60.0
"""Seconds until a started provider must have said where it listens."""

UNLIMITED = (("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1))
"""The schemas are larger than what gRPC takes by default."""


class Worker:
    """A provider process. Whoever leases it is alone with it."""

    def __init__(self, companion: Companion, socket: str, key: object) -> None:
        self.key = key
        self.uses = 0
        self.spoilt = False
        """Told to stop, left in the middle of something, or not configured: never used again."""
        self._companion = companion
        self._channel = aio.insecure_channel(f"unix:{socket}", options=UNLIMITED)
        self._calls: dict[str, aio.UnaryUnaryMultiCallable[bytes, bytes]] = {}

    @property
    def pid(self) -> int:
        return self._companion.pid

    @property
    def alive(self) -> bool:
        return self._companion.alive

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

    async def end(self) -> None:
        await self._channel.close()
        await asyncio.to_thread(self._companion.kill)


async def start(
    companions: Companions, program: Path, env: Mapping[str, str], key: object
) -> Worker:
    """Start a provider and wait until it listens. Raises ToolMissing."""
    folder = {"PLUGIN_UNIX_SOCKET_DIR": str(companions.folder)}
    argv = (str(program),)
    companion = await asyncio.to_thread(companions.start, argv, {**env, **HANDSHAKE, **folder})
    try:
        line = await asyncio.wait_for(asyncio.to_thread(companion.output.readline), PATIENCE)
        return Worker(companion, _socket(line, program), key)
    except BaseException as error:
        await asyncio.to_thread(companion.kill)
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
