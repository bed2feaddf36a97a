"""An override reads its own folder and modules beside it; anything else could change unseen."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.assets.folders import read_overrides
from orchestrator.assets.reach import everything, leaks
from orchestrator.errors import ConfigurationError
from tests.unit.assets.test_overrides import PRODUCT, a_folder, refused

ROOT = Path(__file__).parents[3]

LEADS_OUT = {
    "a module further away": 'module "x" { source = "../../../elsewhere" }',
    "a folder within another module": 'module "x" { source = "../key/inner" }',
    "on one line with a good one": 'module "a" { source = "../key" } locals { b = "../c" }',
    "in pieces": 'locals { up = join("/", ["..", "..", "secret"]) }',
    "by an escape": 'module "x" { source = "\\u002e./\\u002e./elsewhere" }',
    "by a slash that is escaped": 'module "x" { source = "..\\u002felsewhere" }',
    "a file above": 'locals { a = file("${path.module}/../../../docs/x.json") }',
    "a file by its whole path": 'locals { a = file("/checkout/docs/x.json") }',
    "a file on the next line": 'locals {\n  a = templatefile(\n    "/x",\n    {},\n  )\n}',
    "a file by a variable": "locals { a = filebase64(var.file) }",
    "a set of files": 'locals { a = fileset("/", "*") }',
    "where the command was called": 'locals { a = "${path.cwd}/x" }',
    "in what looks like a comment": 'locals { a = <<E\n# ${file("${path.module}/../x")}\nE\n}',
    "the home folder": 'locals { a = pathexpand("~/x") }',
}


@pytest.mark.parametrize("text", LEADS_OUT.values(), ids=LEADS_OUT)
def test_what_leads_out_of_its_folder_is_refused(text: str, tmp_path: Path) -> None:
    said = refused(a_folder(tmp_path, **{"modules/account_baseline/main.tf": f"# why\n{text}\n"}))

    assert "overrides/modules/account_baseline/main.tf:" in said
    assert "fix: " in said


@pytest.mark.parametrize("text", LEADS_OUT.values(), ids=LEADS_OUT)
def test_a_block_of_ones_own_is_looked_at_too(text: str, tmp_path: Path) -> None:
    said = refused(a_folder(tmp_path, **{"terraform/account/own.tf.j2": text}))

    assert "overrides/terraform/account/own.tf.j2:" in said


@pytest.mark.parametrize("name", ["main.tf.json", "more.tofu"])
def test_forms_that_are_not_looked_into_are_refused(name: str, tmp_path: Path) -> None:
    said = refused(a_folder(tmp_path, **{f"modules/key/{name}": "{}"}))

    assert f"overrides/modules/key/{name}: is not looked into" in said


def test_a_link_is_refused_wherever_it_leads(tmp_path: Path) -> None:
    folder = a_folder(tmp_path, **{"modules/key/main.tf": "", "elsewhere.tf": ""})
    (folder / "elsewhere.tf").unlink()
    (folder / "modules" / "key" / "more.tf").symlink_to(ROOT / "noxfile.py")
    (folder / "modules" / "key" / "inner").symlink_to(ROOT / "modules")

    said = refused(folder)

    assert "overrides/modules/key/more.tf: is a symbolic link" in said
    assert "overrides/modules/key/inner: is a symbolic link" in said


def test_what_stays_in_its_folder_is_taken(tmp_path: Path) -> None:
    text = """# a comment
module "key" { source = "../key" }
module "inner" { source = "./inner" }
locals {
  a = file("${path.module}/a.json")
  b = templatefile("${path.module}/b.tftpl", {})
  c = concat(local.d...)
  e = var.profile("x")
}
"""
    folder = a_folder(tmp_path, **{"modules/account_baseline/main.tf": text})

    assert "account_baseline" in read_overrides(folder, PRODUCT).modules


@pytest.mark.parametrize("module", sorted(p.name for p in (ROOT / "modules").iterdir()))
def test_every_module_of_the_product_can_be_copied_as_an_override(
    module: str, tmp_path: Path
) -> None:
    folder = ROOT / "modules" / module
    files = [file for file in everything(folder) if "tests" not in file.parts]

    assert list(leaks(ROOT, files)) == []


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    files = {f"modules/{name}/main.tf": 'x = "../../y"\n' for name in ("account_baseline", "key")}

    with pytest.raises(ConfigurationError) as refused_all:
        read_overrides(a_folder(tmp_path, **files), PRODUCT)

    assert len(refused_all.value.problems) == 2
