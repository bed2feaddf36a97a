"""The side effects of a run, in one bundle."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.model.events import Tell, silently
from orchestrator.ports.course import AccountLocks, Capacity, Clock, Findings, Rest, sleeping
from orchestrator.ports.keeping import Baselines, Sightings
from orchestrator.ports.working import Doors, Folders, Inspector, Reader, Scanner, Terraform


@dataclass(frozen=True, slots=True)
class Ports:
    """The side effects of a run, in one bundle."""

    folders: Folders
    terraform: Terraform
    scanner: Scanner
    doors: Doors
    inspector: Inspector
    reader: Reader
    baselines: Baselines
    clock: Clock
    sightings: Sightings
    capacity: Capacity
    findings: Findings
    locks: AccountLocks
    tell: Tell = silently
    rest: Rest = sleeping
