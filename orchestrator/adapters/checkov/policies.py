"""The product's policies with a project's own among them, in a folder of their own."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

import yaml

from orchestrator.adapters import files
from orchestrator.adapters.checkov.scanner import severities
from orchestrator.errors import ConfigurationError, Problem

TABLE = "severities.yaml"
REASON = "As rated in policies/ and overrides/policies/."


def merged(policies: Path, checks: Sequence[Path], table: Path | None, into: Path) -> Path:
    """Write `into`, and return it: the checks of `policies` and `checks`, and one table in which
    `table` has the last word. Raises ConfigurationError if two files have one name.
    """
    wanted = {file.name: file for file in sorted((policies / "checks").glob("*.py"))}
    twice = [file for file in checks if file.name in wanted]
    if twice:
        fix = "rename it: a check of one's own stands beside the product's"
        raise ConfigurationError(
            [Problem(file, 0, "", "has the name of a check of the product", fix) for file in twice]
        )
    wanted |= {file.name: file for file in checks}
    for left in (into / "checks").glob("*.py"):
        if left.name not in wanted:
            left.unlink()
    for name, file in wanted.items():
        files.write(into / "checks" / name, file.read_bytes())
    rated = {**severities(policies / TABLE), **(severities(table) if table else {})}
    by_severity = sorted(rated.items(), key=lambda item: (item[1], item[0]))
    groups = [
        {"severity": str(severity), "reason": REASON, "checks": [check for check, _ in group]}
        for severity, group in groupby(by_severity, key=lambda item: item[1])
    ]
    files.write(into / TABLE, yaml.safe_dump({"groups": groups}))
    return into
