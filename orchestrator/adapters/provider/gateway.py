"""Access to the warm providers, for adapters that start Terraform."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import platform
import re
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeAlias, TypeVar

from orchestrator.adapters.process_children import ChildProcesses
from orchestrator.adapters.provider import configuration
from orchestrator.adapters.provider import package as provider_package
from orchestrator.adapters.provider.conversation import Conversation, Run
from orchestrator.adapters.provider.listener import Listener, ProviderSession
from orchestrator.adapters.provider.package import Known, Package, Packages
from orchestrator.adapters.provider.pool import Kind, Limits
from orchestrator.adapters.terraform.toolchain import Work
from orchestrator.errors import ToolMissing

Result = TypeVar("Result")


class Loop:
    """Runs coroutines for threads."""

    def __init__(self, name: str) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[object, object, Result]) -> Result:
        """Wait for `work`; it is cancelled when the wait is broken off."""
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def stop(self) -> None:
        self.run(self._loop.shutdown_default_executor())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


log = logging.getLogger(__name__)

Ask: TypeAlias = Callable[[Package, list[Conversation]], Awaitable[Result]]
"""A question that takes several answers of a provider to answer."""

PROVIDER_BLOCK = re.compile(r'^provider\s+"aws"\s*\{', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Open:
    children: ChildProcesses
    loop: Loop
    listener: Listener


class ProviderGateway:
    """See terraform.providers.Providers. Starts with the first run that can use it.

    Without `applies`, what changes something goes the plain way.
    """

    def __init__(
        self,
        cache: Path,
        limits: Limits | None = None,
        children: Callable[[], ChildProcesses] = ChildProcesses,
        *,
        applies: bool = True,
    ) -> None:
        self._cache, self._limits, self._children = cache, limits or Limits(), children
        self._applies = applies
        self._packages = Packages(cache.with_name("seen"))
        self._known: dict[str, Known] = {}
        self._opened: _Open | None = None
        self._closed = False
        self._lock = threading.Lock()

    @contextmanager
    def serve(
        self, folder: Path, env: Mapping[str, str], work: Work
    ) -> Iterator[Mapping[str, str]]:
        """`env` with the address to reattach to, or as it is where Terraform must do without."""
        package = self._packages.find(folder)
        opened = self._open() if package and self._suits(env, work) else None
        if package is None or opened is None:
            yield env
            return
        run = self._run(package, folder, env, work)
        session = self._enter(opened, run, _providers(folder) if work.configured else 0)
        if session is None:
            yield env
            return
        try:
            yield {**env, "TF_REATTACH_PROVIDERS": _reattach(package.address, session.socket)}
        finally:
            opened.loop.run(opened.listener.leave(session))

    def consult(
        self,
        folder: Path,
        env: Mapping[str, str],
        providers: int,
        types: frozenset[str],
        ask: Ask[Result],
    ) -> Result | None:
        """What `ask` learns from provider processes without Terraform; None without a gateway.

        Of the schemas it sees the provider block's and those of `types`.
        """
        package = self._packages.find(folder)
        opened = self._open() if package and self._suits(env, Work()) else None
        if package is None or opened is None:
            return None
        run = replace(self._run(package, folder, env, Work(whole=True)), types=types)
        return opened.loop.run(opened.listener.consult(run, providers, partial(ask, package)))

    def processes(self) -> tuple[int, ...]:
        """The provider processes there are at the moment."""
        opened = self._opened
        return tuple(worker.pid for worker in opened.listener.workers) if opened else ()

    def stop(self) -> None:
        """End all providers and remove all sockets. After this, nothing is served."""
        with self._lock:
            opened, self._opened, self._closed = self._opened, None, True
        if opened:
            try:
                opened.loop.run(opened.listener.close())
            finally:
                opened.loop.stop()
                opened.children.stop()

    def _suits(self, env: Mapping[str, str], work: Work) -> bool:
        may = self._applies or not work.writes
        return may and provider_package.understood(env, platform.system())

    def _open(self) -> _Open | None:
        with self._lock:
            if self._opened is None and not self._closed:
                self._opened = self._start()
            return None if self._closed else self._opened

    def _start(self) -> _Open | None:
        try:
            children = self._children()
        except (OSError, ToolMissing) as error:
            self._give_up(error)
            return None
        opened = _Open(children, Loop("provider-gateway"), Listener(children, self._limits))
        try:
            opened.loop.run(opened.listener.open())
        except (OSError, RuntimeError) as error:
            self._give_up(error)
        return opened

    def _enter(self, opened: _Open, run: Run, providers: int) -> ProviderSession | None:
        try:
            return opened.loop.run(opened.listener.enter(run, providers))
        except (OSError, ToolMissing) as error:
            self._give_up(error)
            return None

    def _give_up(self, error: Exception) -> None:
        """What runs already goes on; all others go the plain way."""
        if not self._closed:
            log.warning(
                "no warm providers, each Terraform starts its own, which is slower: %s", error
            )
        self._closed = True

    def _run(self, package: Package, folder: Path, env: Mapping[str, str], work: Work) -> Run:
        known = self._known.setdefault(package.hash, Known(self._cache, package.hash))
        kind = Kind.of(package.program, provider_package.of_provider(env))
        types = None if work.whole else provider_package.types(folder, work.plan_file)
        return Run(kind, known, types, configuration.of_run(env))


def _providers(folder: Path) -> int:
    """How many provider blocks the root has; one more connection than that is still served."""
    texts = (path.read_text("utf-8", "replace") for path in folder.glob("*.tf"))
    return max(1, sum(len(PROVIDER_BLOCK.findall(text)) for text in texts))


def _reattach(address: str, socket: Path) -> str:
    """Source: Terraform's TF_REATTACH_PROVIDERS, made for debugging providers.

    `Test` keeps Terraform from ending the process `Pid`, which is ours.
    """
    reached = {
        "Protocol": "grpc",
        "ProtocolVersion": 5,
        "Pid": os.getpid(),
        "Test": True,
        "Addr": {"Network": "unix", "String": str(socket)},
    }
    return json.dumps({address: reached})
