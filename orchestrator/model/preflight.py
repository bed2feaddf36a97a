"""What this machine and the organization have, lack, or have otherwise than a rollout needs it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from orchestrator.model.exit_code import ExitCode

INSTALL_SANDBOX = "pip install 'securityhub-orchestrator[sandbox]'"
"""What installs the packages of the extra `sandbox`."""


class Readiness(StrEnum):
    OK = "ok"
    NOTE = "note"
    """Works without it, or will be fetched."""
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that is needed, what was found of it and where, and the remedy."""

    name: str
    presence: Readiness
    found: str
    fix: str = ""


class Standing(StrEnum):
    """What is not known is never taken for what is well."""

    OK = "ok"
    MISSING = "missing"
    """It is not there, and the stacks make it."""
    IN_THE_WAY = "in the way"
    """An apply would fail, or fight with another tool."""
    UNKNOWN = "unknown"
    """AWS would not say."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a look has shown. `setting` is the key of account_configs/ that goes with it."""

    standing: Standing
    says: str = ""
    fix: str = ""
    setting: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: in which area, what, and how it stands."""

    area: str
    what: str
    found: Found


def ok(says: str = "") -> Found:
    return Found(Standing.OK, says)


def missing(says: str, fix: str, setting: str = "") -> Found:
    return Found(Standing.MISSING, says, fix, setting)


def in_the_way(says: str, fix: str, setting: str = "") -> Found:
    return Found(Standing.IN_THE_WAY, says, fix, setting)


def unknown(says: str, fix: str) -> Found:
    return Found(Standing.UNKNOWN, says, fix)


def code_of(checks: Iterable[Check]) -> ExitCode:
    """3 when something is in the way, 6 when something is not known, else 0."""
    standings = {check.found.standing for check in checks}
    if Standing.IN_THE_WAY in standings:
        return ExitCode.GATE_REFUSED
    return ExitCode.AWS_DENIED if Standing.UNKNOWN in standings else ExitCode.DONE
