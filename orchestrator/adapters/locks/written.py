"""Leases and Terraform's locks as JSON."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime

from orchestrator.model.lease import Lease, Leftover

FRACTION = re.compile(r"\.(\d{1,6})\d*")


def lease_text(lease: Lease) -> str:
    return json.dumps(
        {
            "version": 1,
            "run": lease.run,
            "host": lease.host,
            "place": lease.place,
            "pid": lease.pid,
            "since": lease.since.isoformat(),
            "until": lease.until.isoformat(),
        }
    )


def lease(text: str | bytes) -> Lease:
    """Raises ValueError if that is not how a lease is written."""
    try:
        found = json.loads(text)
        return Lease(
            str(found["run"]),
            str(found["host"]),
            str(found["place"]),
            int(found["pid"]),
            _time(found["since"]),
            _time(found["until"]),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a lease: {error}") from error


def leftover(text: bytes) -> Leftover:
    """Terraform's lock info. Raises ValueError if it is something else.

    Source: Terraform, internal/states/statemgr/locker.go, LockInfo.
    """
    try:
        found = json.loads(text)
        return Leftover(str(found["ID"]), str(found["Who"]), _time(found["Created"]))
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a lock of Terraform's: {error}") from error


def _time(text: str) -> datetime:
    """Go writes nanoseconds, and Z. A time without a zone is UTC."""
    shorter = FRACTION.sub(r".\1", text).replace("Z", "+00:00")
    at = datetime.fromisoformat(shorter)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
