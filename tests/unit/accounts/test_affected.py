from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.accounts.affected import between
from orchestrator.errors import ConfigurationError, UsageError
from tests.unit.accounts.checkouts import Checkout, a_checkout, told
from tests.unit.config.trees import DEV, PROD, TODAY, decision

WORKLOADS = "ous/workloads/_ou.yaml"
STANDARDS = "security_hub:\n  standards:\n    cis_3_0: true\n"
LOCAL = "  security_hub:\n    mode: local\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return a_checkout(tmp_path)


def test_nothing_is_affected_where_nothing_changed(checkout: Checkout) -> None:
    assert checkout.affected().stacks == ()
    assert checkout.affected("main...HEAD").stacks == ()


def test_a_comment_or_another_order_affects_nothing(checkout: Checkout) -> None:
    checkout.write("organization.yaml", "# a remark\n")
    checkout.replace("account_configs/" + WORKLOADS, "team: shop\n", "")
    checkout.replace("account_configs/" + WORKLOADS, "ou:\n", "team: shop\nou:\n")

    assert checkout.affected().stacks == ()


def test_a_setting_of_an_ou_affects_its_accounts_with_file_and_line(checkout: Checkout) -> None:
    checkout.write(WORKLOADS, STANDARDS)

    reasons = told(checkout.affected())

    where = "account_configs/ous/workloads/_ou.yaml:7 security_hub.standards.cis_3_0"
    assert reasons["shop-dev/account"] == [where]
    assert reasons["shop-prod/account"] == [where]
    assert "management/account" not in reasons


def test_a_stack_made_from_all_accounts_is_affected_by_each(checkout: Checkout) -> None:
    checkout.write(WORKLOADS, STANDARDS)

    assert told(checkout.affected())["security/security"] == [
        "account_configs/ous/workloads/_ou.yaml:7 security_hub.standards.cis_3_0"
    ]


def test_a_setting_that_an_account_overrides_does_not_affect_it(checkout: Checkout) -> None:
    checkout.write(DEV, "config_recorder:\n  frequency: daily\n")
    checkout.commit()
    checkout.write(WORKLOADS, "config_recorder:\n  frequency: daily\n")

    assert list(told(checkout.affected())) == ["shop-prod/account"]


def test_a_setting_taken_away_is_shown_where_it_stood(checkout: Checkout) -> None:
    checkout.write(DEV, "config_recorder:\n  frequency: daily\n")
    checkout.commit()
    checkout.replace(f"account_configs/{DEV}", "config_recorder:\n  frequency: daily\n", "")

    assert told(checkout.affected()) == {
        "shop-dev/account": [
            f"account_configs/{DEV}:5 config_recorder.frequency is gone",
        ]
    }


def test_the_gates_rules_count_though_nothing_is_rendered_from_them(checkout: Checkout) -> None:
    checkout.replace("account_configs/ous/workloads/prod/_ou.yaml", "changes: 50", "changes: 40")

    assert told(checkout.affected()) == {
        "shop-prod/account": ["account_configs/ous/workloads/prod/_ou.yaml:8 gate.limits.changes"]
    }


def test_a_decision_on_a_control_affects_the_stack_it_is_rendered_into(checkout: Checkout) -> None:
    checkout.write("controls/s3.yaml", f"  S3.9:\n{decision('disable', 4)}")

    reasons = told(checkout.affected())

    assert list(reasons) == ["security/security"]
    assert (
        "account_configs/controls/s3.yaml:15 security_hub.controls.S3.9.decision"
        in (reasons["security/security"])
    )


def test_in_local_mode_a_decision_affects_every_account(checkout: Checkout) -> None:
    checkout.replace(
        "account_configs/organization.yaml",
        "  log_archive:\n    b",
        f"{LOCAL}  log_archive:\n    b",
    )
    checkout.commit()
    checkout.write("controls/s3.yaml", f"  S3.9:\n{decision('disable', 4)}")

    reasons = told(checkout.affected())["shop-dev/account"]

    assert "account_configs/controls/s3.yaml:15 security_hub.controls.S3.9.decision" in reasons


def test_a_module_affects_the_stacks_that_call_it(checkout: Checkout) -> None:
    checkout.replace("modules/config_recorder/main.tf", "resource", "# a remark\nresource")

    reasons = told(checkout.affected())

    assert set(reasons) == {
        f"{name}/account"
        for name in ("management", "security", "log-archive", "shop-dev", "shop-prod")
    }
    assert reasons["shop-dev/account"] == ["modules/config_recorder changed"]


def test_a_module_that_modules_call_affects_the_stacks_that_call_those(checkout: Checkout) -> None:
    checkout.replace("modules/private_bucket/main.tf", "resource", "# a remark\nresource")

    assert told(checkout.affected()) == {
        "log-archive/log_archive": ["modules/private_bucket changed"]
    }


def test_a_modules_readme_affects_nothing(checkout: Checkout) -> None:
    (checkout.root / "modules/config_recorder/README.md").write_text("Read me.\n")

    assert checkout.affected().stacks == ()


def test_a_template_affects_its_stacks(checkout: Checkout) -> None:
    (template,) = (checkout.root / "terraform" / "log_archive").glob("main.tf*")
    template.write_text(f"# a remark\n{template.read_text()}")

    assert told(checkout.affected()) == {
        "log-archive/log_archive": [f"terraform/log_archive/{template.name} changed"]
    }


def test_a_new_account_is_new_and_a_removed_one_is_told_and_not_among_the_stacks(
    checkout: Checkout,
) -> None:
    checkout.write(
        "ous/workloads/shop-test.yaml",
        'account:\n  id: "100000000006"\n  email: aws+shop-test@example.com\n',
    )
    (checkout.root / "account_configs" / PROD).unlink()
    checkout.replace("account_configs/waves.yaml", "[shop-dev]", "[shop-dev, shop-test]")
    checkout.replace(
        "account_configs/waves.yaml", "ous: [Security, Workloads/Prod]", "ous: [Security]"
    )
    checkout.replace("account_configs/exceptions.yaml", "[shop-prod]", "[shop-dev]")

    comparison = checkout.affected()

    assert told(comparison)["shop-test/account"] == ["is new"]
    assert [key.folder for key in comparison.removed] == ["shop-prod/account"]
    assert "shop-prod/account" not in told(comparison)
    assert {key.folder for key in comparison.keys} >= {"shop-prod/account", "shop-test/account"}


def test_a_renamed_account_is_neither_new_nor_removed(checkout: Checkout) -> None:
    folder = checkout.root / "account_configs" / "ous" / "workloads"
    (folder / "shop-dev.yaml").rename(folder / "shop-lab.yaml")
    checkout.replace("account_configs/waves.yaml", "shop-dev", "shop-lab")

    comparison = checkout.affected()

    assert comparison.removed == ()
    assert "shop-lab/account" in told(comparison)


def test_three_dots_begin_where_the_branch_began(checkout: Checkout) -> None:
    checkout.git("checkout", "--quiet", "-b", "topic")
    checkout.write(DEV, "config_recorder:\n  frequency: daily\n")
    checkout.commit()
    checkout.git("checkout", "--quiet", "main")
    checkout.write(PROD, "baseline:\n  imdsv2: false\n")
    checkout.commit()

    assert list(told(checkout.affected("main...topic"))) == ["shop-dev/account"]
    assert set(told(checkout.affected("main..topic"))) == {"shop-dev/account", "shop-prod/account"}


def test_one_revision_is_compared_with_the_files_as_they_are(checkout: Checkout) -> None:
    checkout.write(DEV, "config_recorder:\n  frequency: daily\n")

    assert list(told(checkout.affected("main"))) == ["shop-dev/account"]
    assert checkout.affected("main...HEAD").stacks == ()


def test_a_project_may_be_a_folder_of_its_repository(tmp_path: Path) -> None:
    checkout = a_checkout(tmp_path, "infra/security")
    checkout.write(DEV, "config_recorder:\n  frequency: daily\n")
    checkout.commit()

    assert list(told(checkout.affected("HEAD~1..HEAD"))) == ["shop-dev/account"]


def test_the_repository_is_left_as_it_was(checkout: Checkout) -> None:
    checkout.write(DEV, "config_recorder:\n  frequency: daily\n")
    before = checkout.git("status", "--porcelain", "--branch"), checkout.git("worktree", "list")

    checkout.affected("main~0...HEAD")

    assert before == (
        checkout.git("status", "--porcelain", "--branch"),
        checkout.git("worktree", "list"),
    )


def test_a_hook_of_another_repository_does_not_turn_the_comparison_to_it(
    checkout: Checkout,
) -> None:
    history = replace(checkout.history, env={**checkout.history.env, "GIT_DIR": "/nowhere"})

    assert between("HEAD", history, checkout.root, TODAY).stacks == ()


@pytest.mark.parametrize("revisions", ["nope", "main...nope", "--output=x", "main...--help"])
def test_a_revision_that_is_none_is_a_mistake(checkout: Checkout, revisions: str) -> None:
    with pytest.raises(UsageError, match="git knows no revision"):
        checkout.affected(revisions)


def test_branches_without_a_common_beginning_cannot_be_compared(checkout: Checkout) -> None:
    checkout.git("checkout", "--quiet", "--orphan", "other")
    checkout.commit()

    with pytest.raises(UsageError, match="no commit in common") as raised:
        checkout.affected("main...other")
    assert raised.value.fix == "compare revisions of one history"


def in_ci(checkout: Checkout, folder: Path, *commands: tuple[str, ...]) -> Checkout:
    """A second checkout beside the first, made by these commands of git."""
    checkout.git("checkout", "--quiet", "-b", "feature")
    checkout.write(DEV, "config_recorder:\n  frequency: daily\n")
    checkout.commit()
    made = Checkout(folder / "ci")
    made.root.mkdir()
    for command in commands:
        made.git(*(word.replace("URL", f"file://{checkout.root}") for word in command))
    return made


INIT, REMOTE = ("init", "--quiet"), ("remote", "add", "origin", "URL")
EVERYTHING = ("fetch", "--quiet", "origin", "+refs/heads/*:refs/remotes/origin/*")
ONE_BRANCH = ("fetch", "--quiet", "origin", "+refs/heads/feature:refs/remotes/origin/feature")
ONE_COMMIT = ("fetch", "--quiet", "--depth", "1", "origin", EVERYTHING[-1])
DETACHED = ("checkout", "--quiet", "--detach", "origin/feature")


def test_a_branch_that_is_only_at_the_origin_is_taken_from_there(
    checkout: Checkout, tmp_path: Path
) -> None:
    ci = in_ci(checkout, tmp_path, INIT, REMOTE, EVERYTHING, DETACHED)

    assert ci.affected("main...HEAD").stacks == ci.affected("origin/main...HEAD").stacks
    assert ci.affected("main...HEAD").stacks


def test_where_one_branch_is_fetched_the_remedy_brings_the_other(
    checkout: Checkout, tmp_path: Path
) -> None:
    ci = in_ci(checkout, tmp_path, INIT, REMOTE, ONE_BRANCH, DETACHED)

    with pytest.raises(UsageError, match="git knows no revision 'main'") as raised:
        ci.affected("main...HEAD")
    printed = raised.value.fix.partition("`git ")[2].rstrip("`")
    ci.git(*printed.split())

    assert ci.affected("main...HEAD").stacks


def test_where_one_commit_is_fetched_the_remedy_brings_the_history(
    checkout: Checkout, tmp_path: Path
) -> None:
    ci = in_ci(checkout, tmp_path, INIT, REMOTE, ONE_COMMIT, DETACHED)

    with pytest.raises(UsageError, match="no commit in common") as raised:
        ci.affected("main...HEAD")
    ci.git(*raised.value.fix.partition("`git ")[2].partition("`")[0].split())

    assert ci.affected("main...HEAD").stacks


def test_without_git_there_is_no_history(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no git history"):
        Checkout(tmp_path).affected()


def test_a_revision_that_cannot_be_resolved_is_named_with_its_problems(checkout: Checkout) -> None:
    checkout.write(DEV, "colour: red\n")
    checkout.commit()
    checkout.replace(f"account_configs/{DEV}", "colour: red\n", "")

    with pytest.raises(UsageError, match="cannot be resolved") as raised:
        checkout.affected("HEAD")
    assert "unknown key 'colour'" in raised.value.message


def test_files_that_cannot_be_resolved_are_an_error_of_their_own(checkout: Checkout) -> None:
    checkout.write(DEV, "colour: red\n")

    with pytest.raises(ConfigurationError, match="unknown key 'colour'"):
        checkout.affected("HEAD")


def test_five_hundred_accounts_are_compared_one_by_one(checkout: Checkout) -> None:
    for number in range(495):
        checkout.write(
            f"ous/workloads/prod/shop-{number}.yaml",
            f'account:\n  id: "3{number:011}"\n  email: aws+{number}@example.com\n',
        )
    checkout.commit()
    checkout.write("organization.yaml", STANDARDS)

    comparison = checkout.affected()

    assert len(comparison.stacks) == 501
