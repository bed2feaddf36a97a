"""Provider processes for all of a test run, kept as the product keeps them for its plans.

A provider takes two seconds to start, and Terraform half a second to read all that it says of
itself, in every command. What a type of resource is planned and made as, the real provider says.
"""

from __future__ import annotations

import atexit
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from orchestrator.adapters.provider.gateway import ProviderGateway
from orchestrator.adapters.terraform.tool import Work

NEEDED: Mapping[str, Work] = {
    "apply": Work(writes=True),
    "plan": Work(),
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
    with gateway().serve(folder, env, work) as reattached:
        yield reattached


@cache
def gateway() -> ProviderGateway:
    """One for this process, ended with it."""
    folder = TemporaryDirectory(prefix="providers-")
    gateway = ProviderGateway(Path(folder.name) / "known")
    atexit.register(folder.cleanup)
    atexit.register(gateway.stop)
    return gateway
