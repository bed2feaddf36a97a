"""What the parts of the Security Hub backend share: the backend they belong to, and the time."""

from __future__ import annotations

import datetime
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.sandbox.services.securityhub.models import SecurityHubBackend

# The server answers requests in threads; held where a limit or a name is checked and then taken.
LOCK = threading.RLock()


class Part:
    def __init__(self, backend: SecurityHubBackend) -> None:
        self.backend = backend


def now() -> str:
    """The time as AWS Security Hub writes it in findings: UTC, milliseconds, `Z`."""
    moment = datetime.datetime.now(datetime.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
