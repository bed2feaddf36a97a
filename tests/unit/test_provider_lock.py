from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from orchestrator.adapters.terraform import packages
from tests import provider_lock

ROOT = provider_lock.ROOT


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    (tmp_path / "terraform").mkdir()
    for name in ("versions.tf", packages.LOCK_FILE):
        text = (ROOT / "terraform" / name).read_text("utf-8")
        text = re.sub(r'^( +version += )"\d[^"]*"', r'\1"6.14.0"', text, flags=re.MULTILINE)
        (tmp_path / "terraform" / name).write_text(text, "utf-8")
    return tmp_path


@pytest.mark.terraform
def test_a_copy_locks_another_release_under_the_same_constraint(copy: Path) -> None:
    known = packages.read_lock((ROOT / "terraform" / packages.LOCK_FILE).read_text("utf-8"))
    assert known

    provider_lock.lock(copy, str(known.version), os.environ)

    text = (copy / "terraform" / packages.LOCK_FILE).read_text("utf-8")
    locked = packages.read_lock(text)
    assert locked
    assert locked.version == known.version
    assert locked.hashes & known.hashes
    assert '">= 5.100.0, < 7.0.0"' in text


@pytest.mark.terraform
def test_a_release_that_is_nowhere_is_said_in_terraforms_words(copy: Path) -> None:
    own = copy / "terraformrc"
    own.write_text(f'provider_installation {{\n  filesystem_mirror {{ path = "{copy}" }}\n}}\n')
    env = {**os.environ, "TF_CLI_CONFIG_FILE": str(own)}

    with pytest.raises(ValueError, match="hashicorp/aws was not found"):
        provider_lock.lock(copy, "6.999.0", env)


def test_what_is_no_release_is_refused(copy: Path) -> None:
    with pytest.raises(ValueError, match="'six' is not a release"):
        provider_lock.lock(copy, "six", {})


def test_the_copy_has_what_git_has_and_what_is_new(tmp_path: Path) -> None:
    root, folder = tmp_path / "root", tmp_path / "copy"
    root.mkdir()
    subprocess.run(["git", "init", "-q", str(root)], check=True)
    (root / ".gitignore").write_text(".venv/\n")
    (root / ".venv").mkdir()
    (root / ".venv" / "big").write_text("")
    (root / "new.py").write_text("")

    provider_lock.copied(folder, root)

    assert sorted(path.name for path in folder.iterdir()) == [".gitignore", "new.py"]
