"""The rendered roots of four accounts of the sample organization, kept to be read and reviewed.

After a change that is meant: UPDATE_GOLDEN=1 pytest tests/golden/render
"""

from __future__ import annotations

import os
import re
from datetime import date
from functools import cache
from pathlib import Path

import pytest

from orchestrator import config
from orchestrator.model.names import StackKey
from orchestrator.model.organization import Organization
from orchestrator.render import Renderer, bootstrap_of, stacks_of

GOLDEN = Path(__file__).parent
ROOT = GOLDEN.parents[2]
ACCOUNTS = ("management", "security", "log-archive", "orders-prod")
KEPT_ELSEWHERE = ".terraform.lock.hcl"
"""The same in every root, and in terraform/."""
DAY = date(2026, 11, 23)
ZIP = re.compile(r'(?m)^(    sha256 = )"[^"]+"$')
"""Another one for every change of the function's code, which is reviewed where it is."""


@cache
def sample() -> Organization:
    return config.load(ROOT / "account_configs", DAY)


def keys() -> list[StackKey]:
    everything = (bootstrap_of(sample()), *stacks_of(sample()))
    return [key for key in everything if key.account_name in ACCOUNTS]


def rendered() -> dict[str, str]:
    """File name below the golden folder → text."""
    renderer = Renderer(ROOT)
    return {
        f"{key.folder}/{name}": ZIP.sub(r'\1"(of the zip)"', text)
        for key in keys()
        for name, text in renderer.render(sample(), key).files
        if name != KEPT_ELSEWHERE
    }


def kept() -> dict[str, str]:
    files = sorted(GOLDEN.glob("*/*/*.tf"))
    return {file.relative_to(GOLDEN).as_posix(): file.read_text("utf-8") for file in files}


def keep(files: dict[str, str]) -> None:
    for name in kept().keys() - files.keys():
        (GOLDEN / name).unlink()
    for name, text in files.items():
        (GOLDEN / name).parent.mkdir(parents=True, exist_ok=True)
        (GOLDEN / name).write_text(text, "utf-8")


def test_the_sample_organization_renders_as_it_was_reviewed() -> None:
    files = rendered()
    if os.environ.get("UPDATE_GOLDEN"):
        keep(files)
        pytest.skip("golden files written: review them with git diff")

    assert sorted(kept()) == sorted(files)
    for name, text in kept().items():
        assert files[name] == text, name


def test_rendering_again_gives_the_same_bytes() -> None:
    assert rendered() == rendered()
