"""Approvals, signed and verified by the real ssh-keygen."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from orchestrator.adapters.approvals import Approvals
from orchestrator.adapters.process import Command, Processes
from orchestrator.errors import NotApproved, UsageError

RUN, MANIFEST = "20260601-120000-abcd", "d" * 64
RUNNER = Processes().run


@pytest.fixture
def approvals(tmp_path: Path) -> Approvals:
    return Approvals(tmp_path / "approvals", os.environ, RUNNER)


def a_key(folder: Path, name: str) -> tuple[Path, str]:
    """A new key's file, and the public key as it stands in the configuration."""
    file = folder / name
    argv = ("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(file))
    assert RUNNER(Command(argv, folder, {"PATH": os.environ["PATH"]}, 30)).code == 0
    return file, file.with_suffix(".pub").read_text().strip()


def test_a_manifest_is_approved_by_the_one_who_signed_it(
    approvals: Approvals, tmp_path: Path
) -> None:
    (mine, key), (_, other) = a_key(tmp_path, "mine"), a_key(tmp_path, "other")

    file = approvals.sign(RUN, MANIFEST, mine)

    assert approvals.signer(RUN, MANIFEST, {"b.other": other, "a.mine": key}) == "a.mine"
    assert file.name == f"{RUN}.approval"
    assert file.stat().st_mode & 0o777 == 0o600


def test_without_an_approval_nothing_is_approved(approvals: Approvals, tmp_path: Path) -> None:
    _, key = a_key(tmp_path, "mine")

    with pytest.raises(NotApproved, match="there is no approval"):
        approvals.signer(RUN, MANIFEST, {"mine": key})


def test_a_key_that_is_not_a_signers_approves_nothing(approvals: Approvals, tmp_path: Path) -> None:
    (mine, _), (_, other) = a_key(tmp_path, "mine"), a_key(tmp_path, "other")
    approvals.sign(RUN, MANIFEST, mine)

    with pytest.raises(NotApproved, match=r"not signed by one of organization\.approval\.signers"):
        approvals.signer(RUN, MANIFEST, {"other": other})


@pytest.mark.parametrize(("run", "manifest"), [(RUN, "e" * 64), ("another-run", MANIFEST)])
def test_an_approval_holds_for_one_manifest_of_one_run(
    approvals: Approvals, tmp_path: Path, run: str, manifest: str
) -> None:
    mine, key = a_key(tmp_path, "mine")
    approvals.sign(RUN, MANIFEST, mine).rename(approvals.file(run))

    with pytest.raises(NotApproved, match="the signature of 'mine' is not over these plans"):
        approvals.signer(run, manifest, {"mine": key})


def test_what_was_signed_for_something_else_is_no_approval(
    approvals: Approvals, tmp_path: Path
) -> None:
    mine, key = a_key(tmp_path, "mine")
    message = tmp_path / "message"
    message.write_text(f"{RUN} {MANIFEST}\n")
    argv = ("ssh-keygen", "-Y", "sign", "-n", "git", "-f", str(mine), str(message))
    assert RUNNER(Command(argv, tmp_path, {"PATH": os.environ["PATH"]}, 30)).code == 0
    approvals.folder.mkdir()
    (tmp_path / "message.sig").rename(approvals.file(RUN))

    with pytest.raises(NotApproved):
        approvals.signer(RUN, MANIFEST, {"mine": key})


@pytest.mark.parametrize("text", ["", "nonsense", "-----BEGIN SSH SIGNATURE-----\nAAAA\n"])
def test_a_file_that_is_no_signature_is_no_approval(
    approvals: Approvals, tmp_path: Path, text: str
) -> None:
    _, key = a_key(tmp_path, "mine")
    approvals.folder.mkdir()
    approvals.file(RUN).write_text(text)

    with pytest.raises(NotApproved):
        approvals.signer(RUN, MANIFEST, {"mine": key})


def test_a_file_that_is_no_key_cannot_sign(approvals: Approvals, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("nonsense")

    with pytest.raises(UsageError, match="cannot sign"):
        approvals.sign(RUN, MANIFEST, tmp_path / "key")
    assert not approvals.file(RUN).exists()
