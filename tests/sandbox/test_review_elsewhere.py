"""Plans of one work folder, approved in another and carried out in a third."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orchestrator.sandbox import lifecycle
from orchestrator.sandbox.client import Sandbox
from tests.sandbox.desk import Workspace, a_desk

pytestmark = [pytest.mark.terraform, pytest.mark.long]
STACK = "stack:log_archive"
BUCKET = "example-terraform-state-200000000001"
KEPT = f"  state:\n    bucket: {BUCKET}\n    journal: true\n    plans: true\n"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The bootstrap is done, with a bucket that keeps journals and plans."""
    workspace = a_desk(tmp_path_factory.mktemp("elsewhere"))
    configure(workspace, f"  state:\n    bucket: {BUCKET}\n", KEPT)
    workspace.done("sandbox", "start")
    try:
        workspace.done("--sandbox", "bootstrap", "--yes")
        yield workspace
    finally:
        workspace.run("sandbox", "stop")


@pytest.fixture
def other(workspace: Workspace, tmp_path: Path) -> Workspace:
    """Another machine: the same checkout and the same AWS, and an empty work folder."""
    return another(workspace, tmp_path / "other")


def another(workspace: Workspace, work: Path) -> Workspace:
    work.mkdir()
    (work / ".sandbox").symlink_to(workspace.work / ".sandbox")
    return Workspace(work, workspace.project)


def configure(workspace: Workspace, before: str, after: str) -> None:
    file = workspace.project / "account_configs" / "organization.yaml"
    text = file.read_text()
    assert before in text
    file.write_text(text.replace(before, after, 1))


def aws(workspace: Workspace, service: str) -> Any:
    home = workspace.work / ".sandbox"
    running = lifecycle.status(home)
    assert running is not None
    return Sandbox(running.port, running.environment, home).client(service)


def kept(workspace: Workspace, run: str) -> list[str]:
    listed = aws(workspace, "s3").list_objects_v2(Bucket=BUCKET, Prefix=f"plans/{run}/")
    return [item["Key"].rpartition("/")[2] for item in listed.get("Contents", [])]


def a_kms_key(workspace: Workspace) -> str:
    made = aws(workspace, "kms").create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    return str(made["KeyMetadata"]["Arn"])


def refused(workspace: Workspace, run: str) -> str:
    ended = workspace.run("--sandbox", "apply", "--yes", "--run", run)
    assert ended.returncode == 3, ended.stdout + ended.stderr
    return ended.stderr


def test_what_was_planned_here_is_carried_out_there(workspace: Workspace, other: Workspace) -> None:
    run = str(workspace.document("plan", STACK, "--out")["run"])
    there = kept(workspace, run)

    (stack,) = other.document("apply", "--yes", "--run", "last")["stacks"]

    assert there == ["plan.json", "plan.tfplan", "scan.json", "manifest.json"]
    assert stack["outcome"] == "applied"
    assert kept(workspace, run) == []
    place = other.work / ".orchestrator" / "plans" / run
    assert {f.name for f in place.rglob("*") if f.is_file()} == {"manifest.json", "scan.json"}
    runs = other.work / ".orchestrator" / "runs"
    assert {file.stat().st_mode & 0o777 for file in runs.glob("*.json")} == {0o600}
    (again,) = workspace.document("plan", STACK)["stacks"]
    assert again["outcome"] == "unchanged"


def test_a_plan_changed_in_the_bucket_is_refused(workspace: Workspace, other: Workspace) -> None:
    run = str(workspace.document("plan", STACK, "--out")["run"])
    s3 = aws(workspace, "s3")
    listed = s3.list_objects_v2(Bucket=BUCKET, Prefix=f"plans/{run}/")["Contents"]
    (key,) = [item["Key"] for item in listed if item["Key"].endswith("plan.tfplan")]
    s3.put_object(Bucket=BUCKET, Key=key, Body=b"another")

    (stack,) = other.document("apply", "--yes", "--run", run, code=3)["stacks"]

    assert "the plan file has changed since the review" in stack["reason"]


def test_without_the_journal_an_approval_is_asked_for(
    workspace: Workspace, other: Workspace, tmp_path: Path
) -> None:
    run = str(workspace.document("plan", STACK, "--out")["run"])
    aws(workspace, "s3").delete_object(Bucket=BUCKET, Key=f"journal/{run}.jsonl")
    release, stranger = a_kms_key(workspace), a_kms_key(workspace)
    approver = another(workspace, tmp_path / "approver")

    assert "is in no journal here" in refused(other, run)
    asked = f"  approval:\n    required: true\n    keys:\n      release: {release}\n"
    configure(workspace, "  access:\n", f"{asked}  access:\n")
    assert "there is no approval" in refused(other, run)
    approver.done("--sandbox", "approve", run, "--kms", stranger)
    assert "not signed by one of organization.approval.keys" in refused(workspace, run)
    approver.done("--sandbox", "approve", run, "--kms", release)
    (stack,) = other.document("apply", "--yes", "--run", run)["stacks"]

    assert stack["outcome"] == "unchanged"
    assert not (approver.work / ".orchestrator" / "plans").exists()
    assert kept(workspace, run) == []
