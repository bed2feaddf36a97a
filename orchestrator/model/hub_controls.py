"""Security Hub's own list of controls: in which standards each one is, and how severe.

A hub answers it itself (ListSecurityControlDefinitions, a standard at a time); `orchestrator
controls refresh` writes that answer into account_configs/hub_controls.yaml. Where there is none,
what came with this release holds: the answers of a hub in March 2025, and for CIS 5.0.0 the
list in the AWS Security Hub User Guide, "CIS AWS Foundations Benchmark".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from pathlib import Path

from pydantic import Field, TypeAdapter

from orchestrator.model.names import ControlId
from orchestrator.model.settings import Frozen, Standard


class SeverityRating(StrEnum):
    """As Security Hub writes it."""

    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"


class HubControl(Frozen):
    """A control as Security Hub defines it."""

    severity: SeverityRating
    standards: list[Standard] = Field(description="Those that it is part of; there may be none.")


HubControls = Mapping[ControlId, HubControl]
_FILE = TypeAdapter(dict[str, dict[ControlId, HubControl]])


@dataclass(frozen=True, slots=True)
class Answered:
    """What a hub says, and the ARNs of standards that have no name here."""

    controls: HubControls
    unknown: tuple[str, ...]


@cache
def came_along() -> HubControls:
    """The list of this release: 497 controls in nine standards."""
    text = files("orchestrator.model").joinpath("hub_controls.json").read_text("utf-8")
    return _FILE.validate_python(json.loads(text))["hub_controls"]


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What was written, and what is different from what was known before."""

    file: Path
    controls: HubControls
    added: tuple[str, ...]
    gone: tuple[str, ...]
    unlisted: tuple[str, ...]
    """Controls that are decided here, and that Security Hub does not list."""
    unknown: tuple[str, ...]
    """ARNs of standards that have no name here. None of them is ever turned off."""

    @property
    def standards(self) -> int:
        return len(listed(self.controls))


def listed(controls: HubControls) -> frozenset[Standard]:
    """The standards whose controls are listed. Of any other nothing is known."""
    return frozenset(standard for each in controls.values() for standard in each.standards)
