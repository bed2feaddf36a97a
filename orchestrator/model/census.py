"""What AWS Organizations says about accounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from orchestrator.model.names import AccountId


class Standing(StrEnum):
    """Whether an account can be worked in. Source: Organizations API Reference, Account."""

    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    PENDING_CLOSURE = "PENDING_CLOSURE"
    UNKNOWN = "UNKNOWN"
    """A word that AWS did not have when this was written."""


@dataclass(frozen=True, slots=True)
class Member:
    """An account of the organization. `parent` is the id of its OU, or of the root."""

    id: AccountId
    name: str
    email: str
    standing: Standing
    parent: str
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Branch:
    """An OU. `parent` is the id of the OU above, or of the root."""

    id: str
    name: str
    parent: str


@dataclass(frozen=True, slots=True)
class Landscape:
    """The whole organization. Every branch comes after its parent; members are in id order."""

    id: str
    root: str
    management: AccountId
    branches: tuple[Branch, ...]
    members: tuple[Member, ...]
