from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from orchestrator.adapters.private_folders import (
    HELD,
    OUTLIVED,
    PREFIX,
    private_folder,
    remove_abandoned,
)

LATER = 3600.0
HOLDER = """
import sys, time
from pathlib import Path
from orchestrator.adapters.private_folders import private_folder
with private_folder(Path(sys.argv[1])) as folder:
    (folder / "credentials").write_text("secret")
    print(folder, flush=True)
    time.sleep(60)
"""


def holder(parent: Path) -> tuple[subprocess.Popen[str], Path]:
    """A process that holds a folder with keys."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(parent)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    return process, Path(process.stdout.readline().strip())


def test_a_folder_is_nobody_elses_and_goes_in_the_end(tmp_path: Path) -> None:
    with private_folder(tmp_path) as folder:
        assert folder.stat().st_mode & 0o077 == 0

    assert list(tmp_path.iterdir()) == []


def test_what_kill_9_leaves_is_removed_and_what_is_held_stays(tmp_path: Path) -> None:
    killed, left = holder(tmp_path)
    alive, held = holder(tmp_path)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    try:
        assert (left / "credentials").read_text() == "secret"

        assert remove_abandoned(tmp_path) == ()
        assert remove_abandoned(tmp_path, time.time() + LATER) == (left,)
        assert (held / "credentials").exists()
    finally:
        alive.kill()
        alive.wait()
    assert remove_abandoned(tmp_path, time.time() + LATER) == (held,)


def test_this_process_does_not_take_its_own_folder_for_abandoned(tmp_path: Path) -> None:
    with private_folder(tmp_path) as folder:
        assert remove_abandoned(tmp_path, time.time() + LATER) == ()
        assert folder.exists()


def test_what_only_looks_like_a_folder_of_keys_stays(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / HELD).touch()
    (tmp_path / f"{PREFIX}link").symlink_to(elsewhere)
    (tmp_path / f"{PREFIX}file").touch()
    outside = tmp_path / "outside"
    outside.touch()
    (tmp_path / f"{PREFIX}lock").mkdir()
    (tmp_path / f"{PREFIX}lock" / HELD).symlink_to(outside)

    assert remove_abandoned(tmp_path, time.time() + LATER) == ()
    assert elsewhere.exists()


def test_a_folder_without_a_lock_stays_as_long_as_its_keys_may_be_good(tmp_path: Path) -> None:
    old = tmp_path / f"{PREFIX}old"
    old.mkdir()

    assert remove_abandoned(tmp_path, time.time() + LATER) == ()
    assert remove_abandoned(tmp_path, time.time() + OUTLIVED + 1) == (old,)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give a folder away")
def test_another_users_folder_stays(tmp_path: Path) -> None:
    theirs = tmp_path / f"{PREFIX}theirs"
    theirs.mkdir()
    (theirs / HELD).touch()
    os.chown(theirs, 65534, 65534)

    assert remove_abandoned(tmp_path, time.time() + LATER) == ()
