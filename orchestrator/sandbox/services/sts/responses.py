"""Answers of STS that moto makes up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def not_there(_: Callable[..., Any], self: Any) -> Any:
    """moto would hand out credentials from the documentation, which nobody knows."""
    raise NotImplementedError(self._get_action())
