"""Every time AWS asks us to slow down, wherever it says so."""

from __future__ import annotations

import re
import threading

CODES = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
"""Without those that also mean a quota, which waiting does not raise.

Source: AWS SDKs and Tools Reference Guide, "Retry behavior", throttling errors.
"""

WORDS = re.compile(rf"\b(?:{'|'.join(sorted(CODES))})\b|StatusCode: 429\b|\bRate exceeded\b")
"""The same in the words of Terraform's diagnostics."""


GIVING_UP = 10
"""What a command that failed counts for, beside a request that is tried again."""


def is_throttling(text: str) -> bool:
    """Whether an error text says that AWS wants fewer requests."""
    return bool(WORDS.search(text))


class Throttling:
    """Counts. Threads may share it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.count = 0

    def add(self, times: int = 1) -> None:
        with self._lock:
            self.count += times

    def gave_up(self) -> None:
        """A whole command failed of it, after all its provider's retries."""
        self.add(GIVING_UP)

    def hear(self, code: str) -> None:
        """An error code of one of our own requests, also of one that is tried again."""
        if code in CODES:
            self.add()
