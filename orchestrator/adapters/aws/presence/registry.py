"""How each type of resource that stacks make is asked for."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.adapters.aws.presence import (
    account,
    chat,
    identity,
    logs,
    messaging,
    organization,
    search,
    storage,
)
from orchestrator.adapters.aws.presence.wanted import Finder

FINDERS: Mapping[str, Finder] = {
    **account.FINDERS,
    **chat.FINDERS,
    **identity.FINDERS,
    **logs.FINDERS,
    **messaging.FINDERS,
    **organization.FINDERS,
    **search.FINDERS,
    **storage.FINDERS,
}
