"""What a service asks of a key in the caller's name, and how it is told."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestrator.sandbox.conditions import Context
from orchestrator.sandbox.exchange import Call

Members = Mapping[str, Any]
READS, WRITES = ("kms:Decrypt",), ("kms:GenerateDataKey",)
BOTH = (*WRITES, *READS)


@dataclass(frozen=True, slots=True)
class Use:
    """`key` is the ARN of a key or alias, `region` that of the resource, whose service `via` is.

    `keys` are the condition keys of the encryption context.
    """

    key: str
    actions: tuple[str, ...]
    via: str
    region: str
    keys: Context = field(default_factory=dict)


Uses = Callable[[Call, Members, str], Iterator[Use]]
"""The call, its members and the caller's account → what is asked, in that order."""
