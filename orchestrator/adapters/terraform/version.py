"""Versions, as Terraform and its providers number them."""

from __future__ import annotations

import re
from dataclasses import dataclass

NUMBERS = re.compile(r"v?(\d+)\.(\d+)\.(\d+)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")


@dataclass(frozen=True, slots=True, order=True)
class Version:
    """Ordered by its numbers; a pre-release is older than its release."""

    numbers: tuple[int, int, int]
    released: bool = True
    suffix: str = ""

    @classmethod
    def parse(cls, text: str) -> Version | None:
        match = NUMBERS.fullmatch(text.strip())
        if not match:
            return None
        major, minor, patch, suffix, _ = match.groups()
        return cls((int(major), int(minor), int(patch)), suffix is None, suffix or "")

    def __str__(self) -> str:
        return ".".join(map(str, self.numbers)) + self.suffix
