"""Amazon Athena: a work group was made when it was made, not now."""

from __future__ import annotations

from moto.athena.models import AthenaBackend, WorkGroup

from orchestrator.sandbox import extend
from orchestrator.sandbox.services.athena.models import get, made


def install() -> None:
    extend.amend(WorkGroup, "__init__", made)
    extend.amend(AthenaBackend, "get_work_group", get)
