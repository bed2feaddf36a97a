"""The workflows are right by the forges' own schemas, and do what a careful reader would ask."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestrator.app.ci.templates import (
    OF_A_FORGE,
    OWNERS,
    PACKAGE,
    PLACES,
    PROTECTED,
    code_owners,
    init,
    templates,
)
from orchestrator.app.project import Project
from orchestrator.assets.folders import PRODUCT, PROJECT
from orchestrator.assets.project_file import written
from orchestrator.errors import UsageError
from tests.docs.pages import ROOT
from tests.unit.app.ci.jobs import FOLDER, GITHUB, GITLAB, OWN, Script, document, github, scripts

FILES = [*sorted(GITHUB.glob("*.yml")), *sorted(OWN.glob("*.yml"))]
FORMS = sorted((OWN.parent / "ISSUE_TEMPLATE").glob("*.yml"))
PINNED = re.compile(r"uses: [\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
BIN = Path(sys.executable).parent


def run(*argv: str | Path, stdin: str = "") -> str:
    """'' if it has nothing to say."""
    ended = subprocess.run(
        [str(word) for word in argv], input=stdin, capture_output=True, text=True, check=False
    )
    return "" if ended.returncode == 0 else ended.stdout + ended.stderr


@pytest.mark.parametrize("file", [*FILES, GITLAB], ids=lambda file: file.name)
def test_a_workflow_fits_the_forges_schema(file: Path) -> None:
    schema = "vendor.gitlab-ci" if file == GITLAB else "vendor.github-workflows"

    assert run(BIN / "check-jsonschema", "--builtin-schema", schema, file) == ""


@pytest.mark.parametrize("file", FORMS, ids=lambda file: file.name)
def test_a_form_for_issues_fits_the_forges_schema(file: Path) -> None:
    kind = "config" if file.stem == "config" else "forms"

    assert (
        run(BIN / "check-jsonschema", "--builtin-schema", f"vendor.github-issue-{kind}", file) == ""
    )


def test_zizmor_finds_nothing_to_say() -> None:
    assert run(BIN / "zizmor", "--offline", "--pedantic", "--no-progress", "--quiet", *FILES) == ""


@pytest.mark.parametrize("script", list(scripts()), ids=lambda script: script.where)
def test_shellcheck_finds_nothing_to_say(script: Script) -> None:
    assert (
        run(BIN / "shellcheck", "--shell=bash", "--enable=all", *QUIET, "-", stdin=script.text)
        == ""
    )


QUIET = (
    # Variables come from the job's environment; braces and `set -e` in conditions are of taste.
    *("--exclude", "SC2154"),
    *("--exclude", "SC2250"),
    *("--exclude", "SC2312"),
)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_action_is_pinned_by_its_commit(file: Path) -> None:
    uses = [
        line.strip().removeprefix("- ") for line in file.read_text().splitlines() if "uses:" in line
    ]

    assert uses
    assert [line for line in uses if not PINNED.fullmatch(line)] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_nothing_is_allowed_unless_a_job_says_so_and_no_key_is_stored(file: Path) -> None:
    workflow = document(file)

    assert workflow["permissions"] == {}
    assert workflow["concurrency"]["group"]
    assert "pull_request_target" not in workflow["on"]
    assert "secrets." not in file.read_text()
    assert "AWS_SECRET" not in file.read_text()
    for job in workflow["jobs"].values():
        assert job["permissions"]["contents"] == "read"
        assert job["timeout-minutes"]


@pytest.mark.parametrize("script", list(scripts()), ids=lambda script: script.where)
def test_no_expression_is_put_into_shell(script: Script) -> None:
    assert "${{" not in script.text


def jobs_with_identity() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for file in FILES:
        for name, job in document(file)["jobs"].items():
            if job["permissions"].get("id-token") == "write":
                yield file.name, name, job


def test_only_the_job_behind_the_environment_may_apply() -> None:
    found = {
        (file, name): (job["env"]["AWS_ROLE_ARN"], job["env"].get("ORCHESTRATOR_ROLE"))
        for file, name, job in jobs_with_identity()
    }

    plan = ("${{ vars.ORCHESTRATOR_PLAN_ROLE }}", "reader")
    assert found == {
        ("pull-request.yml", "plan"): plan,
        ("schedule.yml", "drift"): plan,
        ("schedule.yml", "report"): plan,
        ("merge.yml", "apply"): ("${{ vars.ORCHESTRATOR_APPLY_ROLE }}", None),
    }
    assert github("merge.yml")["apply"]["environment"] == "production"
    assert document(GITLAB)["apply"]["environment"]["name"] == "production"


def test_every_workflow_is_one_that_init_writes() -> None:
    there = {str(file.relative_to(FOLDER)) for file in FOLDER.rglob("*.yml")}

    assert there == {f"{forge}/{name}" for forge, files in PLACES.items() for name in files}
    assert templates("gitlab")[".gitlab-ci.yml"] == GITLAB.read_text()


@pytest.mark.parametrize("forge", PLACES)
def test_a_project_installs_the_version_that_its_file_names(forge: str, tmp_path: Path) -> None:
    asked = re.compile(r"python3 -c '(import tomllib; [^']+)'")
    (tmp_path / "orchestrator.toml").write_text(written({"orchestrator": "==1.2.3"}))
    for text in templates(forge, PACKAGE).values():
        assert "make setup" not in text
        for code in asked.findall(text):
            ended = subprocess.run(
                [sys.executable, "-c", code],
                cwd=tmp_path,
                capture_output=True,
                text=True,
                check=True,
            )
            assert ended.stdout == "securityhub-orchestrator==1.2.3\n"
        assert asked.search(text)
        yaml.safe_load(text)


@pytest.mark.parametrize("forge", PLACES)
def test_who_owns_what_can_change_the_verdict_is_written_once(forge: str, tmp_path: Path) -> None:
    root = tmp_path / "project"
    shutil.copytree(ROOT / "account_configs", root / "account_configs")
    (root / "orchestrator.toml").write_text(written({"orchestrator": "==1.2.3"}))
    project = Project(root, root)
    file = root / OWNERS[forge]

    assert Path(OWNERS[forge]) in init(project, forge)
    lines = [line for line in file.read_text().splitlines() if line and line[0] != "#"]
    assert {line.partition(" ")[0] for line in lines} == {
        f"/{path}" for path in {**PROTECTED, **OF_A_FORGE[forge]}
    }
    assert {line.partition(" ")[2] for line in lines} == {"platform-security@example.com"}

    file.write_text("mine")
    init(project, forge, "@example/security", force=True)
    assert file.read_text() == "mine"


@pytest.mark.parametrize("owner", ["", "security", "a b@example.com", "a@b.example\n/ @me", "@"])
def test_what_cannot_own_code_is_refused(owner: str) -> None:
    with pytest.raises(UsageError, match="cannot own code"):
        code_owners("github", owner, clone=False)


def test_all_that_a_project_or_a_clone_is_rendered_from_has_an_owner() -> None:
    (text,) = code_owners("github", "@example/security", clone=True).values()
    owned = {line.split()[0] for line in text.splitlines() if line.startswith("/")}

    for name in (*PRODUCT, *PROJECT, "orchestrator", ".github"):
        assert f"/{name}" in owned or f"/{name}/" in owned, name
