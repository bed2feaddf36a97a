"""Prowler, a program of others that judges accounts: made on first use, run from outside.

Of its control mapping only the file that it publishes is read.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import boto3

from orchestrator.sandbox.client import Sandbox
from tests.sandbox.outside import Judgement, environment, run, variables

PINS = Path(__file__).with_name("prowler.txt")
STANDARD = "compliance/aws/aws_foundational_security_best_practices_aws.json"
MISSING = "SandboxNotImplemented"
"""Prowler goes on after any error, without what it wanted to know; of these it may."""


def mapping() -> Mapping[str, tuple[str, ...]]:
    """Prowler's checks for each control of the foundational standard that it has any for."""
    (package,) = environment(PINS).glob("lib/python*/site-packages/prowler")
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
        *(str(environment(PINS) / "bin/prowler"), "aws", "--no-banner", "--no-color"),
        *("--output-formats", "json-ocsf", "--output-filename", "out"),
        *("--output-directory", str(into), "--ignore-exit-code-3", "--scan-unused-services"),
        *("--log-level", "ERROR", "--log-file", str(into / "log"), "--region", *regions, *what),
    ]
    done = run(argv, variables(sandbox, keys, regions[0], into))
    report = into / "out.ocsf.json"
    assert report.exists(), f"prowler says nothing: {done.stdout[-1000:]}{done.stderr[-1000:]}"
    log = (into / "log").read_text("utf-8").splitlines()
    lost = [line for line in log if MISSING not in line]
    assert not lost, f"not judged: {lost[:3]}"
    return tuple(_judgement(each) for each in json.loads(report.read_text("utf-8")))


def _judgement(found: Mapping[str, Any]) -> Judgement:
    return Judgement(
        found["metadata"]["event_code"],
        found["resources"][0]["uid"],
        found["status_code"],
        found["status_detail"],
    )
