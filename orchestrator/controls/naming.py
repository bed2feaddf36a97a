"""Controls as people write and sort them."""

from __future__ import annotations

import re

CONTROL = re.compile(r"[A-Za-z0-9]+\.[0-9]+")


def natural(control: str) -> tuple[str, int]:
    """Sorts S3.2 before S3.10."""
    service, _, number = control.partition(".")
    return service.lower(), int(number or 0)


def counted(number: int, noun: str) -> str:
    """'1 account', '2 accounts'."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
