from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.modules.examples import PREAMBLE, body, example
from tests.modules.tables import Declared, declared, modules, with_tables
from tests.modules.workshop import LOCK, Workshop

FILES = {"README.md", "main.tf", "outputs.tf", "variables.tf", "versions.tf"}
EVERY = pytest.mark.parametrize("module", modules(), ids=lambda module: module.name)


@EVERY
@pytest.mark.terraform
def test_a_module_passes_its_own_tests(module: Path, workshop: Workshop) -> None:
    ran = workshop.terraform(workshop.module(module.name), "test", "-no-color")

    assert ran.code == 0, ran.stdout + ran.stderr
    assert re.search(r"Success! [1-9]\d* passed", ran.stdout), ran.stdout


@pytest.mark.terraform
def test_every_module_is_valid_as_its_readme_calls_it(workshop: Workshop) -> None:
    root = workshop.folder
    (root / "preamble.tf").write_text(PREAMBLE, "utf-8")
    (root / LOCK.name).write_bytes(LOCK.read_bytes())
    for module in modules():
        (root / f"{module.name}.tf").write_text(body(example(module / "README.md")), "utf-8")

    installed = workshop.terraform(root, "init", "-backend=false", "-input=false", "-no-color")
    valid = workshop.terraform(root, "validate", "-json")

    assert installed.code == 0, installed.stdout + installed.stderr
    assert json.loads(valid.stdout)["diagnostics"] == []


@pytest.mark.terraform
def test_modules_and_examples_are_formatted(workshop: Workshop, tmp_path: Path) -> None:
    for module in modules():
        (tmp_path / f"{module.name}.tf").write_text(example(module / "README.md"), "utf-8")

    in_modules = workshop.terraform(workshop.folder, "fmt", "-check", "-recursive", "modules")
    in_readmes = workshop.terraform(tmp_path, "fmt", "-check")

    assert (in_modules.stdout, in_readmes.stdout) == ("", "")


@EVERY
def test_an_example_is_a_whole_root_that_calls_its_module(module: Path) -> None:
    text = example(module / "README.md")

    assert text.startswith(PREAMBLE)
    assert f'module "{module.name}" {{\n  source = "./modules/{module.name}"\n' in text


@EVERY
def test_the_tables_of_a_readme_are_what_the_module_declares(module: Path) -> None:
    readme = (module / "README.md").read_text("utf-8")

    assert with_tables(readme, module) == readme, "run: python -m tests.modules.tables"


@EVERY
def test_a_readme_says_what_it_costs_and_what_destroying_it_does(module: Path) -> None:
    headings = re.findall(r"^## (.+)$", (module / "README.md").read_text("utf-8"), re.MULTILINE)

    assert headings == ["Example", "Inputs", "Outputs", "Cost", "On destroy"]


@EVERY
def test_a_module_has_the_files_a_reader_looks_for(module: Path) -> None:
    assert {file.name for file in module.iterdir()} >= FILES


@EVERY
def test_a_module_accepts_something_and_refuses_something(module: Path) -> None:
    (file,) = (module / "tests").glob("*.tftest.hcl")
    runs = file.read_text("utf-8").split('\nrun "')[1:]

    assert any("expect_failures" in run for run in runs)
    assert any("assert {" in run for run in runs)


@EVERY
def test_all_modules_ask_for_the_same_versions(module: Path) -> None:
    assert (module / "versions.tf").read_text("utf-8") == PREAMBLE.partition("\nprovider")[0]


@EVERY
def test_a_variable_says_what_it_is_and_is_null_only_by_default(
    module: Path,
) -> None:
    text = (module / "variables.tf").read_text("utf-8")
    variables = declared(module / "variables.tf", "variable")

    never = [variable for variable in variables if variable.default != "null"]
    assert text.count("nullable    = false") + text.count("nullable = false") == len(never)
    assert [v.name for v in variables if not _is_said(v) or not v.type] == []


@EVERY
def test_variables_and_outputs_are_in_alphabetical_order(module: Path) -> None:
    for file, kind in (("variables.tf", "variable"), ("outputs.tf", "output")):
        names = [one.name for one in declared(module / file, kind)]
        assert names == sorted(names)


@EVERY
def test_an_output_says_what_it_is(module: Path) -> None:
    assert [o.name for o in declared(module / "outputs.tf", "output") if not _is_said(o)] == []


def _is_said(one: Declared) -> bool:
    return one.description.endswith(".") and one.description[0].isupper()
