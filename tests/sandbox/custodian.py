"""Cloud Custodian, a program of others: it finds the resources that a policy describes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3

from orchestrator.sandbox.client import Sandbox
from tests.sandbox.custodian_policies import ACCOUNT, KEYS, POLICIES, Policy
from tests.sandbox.outside import Judgement, environment, run, variables
from tests.sandbox.outside_rounds import WHOLE
from tests.unit.findings.services.recording import PLACE

PINS = Path(__file__).with_name("custodian.txt")


def judge(
    sandbox: Sandbox, keys: boto3.Session, checks: tuple[str, ...], into: Path
) -> tuple[Judgement, ...]:
    """A check is a control: what its policy finds fails; nothing is said of anything else."""
    into.mkdir(parents=True)
    written, out = into / "policies.json", into / "out"
    policies = [_written(control, POLICIES[control]) for control in checks]
    written.write_text(json.dumps({"policies": policies}), "utf-8")
    argv = [
        *(str(environment(PINS) / "bin/custodian"), "run", "--cache-period", "0"),
        *("--region", PLACE.region, "--output-dir", str(out), str(written)),
    ]
    done = run(argv, variables(sandbox, keys, PLACE.region, into))
    (into / "log").write_text(done.stderr, "utf-8")
    assert done.returncode == 0, f"custodian: {done.stderr[-2000:]}"
    return tuple(each for control in checks for each in _found(control, out))


def _written(control: str, policy: Policy) -> dict[str, Any]:
    """With a name that Custodian takes."""
    return {
        "name": _name(control),
        "resource": f"aws.{policy.resource}",
        "filters": list(policy.filters),
    }


def _name(control: str) -> str:
    return control.replace(".", "-").lower()


def _found(control: str, out: Path) -> Iterator[Judgement]:
    resource = POLICIES[control].resource
    for each in json.loads((out / _name(control) / "resources.json").read_text("utf-8")):
        name = WHOLE if resource == ACCOUNT else str(each[KEYS[resource]])
        yield Judgement(control, name, "FAIL", "")
