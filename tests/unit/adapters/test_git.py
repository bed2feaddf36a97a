from __future__ import annotations

import os
from pathlib import Path

import pytest

from orchestrator.adapters.git import Git, GitBranches
from orchestrator.adapters.process import Processes
from orchestrator.errors import UsageError
from tests.unit.accounts.checkouts import Checkout, a_checkout

FILE = Path("account_configs/ous/workloads/new.yaml")
PEOPLE = {
    f"GIT_{who}_{what}": said
    for who in ("AUTHOR", "COMMITTER")
    for what, said in {"NAME": "test", "EMAIL": "test@example.com"}.items()
}


def branches(checkout: Checkout, env: dict[str, str] | None = None) -> GitBranches:
    kept = {"PATH": os.environ["PATH"], "HOME": str(checkout.root)}
    return GitBranches(Git(checkout.root, {**kept, **(PEOPLE if env is None else env)}, run))


run = Processes().run


@pytest.mark.parametrize("below", ["", "infrastructure/security"])
def test_a_commit_on_a_branch_leaves_checkout_and_index_as_they_are(
    tmp_path: Path, below: str
) -> None:
    checkout = a_checkout(tmp_path, below)
    checkout.write("teams.yaml", "# not committed\n")
    head, status = checkout.git("rev-parse", "HEAD"), checkout.git("status", "--porcelain")
    gone = Path("account_configs/ous/workloads/shop-dev.yaml")

    made = branches(checkout).commit("vend/1", head, {FILE: "new: 1\n", gone: None}, "Vend new")

    assert branches(checkout).tip("vend/1") == made
    assert checkout.git("rev-parse", "HEAD") == head
    assert checkout.git("status", "--porcelain") == status
    changed = checkout.git("diff", "--name-status", "--relative", head, made).splitlines()
    assert changed == [f"A\t{FILE}", f"D\t{gone}"]
    assert checkout.git("show", f"{made}:./{FILE}") == "new: 1"
    assert checkout.git("log", "-1", "--format=%s", made) == "Vend new"


def test_a_branch_is_gone_on_from_where_it_is_and_never_over_somebody_elses_commit(
    tmp_path: Path,
) -> None:
    checkout = a_checkout(tmp_path)
    head = checkout.git("rev-parse", "HEAD")
    mine = branches(checkout)
    first = mine.commit("vend/1", head, {FILE: "1\n"}, "One")

    second = mine.commit("vend/1", first, {FILE: "2\n"}, "Two")
    with pytest.raises(UsageError, match="update-ref"):
        mine.commit("vend/1", first, {FILE: "3\n"}, "Three")

    assert mine.tip("vend/1") == second
    assert checkout.git("rev-parse", f"{second}^") == first


def test_a_branch_that_is_checked_out_is_refused(tmp_path: Path) -> None:
    checkout = a_checkout(tmp_path)
    head, branch = checkout.git("rev-parse", "HEAD"), checkout.git("branch", "--show-current")

    with pytest.raises(UsageError, match=f"'{branch}' is checked out"):
        branches(checkout).commit(branch, head, {FILE: "1\n"}, "One")


@pytest.mark.parametrize("name", ["", "-x", "a..b", "a b", "refs/heads/../x", "x\ny"])
def test_what_cannot_be_a_branch_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be the name of a branch"):
        branches(a_checkout(tmp_path)).tip(name)


def test_whoever_is_nobody_to_git_is_told_what_to_set(tmp_path: Path) -> None:
    checkout = a_checkout(tmp_path)
    nobody = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "user.useConfigOnly"}
    nobody["GIT_CONFIG_VALUE_0"] = "true"

    with pytest.raises(UsageError, match="commit-tree") as refused:
        branches(checkout, nobody).commit("x", checkout.git("rev-parse", "HEAD"), {FILE: "1"}, "y")

    assert refused.value.fix == "say who you are: git config user.name and user.email"
    assert branches(checkout).tip("x") == ""
