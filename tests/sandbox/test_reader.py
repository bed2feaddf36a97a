"""With nobody's credentials but the reader's: plans are made, and nothing can be changed."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from tests.sandbox.desk import ROOT, Workspace, a_desk

pytestmark = [pytest.mark.terraform, pytest.mark.long]
STACK = "stack:log_archive"
MANAGEMENT, LOG_ARCHIVE = "200000000001", "200000000003"
BUCKET = f"example-terraform-state-{MANAGEMENT}"
KEPT = f"  state:\n    bucket: {BUCKET}\n    journal: true\n    plans: true\n"


@dataclass(frozen=True, slots=True)
class Reading:
    """A desk, its sandbox, and an environment with the reader's keys and no others."""

    workspace: Workspace
    sandbox: Sandbox
    environment: Mapping[str, str]

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.workspace.argv(*words),
            cwd=ROOT,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            check=False,
        )

    def asked(self, operation: str) -> list[dict[str, Any]]:
        """What anybody but the administrator has asked of AWS, of one operation."""
        lines = (self.sandbox.home / "requests.jsonl").read_text().splitlines()
        found = [json.loads(line) for line in lines if f'"{operation}"' in line]
        return [one for one in found if ":user/administrator" not in one["principal"]]


@pytest.fixture(scope="module")
def reading(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reading]:
    """The bootstrap and one stack are done by an administrator; then the reader comes."""
    workspace = a_desk(tmp_path_factory.mktemp("reader"))
    file = workspace.project / "account_configs" / "organization.yaml"
    text = file.read_text()
    assert f"  state:\n    bucket: {BUCKET}\n" in text
    file.write_text(text.replace(f"  state:\n    bucket: {BUCKET}\n", KEPT, 1))
    workspace.done("sandbox", "start")
    try:
        workspace.done("--sandbox", "bootstrap", "--yes")
        workspace.done("--sandbox", "apply", STACK, "--yes")
        yield _as_reader(workspace)
    finally:
        workspace.run("sandbox", "stop")


def _as_reader(workspace: Workspace) -> Reading:
    home = workspace.work / ".sandbox"
    running = lifecycle.status(home)
    assert running is not None
    sandbox = Sandbox(running.port, running.environment, home)
    arn = f"arn:aws:iam::{MANAGEMENT}:role/orchestrator-reader"
    keys = sandbox.client("sts").assume_role(RoleArn=arn, RoleSessionName="job")["Credentials"]
    own = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    mine = {
        "AWS_ACCESS_KEY_ID": keys["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": keys["SecretAccessKey"],
        "AWS_SESSION_TOKEN": keys["SessionToken"],
    }
    return Reading(workspace, sandbox, {**own, **running.environment, **mine})


def test_plans_are_made_and_stored(reading: Reading) -> None:
    ended = reading.run("--reader", "plan", STACK, "--out", "--format", "json")

    assert ended.returncode == 0, ended.stdout + ended.stderr
    document = json.loads(ended.stdout)
    assert [stack["outcome"] for stack in document["stacks"]] == ["unchanged"]
    s3 = reading.sandbox.client("s3")
    run = document["run"]
    there = s3.list_objects_v2(Bucket=BUCKET, Prefix=f"plans/{run}/")["Contents"]
    assert f"plans/{run}/manifest.json" in [item["Key"] for item in there]
    assert s3.get_object(Bucket=BUCKET, Key=f"journal/{run}.jsonl")["Body"].read()


def test_drift_is_looked_for(reading: Reading) -> None:
    ended = reading.run("drift", STACK, "--format", "json")

    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert [s["outcome"] for s in json.loads(ended.stdout)["stacks"]] == ["in sync"]


def test_coverage_is_told(reading: Reading) -> None:
    ended = reading.run("coverage", "--format", "json")

    assert ended.returncode == 7, ended.stdout + ended.stderr
    assert json.loads(ended.stdout)["version"]


def test_an_apply_is_refused_before_anything_is_started(reading: Reading) -> None:
    before, runs = len(reading.asked("AssumeRole")), set(_runs(reading.workspace.work))

    ended = reading.run("apply", STACK, "--yes")

    assert ended.returncode == 2, ended.stdout + ended.stderr
    assert "this changes accounts, and the role 'orchestrator-reader' only reads" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert len(reading.asked("AssumeRole")) == before
    assert set(_runs(reading.workspace.work)) == runs


def test_an_account_without_a_plan_role_is_denied_with_its_reason(reading: Reading) -> None:
    ended = reading.run("plan", "orders-prod", "--format", "json")

    assert ended.returncode == 6, ended.stdout + ended.stderr
    (stack,) = json.loads(ended.stdout)["stacks"]
    assert stack["outcome"] == "denied"
    assert "enters an account by its plan role alone" in stack["reason"]


@pytest.mark.parametrize("role", ["orchestrator-apply", "OrganizationAccountAccessRole"])
def test_aws_lets_nobody_in_who_tries_by_hand(reading: Reading, role: str) -> None:
    session: Any = boto3.Session(
        reading.environment["AWS_ACCESS_KEY_ID"],
        reading.environment["AWS_SECRET_ACCESS_KEY"],
        reading.environment["AWS_SESSION_TOKEN"],
    )
    sts = reading.sandbox.made(session, "sts")
    arn = f"arn:aws:iam::{LOG_ARCHIVE}:role/{role}"

    with pytest.raises(ClientError) as refused:
        sts.assume_role(RoleArn=arn, RoleSessionName="by-hand", ExternalId="example-orchestrator")

    assert refused.value.response["Error"]["Code"] == "AccessDenied"


def _runs(work: Path) -> list[str]:
    return [file.name for file in (work / ".orchestrator" / "runs").iterdir()]
