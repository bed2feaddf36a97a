from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.errors import OrchestratorError
from orchestrator.render.renderer import Modules


def a_module(folder: Path, name: str, main: str = "", **others: str) -> Path:
    module = folder / name
    module.mkdir(parents=True, exist_ok=True)
    (module / "main.tf").write_text(main)
    for file, text in others.items():
        (module / file.replace("_", ".")).write_text(text)
    return module


def digest(module: Path) -> str:
    """With the modules that lie beside it."""
    beside = {path.name: path for path in module.parent.iterdir()}
    return Modules(beside).digest(module.name)


def test_a_module_is_known_by_its_files(tmp_path: Path) -> None:
    before = digest(a_module(tmp_path, "bus", "# one\n"))

    assert digest(a_module(tmp_path, "bus", "# two\n")) != before
    assert digest(a_module(tmp_path, "bus", "# one\n")) == before
    assert digest(a_module(tmp_path, "bus", "# one\n", policy_json="{}")) != before


def test_what_terraform_does_not_read_does_not_count(tmp_path: Path) -> None:
    module = a_module(tmp_path, "bus")
    before = digest(module)

    a_module(module, "tests", "# a test\n")
    a_module(module, ".terraform", "# a copy\n")
    (module / "README.md").write_text("# Bus\n")

    assert digest(module) == before


def test_the_modules_a_module_calls_count_however_deep(tmp_path: Path) -> None:
    a_module(tmp_path, "key", "# first\n")
    a_module(tmp_path, "bucket", 'module "key" {\n  source = "../key"\n}\n')
    module = a_module(tmp_path, "archive", 'module "b" {\n  source = "../bucket"\n}\n')
    before = digest(module)

    a_module(tmp_path, "key", "# second\n")

    assert digest(module) != before


def test_a_digest_of_its_own_tells_a_module_from_those_it_calls(tmp_path: Path) -> None:
    a_module(tmp_path, "key", "# first\n")
    a_module(tmp_path, "archive", 'module "b" {\n  source = "../key"\n}\n')
    folders = {path.name: path for path in tmp_path.iterdir()}
    before = Modules(folders)
    own = {name: before.own_digest(name) for name in folders}

    a_module(tmp_path, "key", "# second\n")

    now = Modules(folders)
    assert now.own_digest("archive") == own["archive"]
    assert now.own_digest("key") != own["key"]


def test_modules_that_call_each_other_are_no_endless_loop(tmp_path: Path) -> None:
    module = a_module(tmp_path, "a", 'module "b" {\n  source = "../b"\n}\n')
    a_module(tmp_path, "b", 'module "a" {\n  source = "../a"\n}\n')

    assert digest(module)


def test_the_same_module_elsewhere_has_the_same_digest(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there" / "deeper"

    assert digest(a_module(here, "bus")) == digest(a_module(there, "bus"))


def test_a_module_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(OrchestratorError, match="bus: there is no such module"):
        digest(tmp_path / "bus")
