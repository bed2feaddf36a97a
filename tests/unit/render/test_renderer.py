from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.adapters.files import BuildFolders
from orchestrator.errors import OrchestratorError
from orchestrator.model.facts import Mode
from orchestrator.model.names import ControlId, OuPath, StackName
from orchestrator.model.organization import Account, Organization
from orchestrator.model.plan import Rendering
from orchestrator.model.settings import DecisionKind, Standard
from orchestrator.render import Renderer, bootstrap_of, stacks_of
from tests.unit.render.builders import (
    HOME,
    HOSTILE,
    ROOT,
    SECOND,
    a_decision,
    an_account,
    an_organization,
    decisions,
)
from tests.unit.render.builders import settings as settings_with

RENDERER = Renderer(ROOT)


def rendered(organization: Organization, stack: StackName, name: str = "") -> dict[str, str]:
    keys = (bootstrap_of(organization), *stacks_of(organization))
    wanted = (k for k in keys if k.stack is stack and name in (k.account_name, ""))
    return dict(RENDERER.render(organization, next(wanted)).files)


def main_of(account: Account, mode: Mode = Mode.CENTRAL) -> str:
    return rendered(an_organization(account, mode=mode), StackName.ACCOUNT, account.name)["main.tf"]


def all_of(organization: Organization, renderer: Renderer = RENDERER) -> list[Rendering]:
    return [renderer.render(organization, key) for key in stacks_of(organization)]


def a_checkout(folder: Path) -> Path:
    for part in ("terraform", "modules"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns(".terraform"))
    return folder


def test_a_root_has_its_files_in_name_order() -> None:
    names = list(rendered(an_organization(), StackName.ACCOUNT))

    assert names == [".terraform.lock.hcl", "backend.tf", "main.tf", "providers.tf", "versions.tf"]


def test_the_lock_file_is_that_of_the_checkout() -> None:
    lock_file = rendered(an_organization(), StackName.SECURITY)[".terraform.lock.hcl"]

    assert lock_file == (ROOT / "terraform" / ".terraform.lock.hcl").read_text("utf-8")


def test_rendering_again_gives_the_same_bytes() -> None:
    again = Renderer(ROOT)

    assert all_of(an_organization()) == all_of(an_organization(), again)


TEXTS = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(st.sampled_from('$%{}"\\\n\r\t~=#ab'), max_size=10),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=10),
)


@pytest.mark.parametrize("mode", list(Mode))
@settings(max_examples=60, derandomize=True, database=None, deadline=None)
@given(name=TEXTS, email=TEXTS, key=TEXTS, value=TEXTS, reason=TEXTS)
def test_whatever_texts_an_account_has_its_roots_have_the_same_blocks(
    mode: Mode, name: str, email: str, key: str, value: str, reason: str
) -> None:
    plain = an_account("orders", decided=decisions(S3_1=DecisionKind.DISABLE))
    odd = replace(
        plain,
        name=f"orders{name}",
        email=email,
        settings=settings_with(tags={key: value, "source": value}),
        decisions={ControlId("S3.1"): a_decision(reason=f"decided so: {reason}")},
    )
    expected = all_of(an_organization(plain, mode=mode))

    for before, after in zip(expected, all_of(an_organization(odd, mode=mode)), strict=True):
        assert lines_at_margin(after) == lines_at_margin(before)


def lines_at_margin(rendering: Rendering) -> list[str]:
    lines = [line for _, text in rendering.files for line in text.split("\n")]
    return [line for line in lines if line and not line.startswith((" ", "#"))]


def test_regions_not_governed_are_absent() -> None:
    files = rendered(
        an_organization(an_account(has=settings_with(regions=(HOME,)))),
        StackName.ACCOUNT,
        "orders-prod",
    )

    assert "us_east_1" not in files["main.tf"] + files["providers.tf"]


def test_a_region_governed_no_more_keeps_a_provider_to_be_cleared_with() -> None:
    left = settings_with(regions=(HOME,)).model_copy(
        update={"regions": {HOME: True, SECOND: False}}
    )
    files = rendered(an_organization(an_account(has=left)), StackName.ACCOUNT, "orders-prod")

    assert "us_east_1" not in files["main.tf"]
    assert 'alias               = "us_east_1"' in files["providers.tf"]


def test_a_home_region_not_governed_still_holds_what_is_global() -> None:
    files = rendered(
        an_organization(an_account(has=settings_with(regions=(SECOND,)))),
        StackName.ACCOUNT,
        "orders-prod",
    )

    assert 'module "account_baseline"' in files["main.tf"]
    assert "ap_northeast_1" not in files["main.tf"]
    assert "record_global_types = true" in files["main.tf"]
    assert f'region              = "{HOME}"' in files["providers.tf"]


def test_global_types_are_recorded_in_one_region() -> None:
    main = main_of(an_account())

    assert main.count("record_global_types = true") == 1
    assert main.count("record_global_types = false") == 1


def test_every_provider_is_bound_to_the_account() -> None:
    providers = rendered(an_organization(), StackName.ACCOUNT, "orders-prod")["providers.tf"]

    assert providers.count('allowed_account_ids = ["200000000007"]') == 2
    assert providers.count('profile             = "200000000007"') == 2
    assert providers.count('"managed-by" = "orchestrator"') == 2


@pytest.mark.parametrize("name", ["management", "security", "log-archive"])
def test_bootstrap_makes_the_roles_of_the_special_accounts(name: str) -> None:
    organization = an_organization()

    account = rendered(organization, StackName.ACCOUNT, name)["main.tf"]
    bootstrap = rendered(organization, StackName.BOOTSTRAP)["main.tf"]

    assert "orchestrator_roles" not in account
    assert f'account_id        = "{organization.named(name).id}"' in bootstrap


def test_central_mode_leaves_security_hub_out_of_the_accounts() -> None:
    assert "security_hub_account" not in main_of(an_account())


def test_local_mode_switches_standards_and_controls_in_every_region() -> None:
    account = an_account(
        has=settings_with(Standard.CIS_3_0), decided=decisions(S3_1=DecisionKind.DISABLE)
    )
    main = main_of(account, Mode.LOCAL)

    assert main.count('"S3.1" = "no workload of ours needs it"') == 2
    for region in (HOME, SECOND):
        assert f"arn:aws:securityhub:{region}::standards/cis-aws-foundations-benchmark" in main


def test_in_local_mode_a_control_is_turned_off_in_the_standards_that_have_it() -> None:
    account = an_account(
        has=settings_with(Standard.CIS_3_0, Standard.AWS_FOUNDATIONAL),
        decided=decisions(S3_1=DecisionKind.DISABLE, S3_9=DecisionKind.DISABLE),
    )
    main = main_of(account, Mode.LOCAL)

    assert '"S3.1" = ["aws_foundational", "cis_3_0"]' in main
    assert '"S3.9" = ["aws_foundational"]' in main


def test_local_mode_leaves_out_where_security_hub_is_off() -> None:
    off = an_account(has=settings_with(enabled=False))
    organization = an_organization(off, mode=Mode.LOCAL)

    assert "security_hub_account" not in main_of(off, Mode.LOCAL)
    assert off.email not in rendered(organization, StackName.SECURITY)["main.tf"]


def test_in_local_mode_the_management_account_has_its_hub_before_it_is_a_member() -> None:
    organization = an_organization(mode=Mode.LOCAL)

    first = rendered(organization, StackName.ORGANIZATION)["main.tf"]
    later = rendered(organization, StackName.ACCOUNT, "management")["main.tf"]

    assert first.count("enable_hub = true") == 2
    assert "security_hub_account" not in later


def test_the_administrator_is_no_member_of_itself() -> None:
    main = rendered(an_organization(mode=Mode.LOCAL), StackName.SECURITY)["main.tf"]

    assert '"200000000002" = ' not in main
    assert '"200000000001" = "aws+1@example.com"' in main


def test_regions_that_only_one_account_governs_are_linked() -> None:
    far = an_account(has=settings_with(regions=(HOME, "eu-west-1")))

    main = rendered(an_organization(far), StackName.SECURITY)["main.tf"]

    assert 'linked_regions = ["us-east-1", "eu-west-1"]' in main


def test_state_is_in_the_bucket_unless_it_is_asked_to_be_local() -> None:
    organization = an_organization()
    key = bootstrap_of(organization)

    there = dict(RENDERER.render(organization, key).files)["backend.tf"]
    here = dict(RENDERER.render(organization, key, local_state=True).files)["backend.tf"]

    assert 'key          = "200000000001/bootstrap/terraform.tfstate"' in there
    assert 'backend "local" {}' in here


def test_the_first_lines_say_where_to_edit() -> None:
    main = main_of(an_account())

    assert main.splitlines()[:5] == [
        "# Stack account of account orders-prod, rendered by orchestrator. Edit there, not here:",
        "#   account_configs/organization.yaml",
        "#   account_configs/ous/workloads/_ou.yaml",
        "#   account_configs/ous/workloads/prod/_ou.yaml",
        "#   account_configs/ous/workloads/prod/orders-prod.yaml",
    ]


def test_the_digest_is_the_same_wherever_checkout_and_build_folder_lie(tmp_path: Path) -> None:
    elsewhere = Renderer(a_checkout(tmp_path / "a" / "b"))

    for here, there in zip(
        all_of(an_organization()), all_of(an_organization(), elsewhere), strict=True
    ):
        assert here.digest == there.digest


def test_the_digest_changes_with_a_module_that_is_called_and_with_no_other(tmp_path: Path) -> None:
    root = a_checkout(tmp_path)
    before = all_of(an_organization(), Renderer(root))

    with (root / "modules" / "findings_bus" / "main.tf").open("a") as file:
        file.write("# changed\n")
    after = all_of(an_organization(), Renderer(root))

    changed = [b.key.stack for b, a in zip(before, after, strict=True) if a.digest != b.digest]
    assert changed == [StackName.SECURITY]


def test_a_tag_that_looks_like_a_module_call_is_none() -> None:
    tags = {"source": "../../_modules/no_such_module"}
    organization = an_organization(an_account(has=settings_with(tags=tags)))

    assert rendered(organization, StackName.ACCOUNT, "orders-prod")


def test_what_is_rendered_calls_nothing_outside_of_the_build_folder(tmp_path: Path) -> None:
    organization = an_organization()
    for key in stacks_of(organization):
        root = BuildFolders(tmp_path).write(RENDERER.render(organization, key))

        for line in (root / "main.tf").read_text("utf-8").splitlines():
            if line.startswith('  source = "'):
                module = (root / line.split('"')[1]).resolve()
                assert module.is_relative_to(tmp_path.resolve())
                original = ROOT / "modules" / module.name
                for file in module.glob("*.tf"):
                    assert file.read_bytes() == (original / file.name).read_bytes()


def test_a_module_finds_those_that_it_calls_beside_itself(tmp_path: Path) -> None:
    organization = an_organization()
    for key in stacks_of(organization):
        BuildFolders(tmp_path).write(RENDERER.render(organization, key))

    files = list((tmp_path / "_modules").glob("*/*.tf"))
    called = {
        (file.parent / source).resolve()
        for file in files
        for source in re.findall(r'source += "(\.\./\w+)"', file.read_text("utf-8"))
    }
    assert {module.name for module in called} >= {"kms_key", "private_bucket"}
    assert all((module / "main.tf").is_file() for module in called)


def test_a_stack_without_its_template_is_an_error_and_not_an_empty_root(tmp_path: Path) -> None:
    root = a_checkout(tmp_path)
    (root / "terraform" / "account" / "main.tf.j2").unlink()

    with pytest.raises(OrchestratorError, match=r"there is no main\.tf\.j2") as refused:
        all_of(an_organization(), Renderer(root))

    assert "restore it" in refused.value.fix


def test_a_module_that_is_called_and_not_there_is_named(tmp_path: Path) -> None:
    root = a_checkout(tmp_path)
    shutil.rmtree(root / "modules" / "account_baseline")

    with pytest.raises(OrchestratorError, match="account_baseline: there is no such module"):
        all_of(an_organization(), Renderer(root))


def test_a_project_without_templates_is_rendered_from_the_installation(tmp_path: Path) -> None:
    assert all_of(an_organization(), Renderer(tmp_path)) == all_of(an_organization())


def test_an_account_at_the_root_has_no_ou_above() -> None:
    account = replace(an_account("audit"), ou=OuPath(""))

    assert "#   account_configs/ous/audit.yaml" in main_of(account)
