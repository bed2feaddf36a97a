"""A program of others that judges accounts: in an environment of its own, never imported."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from orchestrator.adapters.files import folder
from orchestrator.sandbox.client import Sandbox

LIMIT = 1800
"""Seconds. One run takes a quarter of a minute to three, on a machine that does nothing else."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one check says of one resource: 'PASS', 'FAIL' or 'MANUAL', and why."""

    check: str
    resource: str
    status: str
    words: str


def environment(pins: Path) -> Path:
    """The environment's folder, in the user's cache; made when there is none for these pins."""
    digest = hashlib.sha256(pins.read_bytes()).hexdigest()[:12]
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    home = folder(os.environ, f"{pins.stem}-{digest}-{python}")
    done = home / "complete"
    if not done.exists():
        home.mkdir(parents=True, exist_ok=True)
        _run([sys.executable, "-m", "venv", "--clear", str(home / "venv")])
        pip = [str(home / "venv/bin/python"), "-m", "pip", "install", "--quiet"]
        _run([*pip, "--disable-pip-version-check", "--no-deps", "-r", str(pins)])
        done.touch()
    return home / "venv"


def _run(argv: list[str]) -> None:
    done = run(argv, None)
    assert done.returncode == 0, f"{argv}: {done.stderr[-2000:]}"


def run(argv: list[str], environment: Mapping[str, str] | None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        argv, env=environment, capture_output=True, text=True, timeout=LIMIT, check=False
    )


def variables(sandbox: Sandbox, session: boto3.Session, region: str, home: Path) -> dict[str, str]:
    """Of a process that sees the sandbox alone, with the session's keys."""
    found: Any = session.get_credentials()
    keys = found.get_frozen_credentials()
    return {
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        **sandbox.environment,
        "AWS_ACCESS_KEY_ID": keys.access_key,
        "AWS_SECRET_ACCESS_KEY": keys.secret_key,
        **({"AWS_SESSION_TOKEN": keys.token} if keys.token else {}),
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "HOME": str(home),
    }
