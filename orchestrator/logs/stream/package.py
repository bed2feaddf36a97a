"""The function's code: what is in its zip."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

LOGS = Path(__file__).parents[1]
OWN = (
    "__init__.py",
    "ingest/__init__.py",
    "ocsf/__init__.py",
    "ocsf/classes.json",
    "ocsf/classes.py",
    "stream/__init__.py",
    "stream/function.py",
    "json_path.py",
)
MARKER = b'"""The part of the orchestrator that runs in AWS Lambda."""\n'


def files() -> Mapping[str, bytes]:
    """By path: the function, the parsers, and what they import."""
    parsers = (path.relative_to(LOGS).as_posix() for path in LOGS.glob("ingest/formats/*.py"))
    found = {f"orchestrator/logs/{name}": (LOGS / name).read_bytes() for name in (*OWN, *parsers)}
    return {"orchestrator/__init__.py": MARKER, **found}
