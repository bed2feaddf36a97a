"""A review sees what is in the tree, whatever attributes and configuration would do to it.

`git archive` and a checkout leave files out, fill in texts and filter them as attributes say: in
the tree, in the repository, in the configuration of whoever runs git. None of that may hide a
change from a comparison, or show one that is not there.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from orchestrator.adapters.git import Git
from orchestrator.adapters.process import Processes
from orchestrator.errors import UsageError
from tests.unit.accounts.checkouts import Checkout, a_checkout, told

CHANGED = "account_configs/ous/workloads/shop-dev.yaml"
ATTRIBUTES = (
    "export-ignore",
    "export-subst",
    "filter=nothing",
    "diff=nothing",
    "-diff",
    "binary",
    "text eol=crlf",
    "working-tree-encoding=UTF-16",
    "ident",
    "merge=ours",
    "linguist-generated",
)
PATTERNS = ("*", CHANGED, "account_configs/**", "*.yaml")


def in_the_tree(checkout: Checkout, line: str) -> None:
    (checkout.root / ".gitattributes").write_text(line)


def in_the_repository(checkout: Checkout, line: str) -> None:
    file = checkout.root / ".git" / "info" / "attributes"
    file.parent.mkdir(exist_ok=True)
    file.write_text(line)


def in_the_configuration(checkout: Checkout, line: str) -> None:
    file = checkout.root / ".git" / "ours"
    file.write_text(line)
    checkout.git("config", "core.attributesFile", str(file))


WAYS = (in_the_tree, in_the_repository, in_the_configuration)


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """Two commits; the second one changes an account."""
    checkout = a_checkout(tmp_path_factory.mktemp("attributes"))
    checkout.git("config", "filter.nothing.smudge", "true")
    checkout.git("config", "filter.nothing.clean", "cat")
    checkout.git("config", "diff.nothing.textconv", "true")
    (checkout.root / CHANGED).open("a").write("tags:\n  changed: 'yes'  # $Format:%H$ $Id$\n")
    checkout.commit()
    return checkout


@pytest.fixture
def clean(changed: Checkout) -> Checkout:
    """Without the attributes that another test has set."""
    for file in (".gitattributes", ".git/info/attributes"):
        (changed.root / file).unlink(missing_ok=True)
    subprocess.run(
        ["git", "config", "--unset", "core.attributesFile"], cwd=changed.root, check=False
    )
    return changed


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("attribute", ATTRIBUTES)
def test_no_attribute_hides_a_change(
    clean: Checkout, attribute: str, way: Callable[[Checkout, str], None], tmp_path: Path
) -> None:
    for pattern in PATTERNS:
        way(clean, f"{pattern} {attribute}\n")
        folder = tmp_path / pattern.replace("/", "-").replace("*", "x")
        git = Git(clean.root, dict(os.environ), Processes().run)

        git.extract("HEAD", ("account_configs",), folder)

        stored = clean.git("cat-file", "blob", f"HEAD:{CHANGED}")
        assert (folder / CHANGED).read_text().strip() == stored, pattern
        count = len(clean.git("ls-tree", "-r", "--name-only", "HEAD", "account_configs").split())
        assert sum(file.is_file() for file in folder.rglob("*")) == count, pattern


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_change_to_files_left_out_of_archives_affects_its_account(
    tmp_path: Path, way: Callable[[Checkout, str], None]
) -> None:
    checkout = a_checkout(tmp_path)
    way(checkout, f"{CHANGED} export-ignore\n")
    checkout.commit("Attributes that nobody looks at")
    checkout.write("ous/workloads/shop-dev.yaml", "tags:\n  changed: 'yes'\n")
    checkout.commit()

    assert told(checkout.affected("HEAD~1..HEAD"))


def test_an_object_put_in_anothers_place_is_not_believed(tmp_path: Path) -> None:
    checkout = a_checkout(tmp_path)
    before = checkout.git("rev-parse", "HEAD")
    checkout.write("ous/workloads/shop-dev.yaml", "tags:\n  changed: 'yes'\n")
    checkout.commit()
    checkout.git("replace", "HEAD", before)

    assert told(checkout.affected("HEAD~1..HEAD"))


def test_a_link_that_a_revision_has_is_refused_by_whoever_reads_it(tmp_path: Path) -> None:
    checkout = a_checkout(tmp_path)
    (checkout.root / "account_configs" / "ous" / "more.yaml").symlink_to("/etc/hostname")
    checkout.commit()

    with pytest.raises(UsageError, match="is a symbolic link"):
        checkout.affected("HEAD~1..HEAD")


def test_a_repository_within_the_repository_is_refused(tmp_path: Path) -> None:
    checkout = a_checkout(tmp_path)
    head = checkout.git("rev-parse", "HEAD")
    entry = f"160000,{head},account_configs/ous/elsewhere"
    checkout.git("update-index", "--add", "--cacheinfo", entry)
    checkout.git("commit", "--quiet", "--message", "A submodule")

    with pytest.raises(UsageError, match="is a commit in"):
        checkout.affected("HEAD~1..HEAD")
