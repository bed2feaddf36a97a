"""The image is built from what is pinned here, and holds nothing that it need not."""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import tomllib
from fnmatch import fnmatch
from importlib import import_module
from pathlib import Path

import pytest
from dockerfile_parse import DockerfileParser  # type: ignore[import-untyped]

from orchestrator.adapters.checkov.scanner import QUIET
from tests.checkov import python

ROOT = Path(__file__).parents[2]
CONTAINERFILE = ROOT / "Containerfile"
IGNORED = ROOT / ".containerignore"
WORKERS = ROOT / "modules" / "runner" / "workers.tf"


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    copy = tmp_path_factory.mktemp("container")
    shutil.copy(CONTAINERFILE, copy / "Dockerfile")
    parsed = DockerfileParser(str(copy)).structure
    return [(step["instruction"], step["value"]) for step in parsed]


def values(steps: list[tuple[str, str]], instruction: str) -> list[str]:
    return [value for name, value in steps if name == instruction]


def test_both_stages_begin_with_one_base_by_its_digest(steps: list[tuple[str, str]]) -> None:
    bases = {value.partition(" AS ")[0] for value in values(steps, "FROM")}
    python = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]["python_version"]

    assert bases == {f"docker.io/library/python:{python}-slim-bookworm@${{PYTHON_DIGEST}}"}
    assert values(steps, "ARG") == ["PYTHON_DIGEST"], "a default would be a base nobody looked at"


def test_packages_come_with_the_hashes_of_the_lock_file(steps: list[tuple[str, str]]) -> None:
    installs = [run for run in values(steps, "RUN") if run.startswith("pip install")]

    assert [
        run for run in installs if "--require-hashes" not in run and "--no-deps" not in run
    ] == []
    assert any("-r requirements.lock" in run for run in installs)
    assert "python -m orchestrator.adapters.checkov.environment" in values(steps, "RUN")


def test_terraform_and_its_provider_are_those_that_the_project_pins(
    steps: list[tuple[str, str]],
) -> None:
    runs = values(steps, "RUN")
    environment = " ".join(values(steps, "ENV"))

    assert any("releases.fetch(" in run for run in runs)
    assert any("providers mirror /opt/providers" in run for run in runs)
    assert any(copied == "terraform/ terraform/" for copied in values(steps, "COPY"))
    assert "ORCHESTRATOR_TERRAFORM=/opt/terraform/terraform" in environment
    assert "ORCHESTRATOR_PROVIDER_MIRROR=/opt/providers" in environment
    assert not re.search(r"\bcurl\b|\bwget\b", " ".join(runs))


def test_what_it_has_python_do_refers_to_what_there_is(steps: list[tuple[str, str]]) -> None:
    codes = [run.split("'")[1] for run in values(steps, "RUN") if run.startswith("python -c")]
    nodes = [node for code in codes for node in ast.walk(ast.parse(code))]
    imported = [node for node in nodes if isinstance(node, ast.ImportFrom)]
    modules = {
        alias.name: import_module(f"{node.module}.{alias.name}")
        for node in imported
        for alias in node.names
    }
    used = [
        (node.value.id, node.attr)
        for node in nodes
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    ]

    assert ("releases", "fetch") in used
    assert [each for each in used if not hasattr(modules[each[0]], each[1])] == []


def test_everything_that_is_copied_is_there_and_not_ignored(steps: list[tuple[str, str]]) -> None:
    copied = [value.split() for value in values(steps, "COPY") if "--from=" not in value]
    sources = [source for *some, _ in copied for source in some]

    assert "orchestrator/" in sources
    assert [source for source in sources if not (ROOT / source).exists()] == []
    assert [source for source in sources if not allowed(source.rstrip("/"))] == []


@pytest.mark.parametrize(
    "path", [".git/config", ".build/1/x.tf", ".orchestrator/runs/1", ".venv/x"]
)
def test_what_runs_leave_behind_stays_out(path: str) -> None:
    assert not allowed(path)


@pytest.mark.parametrize(
    "path", ["terraform/.terraform/x", "modules/a/__pycache__/b.pyc", "terraform/terraform.tfstate"]
)
def test_what_lies_inside_of_the_projects_folders_by_accident_stays_out(path: str) -> None:
    assert not allowed(path)


def test_nobody_but_an_unprivileged_user_runs_in_it(steps: list[tuple[str, str]]) -> None:
    (user,) = values(steps, "USER")

    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)
    assert re.search(rf'\buser\s+= "{user}"', WORKERS.read_text()), "ECS starts it as another user"


def test_signals_reach_the_worker(steps: list[tuple[str, str]]) -> None:
    (entry,), (command,) = values(steps, "ENTRYPOINT"), values(steps, "CMD")

    shell, options, script, name = json.loads(entry)
    assert (shell, options, name) == ("/bin/sh", "-euc", "orchestrator")
    assert script.endswith('exec orchestrator "$@"')
    assert json.loads(command) == ["worker"]


def test_checkov_finds_nothing(tmp_path: Path) -> None:
    shutil.copy(CONTAINERFILE, tmp_path / "Dockerfile")

    argv = ("-m", "checkov.main", "--file", "Dockerfile", "--framework", "dockerfile")

    ran = subprocess.run(
        [str(python()), *argv, "--output", "json", "--skip-download"],
        cwd=tmp_path,
        env=QUIET,
        capture_output=True,
        text=True,
        check=False,
    )

    report = json.loads(ran.stdout)["results"]
    assert [check["check_id"] for check in report["failed_checks"]] == []
    assert report["passed_checks"]


def allowed(path: str) -> bool:
    """As .containerignore says: the last rule that fits the path or a folder above it."""
    lines = [line for line in IGNORED.read_text().splitlines() if line and not line.startswith("#")]
    above = [path, *map(str, Path(path).parents)][:-1] if "/" in path else [path]
    verdict = True
    for line in lines:
        pattern = line.removeprefix("!")
        forms = (pattern, pattern.removeprefix("**/"))
        if any(
            fnmatch(each, form) or fnmatch(Path(each).name, form)
            for each in above
            for form in forms
        ):
            verdict = line.startswith("!")
    return verdict
