"""Provider processes for all of a test run, kept as the product keeps them for its plans.

A provider takes two seconds to start, and Terraform half a second to read all that it says of
itself, in every command. What a type of resource is planned and made as, the real provider says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from orchestrator.adapters.terraform.toolchain import Work

if TYPE_CHECKING:
    from orchestrator.adapters.provider.gateway import ProviderGateway

NEEDED: Mapping[str, Work] = {
    "apply": Work(writes=True),
    "plan": Work(),
    "state": Work(configured=False),
    "test": Work(),
    "validate": Work(configured=False),
}
"""What the commands need that ask a provider. All others go without."""


@contextmanager
def served(folder: Path, env: Mapping[str, str], command: str) -> Iterator[Mapping[str, str]]:
    """`env` with the way to the providers, unless it has one or the command needs none."""
    work = NEEDED.get(command)
    if work is None or "TF_REATTACH_PROVIDERS" in env:
        yield env
        return
    with _opened()[0].serve(folder, env, work) as reattached:
        yield reattached


def stop() -> None:
    """End the providers, if any was started."""
    if _opened.cache_info().currsize:
        gateway, known = _opened()
        gateway.stop()
        known.cleanup()


@cache
def _opened() -> tuple[ProviderGateway, TemporaryDirectory[str]]:
    """One for this process, and where it keeps what a provider says of itself."""
    # What it needs takes a while to import, and most tests need no provider.
    from orchestrator.adapters.provider.gateway import ProviderGateway  # noqa: PLC0415

    known = TemporaryDirectory(prefix="providers-")
    return ProviderGateway(Path(known.name) / "known"), known
