"""Stored plans on two machines that share a bucket."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from orchestrator import wiring
from orchestrator.app.project import Project
from orchestrator.app.reviews import Shelf
from orchestrator.errors import NotApproved, PlanChanged
from orchestrator.model.events import Inputs, Stored, ToolVersions
from orchestrator.model.facts import Approval
from orchestrator.model.names import StackKey
from orchestrator.model.organization import Organization
from tests.builders import an_organization

RUN = "20260601-120000-abcd"


@dataclass(frozen=True, slots=True)
class FolderBucket:
    """A bucket as a folder; see ports.PlanBucket."""

    folder: Path

    def runs(self) -> tuple[str, ...]:
        return tuple(sorted(file.parent.name for file in self.folder.glob("plans/*/manifest.json")))

    def put(self, run: str, folder: Path) -> None:
        shutil.copytree(folder, self.folder / "plans" / run)

    def fetch(self, run: str, folder: Path, *, manifest_only: bool = False) -> None:
        (folder / run).mkdir(parents=True)
        shutil.copy(self.folder / "plans" / run / "manifest.json", folder / run)

    def approve(self, run: str, approval: Path) -> None:
        shutil.copy(approval, self.folder / "plans" / run / "approval")

    def approval(self, run: str) -> str:
        file = self.folder / "plans" / run / "approval"
        return file.read_text() if file.exists() else ""

    def journal(self, run: str) -> bytes:
        file = self.folder / f"{run}.journal"
        return file.read_bytes() if file.exists() else b""

    def remove(self, run: str, keys: Iterable[StackKey]) -> None:
        raise NotImplementedError


def organization(approval: Approval | None = None) -> Organization:
    plain = an_organization()
    state = plain.facts.state.model_copy(update={"journal": True, "plans": True})
    changed = {"state": state, "approval": approval or Approval()}
    return replace(plain, facts=plain.facts.model_copy(update=changed))


def a_machine(folder: Path, name: str, approval: Approval | None = None) -> Shelf:
    project = Project(folder / "project", folder / name)
    return Shelf(project, organization(approval), os.environ, FolderBucket(folder / "bucket"))


def planned(folder: Path) -> str:
    """A run's plans and its journal, in the bucket and on the machine 'planner'; the digest."""
    here = a_machine(folder, "planner")
    digest = wiring.stored_plans(here.project.plans).keep(RUN, "", ToolVersions(), (), {})
    here.share(RUN)
    journal(here.project.runs, RUN, digest)
    shutil.copy(here.project.runs / f"{RUN}.journal", folder / "bucket")
    return digest


def journal(folder: Path, run: str, digest: str) -> None:
    written = wiring.journal(folder, run, None)
    written.begin(Inputs(run, "plan", "all", {}, (), {}))
    written.emit(Stored(digest))
    written.end(1.0)


def test_the_newest_run_is_found_wherever_it_is(tmp_path: Path) -> None:
    planned(tmp_path)
    there = a_machine(tmp_path, "other")

    assert (there.run("last"), there.run("20260601"), there.run(RUN)) == (RUN, RUN, RUN)


def test_without_a_bucket_only_what_is_here_is_found(tmp_path: Path) -> None:
    digest = planned(tmp_path)
    here = replace(a_machine(tmp_path, "planner"), bucket=None)

    assert here.opened(here.run("last"))[1] == digest


def test_elsewhere_the_copy_of_the_journal_vouches_for_the_manifest(tmp_path: Path) -> None:
    digest = planned(tmp_path)
    there = a_machine(tmp_path, "other")

    assert there.opened(RUN)[1] == digest
    there.as_written(RUN, digest)
    with pytest.raises(PlanChanged, match="is not the one that run has written"):
        there.as_written(RUN, "e" * 64)


def test_elsewhere_and_without_a_journal_nothing_vouches_for_it(tmp_path: Path) -> None:
    digest = planned(tmp_path)
    (tmp_path / "bucket" / f"{RUN}.journal").unlink()

    with pytest.raises(PlanChanged, match="is in no journal here"):
        a_machine(tmp_path, "other").as_written(RUN, digest)


def test_another_runs_journal_vouches_for_nothing(tmp_path: Path) -> None:
    digest = planned(tmp_path)
    journal(tmp_path / "fresh", "20260602-120000-abcd", digest)
    other = tmp_path / "fresh" / "20260602-120000-abcd.journal"
    other.replace(tmp_path / "bucket" / f"{RUN}.journal")

    with pytest.raises(PlanChanged, match="is in no journal here"):
        a_machine(tmp_path, "other").as_written(RUN, digest)


def test_an_approval_given_elsewhere_replaces_the_one_that_is_here(tmp_path: Path) -> None:
    digest = planned(tmp_path)
    (mine, key), (stranger, _) = a_key(tmp_path, "mine"), a_key(tmp_path, "stranger")
    asked = Approval(required=True, signers={"mine": key})
    approver, applier = (a_machine(tmp_path, name, asked) for name in ("approver", "applier"))

    with pytest.raises(NotApproved, match="there is no approval"):
        applier.approved_by(RUN, digest)
    approver.approve(RUN, approver.manifest(RUN)[1], stranger, "")
    with pytest.raises(NotApproved, match="not signed by one of"):
        applier.approved_by(RUN, digest)
    approver.approve(RUN, approver.manifest(RUN)[1], mine, "")

    assert applier.approved_by(RUN, digest) == "mine"
    assert not approver.project.plans.exists()


def a_key(folder: Path, name: str) -> tuple[Path, str]:
    file = folder / name
    argv = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(file)]
    subprocess.run(argv, check=True)
    return file, file.with_suffix(".pub").read_text().strip()
