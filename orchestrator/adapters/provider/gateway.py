"""The door to the warm providers, for adapters that start Terraform."""

from __future__ import annotations

import json
import logging
import os
import platform
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from orchestrator.adapters.process_companions import Companions
from orchestrator.adapters.provider import keys, surroundings, used
from orchestrator.adapters.provider.conversation import Run
from orchestrator.adapters.provider.known import Known
from orchestrator.adapters.provider.loop import Loop
from orchestrator.adapters.provider.package import Package, Packages
from orchestrator.adapters.provider.pool import Kind, Limits
from orchestrator.adapters.provider.reception import Reception
from orchestrator.adapters.terraform.providers import Work
from orchestrator.errors import ToolMissing

log = logging.getLogger(__name__)

PROVIDER_BLOCK = re.compile(r'^provider\s+"aws"\s*\{', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Open:
    companions: Companions
    loop: Loop
    reception: Reception


class ProviderGateway:
    """See terraform.providers.Providers. Starts with the first run that can use it.

    Without `applies`, what changes something goes the plain way.
    """

    def __init__(
        self,
        cache: Path,
        limits: Limits | None = None,
        companions: Callable[[], Companions] = Companions,
        *,
        applies: bool = True,
    ) -> None:
        self._cache, self._limits, self._companions = cache, limits or Limits(), companions
        self._applies = applies
        self._packages = Packages()
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
        loop, reception = opened.loop, opened.reception
        visit = loop.run(reception.enter(run, _providers(folder) if work.configured else 0))
        try:
            yield {**env, "TF_REATTACH_PROVIDERS": _reattach(package.address, visit.socket)}
        finally:
            loop.run(reception.leave(visit))

    def processes(self) -> tuple[int, ...]:
        """The provider processes there are at the moment."""
        opened = self._opened
        return tuple(worker.pid for worker in opened.reception.workers) if opened else ()

    def stop(self) -> None:
        """End all providers and remove all sockets. Nothing is served any more."""
        with self._lock:
            opened, self._opened, self._closed = self._opened, None, True
        if opened:
            try:
                opened.loop.run(opened.reception.close())
            finally:
                opened.loop.stop()
                opened.companions.stop()

    def _suits(self, env: Mapping[str, str], work: Work) -> bool:
        may = self._applies or not work.writes
        return may and surroundings.understood(env, platform.system())

    def _open(self) -> _Open | None:
        with self._lock:
            if self._opened is None and not self._closed:
                self._opened = self._start()
                self._closed = self._opened is None
            return self._opened

    def _start(self) -> _Open | None:
        """None when there can be no gateway here; that is said once."""
        try:
            companions = self._companions()
        except (OSError, ToolMissing) as error:
            _say(error)
            return None
        loop = Loop("provider-gateway")
        try:
            reception = Reception(companions, self._limits)
            loop.run(reception.open())
        except (OSError, RuntimeError) as error:
            _say(error)
            loop.stop()
            companions.stop()
            return None
        return _Open(companions, loop, reception)

    def _run(self, package: Package, folder: Path, env: Mapping[str, str], work: Work) -> Run:
        known = self._known.setdefault(package.hash, Known(self._cache, package.hash))
        kind = Kind.of(package.program, surroundings.of_provider(env))
        types = None if work.whole else used.types(folder, work.plan_file)
        return Run(kind, known, types, keys.of_run(env))


def _say(error: Exception) -> None:
    log.warning("no warm providers, each Terraform starts its own, which is slower: %s", error)


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
