"""Plans that are kept for a review, and all that must still be the same when they are applied."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from orchestrator.model.events import ToolVersions
from orchestrator.model.names import StackKey
from orchestrator.model.plan import Rendering


@dataclass(frozen=True, slots=True)
class Source:
    """What a stack is planned from: its files, and the modules they call with their digests."""

    rendering: Rendering
    modules: Mapping[str, str]

    @property
    def files(self) -> Mapping[str, str]:
        """The SHA-256 of each file."""
        return {
            name: hashlib.sha256(text.encode()).hexdigest() for name, text in self.rendering.files
        }


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One stack's plan as it was reviewed. Everything but `state` and `missing` is a SHA-256.

    `json` and `scan` are '' for a plan that changes nothing: it is neither shown nor scanned.
    """

    key: StackKey
    rendered: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    modules: Mapping[str, str] = field(default_factory=dict)
    digest: str = ""
    plan: str = ""
    json: str = ""
    scan: str = ""
    state: str = ""
    """Lineage and serial, as Plan has them."""
    missing: str = ""
    """Why there is no plan that could be applied."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a run of `plan` has left for a review. `made` is in UTC, ISO 8601."""

    run: str
    made: str
    tool_versions: ToolVersions
    stacks: tuple[Reviewed, ...]

    def of(self, key: StackKey) -> Reviewed | None:
        """By account id, because an account may have been renamed since."""
        for stack in self.stacks:
            if (stack.key.account_id, stack.key.stack) == (key.account_id, key.stack):
                return stack
        return None


@dataclass(frozen=True, slots=True)
class Files:
    """SHA-256 of a stored plan's files; '' for one that is not there."""

    plan: str
    json: str
    scan: str


@dataclass(frozen=True, slots=True)
class Present:
    """What a stack's plan would be applied on now."""

    source: Source
    files: Files
    state: str


@dataclass(frozen=True, slots=True)
class Comment:
    """`place` is what the system that holds it calls it."""

    place: str
    body: str
