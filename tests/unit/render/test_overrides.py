"""A project's own files in the place of the product's."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from orchestrator.adapters.files import BuildFolders
from orchestrator.errors import ConfigurationError
from orchestrator.model.names import StackName
from orchestrator.model.plan import Rendering
from orchestrator.render import Renderer, stacks_of
from tests.unit.render.builders import HOME, ROOT, SECOND, an_account, an_organization

ORGANIZATION = an_organization(an_account())
KEYS = {key: key.stack for key in stacks_of(ORGANIZATION)}


def rendered(root: Path, files: Mapping[str, str], stack: StackName) -> Rendering:
    """The last account's stack of that name, with `files` in overrides/."""
    for path, text in files.items():
        file = root / "overrides" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    key = [key for key, name in KEYS.items() if name is stack][-1]
    return Renderer(root).render(ORGANIZATION, key)


def main_of(rendering: Rendering) -> str:
    return dict(rendering.files)["main.tf"]


def test_a_block_takes_the_place_of_the_product_s(tmp_path: Path) -> None:
    plain = main_of(rendered(tmp_path, {}, StackName.ACCOUNT))
    own = "\n# in {{ region | comment }}\n"

    found = rendered(tmp_path, {"terraform/account/region_baseline.tf.j2": own}, StackName.ACCOUNT)

    assert 'module "region_baseline_' in plain
    assert 'module "region_baseline_' not in main_of(found)
    assert f"# in {HOME}\n" in main_of(found)
    assert f"# in {SECOND}\n" in main_of(found)
    assert 'module "config_recorder_' in main_of(found)
    assert found.overrides == ("terraform/account/region_baseline",)


def test_the_block_named_own_adds_to_a_stack(tmp_path: Path) -> None:
    plain = main_of(rendered(tmp_path, {}, StackName.ACCOUNT))
    files = {
        "terraform/account/own.tf.j2": '\nmodule "extra" {\n  source = {{ "extra" | module }}\n}\n',
        "modules/extra/main.tf": "locals {}\n",
    }

    found = rendered(tmp_path, files, StackName.ACCOUNT)

    added = '\nmodule "extra" {\n  source = "../../_modules/extra"\n}\n'
    assert main_of(found) == plain + added
    assert set(found.overrides) == {"terraform/account/own", "modules/extra"}
    root = BuildFolders(tmp_path / "build").write(found)
    assert (root / "../../_modules/extra/main.tf").read_text() == "locals {}\n"


def test_another_stack_is_what_it_was(tmp_path: Path) -> None:
    plain = rendered(tmp_path, {}, StackName.SECURITY)

    found = rendered(tmp_path, {"terraform/account/own.tf.j2": "# mine\n"}, StackName.SECURITY)

    assert found == plain


def test_a_whole_template_is_replaced_by_its_own_name(tmp_path: Path) -> None:
    found = rendered(tmp_path, {"terraform/account/main.tf.j2": "# nothing\n"}, StackName.ACCOUNT)

    assert main_of(found) == "# nothing\n"
    assert "providers.tf" in dict(found.files)


def test_a_module_is_replaced_for_all_that_call_it(tmp_path: Path) -> None:
    plain = rendered(tmp_path, {}, StackName.ACCOUNT)

    found = rendered(tmp_path, {"modules/account_baseline/main.tf": "# mine\n"}, StackName.ACCOUNT)

    assert found.files == plain.files
    assert found.digest != plain.digest
    assert found.overrides == ("modules/account_baseline",)
    (module,) = (m for m in found.modules if m.folder == "_modules/account_baseline")
    assert [name for name, _ in module.files] == ["main.tf"]


def test_a_module_that_only_modules_call_is_replaced_as_well(tmp_path: Path) -> None:
    plain = rendered(tmp_path, {}, StackName.LOG_ARCHIVE)

    found = rendered(tmp_path, {"modules/kms_key/main.tf": "# mine\n"}, StackName.LOG_ARCHIVE)

    assert (found.files, found.overrides) == (plain.files, ("modules/kms_key",))
    assert found.digest != plain.digest


def test_the_lock_file_may_be_the_project_s_own(tmp_path: Path) -> None:
    found = rendered(tmp_path, {"terraform/.terraform.lock.hcl": "# mine\n"}, StackName.SECURITY)

    assert dict(found.files)[".terraform.lock.hcl"] == "# mine\n"
    assert found.overrides == ("terraform/.terraform.lock.hcl",)


def test_a_block_that_there_is_not_is_refused_with_those_that_there_are(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError) as refused:
        rendered(tmp_path, {"terraform/account/region_baselin.tf.j2": ""}, StackName.SECURITY)

    (problem,) = refused.value.problems
    assert problem.what == "stack account has no block and no file 'region_baselin'"
    assert problem.fix.startswith("did you mean 'region_baseline'? choose one of ")
    assert "own" in problem.fix


def test_a_block_and_the_file_it_is_in_are_not_both_overridden(tmp_path: Path) -> None:
    files = {"terraform/account/own.tf.j2": "", "terraform/account/main.tf.j2": ""}

    with pytest.raises(ConfigurationError, match="keep one of the two"):
        rendered(tmp_path, files, StackName.ACCOUNT)


@pytest.mark.parametrize(
    "text", ["{{ nobody | hcl }}", "{% if %}", "{{ account.name }}", '{% include "no.tf.j2" %}']
)
@pytest.mark.parametrize("name", ["own", "main"])
def test_a_mistake_in_an_own_template_is_the_user_s_and_named(
    tmp_path: Path, text: str, name: str
) -> None:
    with pytest.raises(ConfigurationError, match=rf"overrides/terraform/account/{name}\.tf\.j2"):
        rendered(tmp_path, {f"terraform/account/{name}.tf.j2": text}, StackName.ACCOUNT)


def test_the_block_that_the_documentation_shows_is_rendered(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "how-to" / "override.md").read_text("utf-8")
    shown = page.partition("```text\n# overrides/terraform/account/own.tf.j2\n")[2]
    files = {
        "terraform/account/own.tf.j2": shown.partition("```")[0],
        "modules/budget/main.tf": 'variable "account" {}\nvariable "team" {}\n',
    }

    main = main_of(rendered(tmp_path, files, StackName.ACCOUNT))

    assert 'module "budget" {\n  source = "../../_modules/budget"\n\n  account = "' in main
