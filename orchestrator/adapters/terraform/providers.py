"""Where Terraform's provider processes come from."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Work:
    """What a command needs of the providers.

    `configured`: it enters the account. `writes`: it may change something there. `plan_file`: it
    reads this saved plan, and the state in it. `whole`: it needs every type the provider has,
    because fewer were not enough.
    """

    configured: bool = True
    writes: bool = False
    plan_file: Path | None = None
    whole: bool = False


class Providers(Protocol):
    """What gives a run of Terraform its providers."""

    def serve(
        self, folder: Path, env: Mapping[str, str], work: Work
    ) -> AbstractContextManager[Mapping[str, str]]:
        """The environment for one command, good as long as the context lasts."""
        ...


class OwnProviders:
    """The plain way: every Terraform starts its own."""

    def serve(
        self,
        folder: Path,  # noqa: ARG002 - as the others are asked
        env: Mapping[str, str],
        work: Work,  # noqa: ARG002
    ) -> AbstractContextManager[Mapping[str, str]]:
        return nullcontext(env)
