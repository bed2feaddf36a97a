"""Prowler, a program of others that judges accounts: made on first use, run from outside.

It lives in an environment of its own in the user's cache and is never imported. Of its control
mapping only the file that it publishes is read.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from orchestrator.adapters.cache import folder
from orchestrator.sandbox.client import Sandbox

PINS = Path(__file__).with_name("prowler.txt")
STANDARD = "compliance/aws/aws_foundational_security_best_practices_aws.json"
UNLOADED = "was not found for the AWS provider"
"""What Prowler logs of a check whose imports fail; then it goes on without it."""
LIMIT = 1800
"""Seconds. One run takes a quarter of a minute to three, on a machine that does nothing else."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one check says of one resource: 'PASS', 'FAIL' or 'MANUAL', and why."""

    check: str
    resource: str
    status: str
    words: str


def environment() -> Path:
    """The environment's folder, made when there is none for these pins."""
    digest = hashlib.sha256(PINS.read_bytes()).hexdigest()[:12]
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    home = folder(os.environ, f"prowler-{digest}-{python}")
    done = home / "complete"
    if not done.exists():
        home.mkdir(parents=True, exist_ok=True)
        _run([sys.executable, "-m", "venv", "--clear", str(home / "venv")])
        pip = [str(home / "venv/bin/python"), "-m", "pip", "install", "--quiet"]
        _run([*pip, "--disable-pip-version-check", "--no-deps", "-r", str(PINS)])
        done.touch()
    return home / "venv"


def _run(argv: list[str]) -> None:
    done = subprocess.run(argv, capture_output=True, text=True, timeout=LIMIT, check=False)
    assert done.returncode == 0, f"{argv}: {done.stderr[-2000:]}"


def mapping() -> Mapping[str, tuple[str, ...]]:
    """Prowler's checks for each control of the foundational standard that it has any for."""
    (package,) = environment().glob("lib/python*/site-packages/prowler")
    requirements = json.loads((package / STANDARD).read_text("utf-8"))["Requirements"]
    return {each["Id"]: tuple(each["Checks"]) for each in requirements if each["Checks"]}


def judge(
    sandbox: Sandbox,
    keys: boto3.Session,
    regions: tuple[str, ...],
    what: tuple[str, ...],
    into: Path,
) -> tuple[Judgement, ...]:
    """Run it with these keys. `what` is '--check' or '--service' and their names."""
    into.mkdir(parents=True)
    argv = [
        *(str(environment() / "bin/prowler"), "aws", "--no-banner", "--no-color"),
        *("--output-formats", "json-ocsf", "--output-filename", "out"),
        *("--output-directory", str(into), "--ignore-exit-code-3", "--scan-unused-services"),
        *("--log-level", "ERROR", "--log-file", str(into / "log"), "--region", *regions, *what),
    ]
    given = _environment(sandbox, keys, regions[0], into)
    done = subprocess.run(
        argv, env=given, capture_output=True, text=True, timeout=LIMIT, check=False
    )
    report = into / "out.ocsf.json"
    assert report.exists(), f"prowler says nothing: {done.stdout[-1000:]}{done.stderr[-1000:]}"
    lost = [line for line in (into / "log").read_text("utf-8").splitlines() if UNLOADED in line]
    assert not lost, f"a pin is missing: {lost}"
    return tuple(_judgement(each) for each in json.loads(report.read_text("utf-8")))


def _environment(
    sandbox: Sandbox, session: boto3.Session, region: str, home: Path
) -> dict[str, str]:
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


def _judgement(found: Mapping[str, Any]) -> Judgement:
    return Judgement(
        found["metadata"]["event_code"],
        found["resources"][0]["uid"],
        found["status_code"],
        found["status_detail"],
    )
