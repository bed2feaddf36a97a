"""How bad a failed check is. checkov knows that only from its vendor's platform."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml

from orchestrator.errors import ConfigurationError, Problem
from orchestrator.model.settings import Severity

FIX = "write groups of {severity: high, reason: …, checks: [CKV_AWS_1]}, each check once"


def severities(file: Path) -> Mapping[str, Severity]:
    """Severity by check id. Raises ConfigurationError if the file cannot be read as a table."""
    rated: dict[str, Severity] = {}
    try:
        for group in yaml.safe_load(file.read_text("utf-8"))["groups"]:
            _add(rated, group, file)
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise ConfigurationError(
            [Problem(file, 0, "groups", f"unreadable: {error}", FIX)]
        ) from error
    return rated


def _add(rated: dict[str, Severity], group: Mapping[str, object], file: Path) -> None:
    severity, checks = Severity(str(group["severity"])), group["checks"]
    if not isinstance(checks, list) or not group["reason"]:
        raise TypeError(f"group of severity '{severity}' lacks checks or a reason")
    for check in map(str, checks):
        if check in rated:
            raise ConfigurationError([Problem(file, 0, check, "is rated twice", FIX)])
        rated[check] = severity
