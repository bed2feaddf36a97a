"""Input that AWS refuses is refused, with AWS's code.

Two kinds of rules: those that stand in AWS's own service models (`shapes`: lengths, ranges,
patterns, enumerations, required members; by machine, for every service), and those no model
has (`rules`: by service, each with its source). A rule sees a request as `Asked`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Refused:
    """AWS's code and words."""

    code: str
    message: str = ""
    status: int = 400


@dataclass(frozen=True, slots=True)
class Asked:
    """A call with its members by the names and types of the service's model."""

    service: str
    operation: str
    params: Mapping[str, Any]
    account_id: str
    region: str
    caller: str = ""
    """The ARN that owns the caller's policies."""

    def text(self, name: str) -> str:
        """A member as text; '' when it was not given."""
        value = self.params.get(name)
        return value if isinstance(value, str) else ""


Rule = Callable[[Asked], Iterator[Refused]]
"""Gives a reason to refuse, or nothing. The first one counts."""

Rules = Mapping[str, tuple[Rule, ...]]
"""Operation → rules, in the order in which AWS looks."""
