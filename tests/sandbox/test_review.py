"""What was reviewed is what is applied, with the real Terraform and provider."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.sandbox.desk import Workspace, a_desk

pytestmark = [pytest.mark.terraform, pytest.mark.long]
STACK = "stack:log_archive"


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    """The bootstrap is done, and nothing else."""
    workspace = a_desk(tmp_path_factory.mktemp("review"))
    workspace.done("sandbox", "start")
    try:
        workspace.done("--sandbox", "bootstrap", "--yes")
        yield workspace
    finally:
        workspace.run("sandbox", "stop")


@pytest.fixture(scope="module")
def planned(workspace: Workspace) -> str:
    """The run whose plan of the log archive was reviewed."""
    return str(workspace.document("plan", STACK, "--out")["run"])


def folder_of(workspace: Workspace, run: str) -> Path:
    (plan,) = (workspace.work / ".orchestrator" / "plans" / run).glob("*/log_archive/plan.tfplan")
    return plan.parent


def refused(workspace: Workspace, *words: str) -> str:
    """The reason for which the only stack was refused; that nothing has changed is seen later."""
    (stack,) = workspace.document("apply", "--yes", *words, code=3)["stacks"]
    assert stack["outcome"] == "refused"
    return str(stack["reason"])


def test_stored_plans_are_for_their_owner_alone(workspace: Workspace, planned: str) -> None:
    place = folder_of(workspace, planned)
    folders = [place, *list(place.parents)[:3]]

    assert {path.stat().st_mode & 0o777 for path in place.iterdir()} == {0o600}
    assert {folder.stat().st_mode & 0o777 for folder in folders} == {0o700}


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("plan.tfplan", "the plan file has changed since the review"),
        ("plan.json", "the plan's JSON has changed since the review"),
        ("scan.json", "the scan's result has changed since the review"),
    ],
)
def test_a_plan_changed_after_its_review_is_refused(
    workspace: Workspace, planned: str, name: str, reason: str
) -> None:
    file = folder_of(workspace, planned) / name
    reviewed = file.read_bytes()
    file.write_bytes(reviewed + b" ")
    try:
        assert reason in refused(workspace, "--run", planned)
    finally:
        file.write_bytes(reviewed)


def test_a_module_changed_after_the_review_is_refused(workspace: Workspace, planned: str) -> None:
    module = workspace.project / "modules" / "log_archive" / "main.tf"
    reviewed = module.read_text()
    module.write_text(f"{reviewed}\n# changed\n")
    try:
        assert "modules/log_archive has changed" in refused(workspace, "--run", planned)
    finally:
        module.write_text(reviewed)


def test_a_manifest_that_was_tampered_with_is_refused(workspace: Workspace, planned: str) -> None:
    manifest = workspace.work / ".orchestrator" / "plans" / planned / "manifest.json"
    reviewed = manifest.read_text()
    other = re.sub(r'("provider": ?")', r"\g<1>1", reviewed)
    assert other != reviewed
    manifest.write_text(other)
    try:
        ended = workspace.run("--sandbox", "apply", "--yes", "--run", planned)
        assert ended.returncode == 3
        assert "manifest.json is not the one that run has written" in ended.stderr
    finally:
        manifest.write_text(reviewed)


def test_a_plan_whose_json_shows_something_else_is_refused_though_every_digest_fits(
    workspace: Workspace, planned: str
) -> None:
    """As one can leave it who may store plans, journals included: harmless to look at."""
    file = folder_of(workspace, planned) / "plan.json"
    runs = workspace.work / ".orchestrator"
    texts = {
        path: path.read_bytes()
        for path in runs.rglob("*")
        if path.is_file() and planned in str(path)
    }
    manifest = runs / "plans" / planned / "manifest.json"
    shown = json.loads(file.read_bytes())
    shown["resource_changes"] = shown["resource_changes"][:1]
    forged = json.dumps(shown).encode()
    swap(texts, file.read_bytes(), forged)
    file.write_bytes(forged)
    before = texts[manifest]
    swap(texts, before, manifest.read_bytes())
    try:
        reason = refused(workspace, "--run", planned)
        assert "the plan file does something else than the plan's JSON says" in reason
    finally:
        for path, text in texts.items():
            path.write_bytes(text)


def swap(files: Mapping[Path, bytes], before: bytes, after: bytes) -> None:
    """Put the digest of `after` for that of `before` in all files that have it."""
    old, new = (hashlib.sha256(each).hexdigest().encode() for each in (before, after))
    found = [path for path in files if old in path.read_bytes()]
    assert found
    for path in found:
        path.write_bytes(path.read_bytes().replace(old, new))


def test_what_was_reviewed_is_applied_and_its_files_are_gone(
    workspace: Workspace, planned: str
) -> None:
    place = folder_of(workspace, planned)
    manifest = json.loads((place.parents[1] / "manifest.json").read_text())

    (stack,) = workspace.document("apply", "--yes", "--run", planned)["stacks"]

    assert stack["outcome"] == "applied"
    assert stack["digest"] == manifest["stacks"][0]["digest"]
    assert [file.name for file in place.iterdir()] == ["scan.json"]
    (again,) = workspace.document("plan", STACK)["stacks"]
    assert again["outcome"] == "unchanged"


def test_a_state_that_moved_after_the_review_is_refused_until_asked_to_plan_again(
    workspace: Workspace, planned: str
) -> None:
    configuration = workspace.project / "account_configs" / "organization.yaml"
    configuration.write_text(
        configuration.read_text().replace("glacier_after: 90", "glacier_after: 91")
    )
    first, second = (str(workspace.document("plan", STACK, "--out")["run"]) for _ in range(2))
    (applied,) = workspace.document("apply", "--yes", "--run", first)["stacks"]

    reason = refused(workspace, "--run", second)
    (again,) = workspace.document("apply", "--yes", "--run", second, "--replan")["stacks"]

    assert applied["outcome"] == "applied"
    assert "the state has moved: serial" in reason
    assert again["outcome"] == "unchanged"


def test_where_approval_is_required_nothing_else_is_applied(
    workspace: Workspace, tmp_path: Path
) -> None:
    mine, key = a_key(tmp_path, "mine")
    other, _ = a_key(tmp_path, "other")
    configuration = workspace.project / "account_configs" / "organization.yaml"
    asked = f"  approval:\n    required: true\n    signers:\n      mine: {key}\n  state:\n"
    configuration.write_text(configuration.read_text().replace("  state:\n", asked, 1))
    run = str(workspace.document("plan", STACK, "--out")["run"])

    def said(*words: str) -> str:
        ended = workspace.run("--sandbox", "apply", "--yes", *words)
        assert ended.returncode == 3, ended.stdout + ended.stderr
        return ended.stderr

    assert "no --run is named" in said(STACK)
    assert "there is no approval" in said("--run", run)
    workspace.done("approve", run, "--key", str(other))
    assert "it is not signed by one of organization.approval.signers" in said("--run", run)
    workspace.done("approve", run, "--key", str(mine))
    (stack,) = workspace.document("apply", "--yes", "--run", run)["stacks"]
    assert stack["outcome"] == "unchanged"


def a_key(folder: Path, name: str) -> tuple[Path, str]:
    """A new key's file, and the public key as it stands in the configuration."""
    file = folder / name
    argv = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(file)]
    subprocess.run(argv, check=True)
    return file, file.with_suffix(".pub").read_text().strip()
