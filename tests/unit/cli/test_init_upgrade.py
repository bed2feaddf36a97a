"""A project that another version has rendered, and what this one says to it."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from orchestrator import __version__
from orchestrator.adapters.rendered import digest, of_folders
from orchestrator.cli.main import run
from orchestrator.model.exit_code import ExitCode

ROOT = Path(__file__).parents[3]
OLD = "0.0.1"
FILE = f'# ours\n[versions]\norchestrator = "=={OLD}"  # since spring\nprovider = "==5.0.0"\n'
BASELINE = Path(".build", "_modules", "account_baseline", "main.tf")


def typed(project: Path, *words: str) -> int:
    return run(["--project", str(project), *words])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """As an older version left it, which had a comment less in a root and another module."""
    shutil.copytree(ROOT / "account_configs", tmp_path / "account_configs")
    (tmp_path / "orchestrator.toml").write_text("")
    assert typed(tmp_path, "render") == ExitCode.DONE
    (tmp_path / "orchestrator.toml").write_text(FILE)
    become(tmp_path, orchestrator=OLD)
    return tmp_path


def become(project: Path, **changes: object) -> None:
    """Have the record of what was rendered say something else."""
    file = project / ".build" / "_rendered.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **changes}))


def older(project: Path) -> None:
    """Roots and a module as they were: with a line that the new version has not."""
    record = json.loads((project / ".build" / "_rendered.json").read_text())
    for folder in record["roots"]:
        if folder.endswith("/account"):
            main = project / ".build" / folder / "main.tf"
            main.write_text(f"# {folder.partition('/')[0]} of old\n{main.read_text()}")
    with (project / BASELINE).open("a") as module:
        module.write("# of old\n")
    texts = of_folders(project / ".build", record["roots"])
    become(
        project,
        roots={folder: digest(each) for folder, each in texts.items()},
        modules={**record["modules"], "account_baseline": "another"},
    )


def test_the_same_roots_are_no_change(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert typed(project, "upgrade") == ExitCode.DONE

    said = capsys.readouterr().out
    assert f"orchestrator {OLD} → {__version__}" in said
    assert "16 stacks are rendered as before, by the same modules" in said


def test_what_changes_is_shown_once_for_all_accounts_that_see_the_same(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    older(project)

    assert typed(project, "upgrade") == ExitCode.DONE

    said = capsys.readouterr().out
    assert "12 account stacks" in said
    assert said.count("-# ACCOUNT of old") == 1
    assert "modules/account_baseline is another\n    main.tf: 0 lines more, 1 less" in said
    assert "4 stacks are rendered as before" in said
    assert OLD in (project / "orchestrator.toml").read_text()


def test_the_same_as_json(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    older(project)
    capsys.readouterr()

    typed(project, "upgrade", "--json")

    found = json.loads(capsys.readouterr().out)
    assert (found["version"], found["before"], found["after"]) == (1, OLD, __version__)
    assert [(each["stack"], len(each["accounts"])) for each in found["roots"]] == [("account", 12)]
    assert [each["name"] for each in found["modules"]] == ["account_baseline"]


def test_write_moves_the_versions_and_leaves_the_rest_of_the_file(project: Path) -> None:
    assert typed(project, "validate") == ExitCode.CONFIGURATION

    assert typed(project, "upgrade", "--write") == ExitCode.DONE

    text = (project / "orchestrator.toml").read_text()
    assert f'orchestrator = "=={__version__}"  # since spring\n' in text
    assert text.startswith("# ours\n")
    assert re.search(r'provider = "==\d+\.\d+\.\d+"', text)
    assert "5.0.0" not in text
    assert typed(project, "validate") == ExitCode.DONE


def test_what_was_rendered_by_a_third_version_is_no_measure(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    become(project, orchestrator="0.0.2")

    assert typed(project, "upgrade") == ExitCode.CONFIGURATION

    said = capsys.readouterr().err
    assert "does not hold what orchestrator ==0.0.1 renders" in said
    assert "orchestrator render" in said


@pytest.mark.parametrize(
    ("file", "what"),
    [
        ("account_configs/teams.yaml", "the project has changed since"),
        (".build/orders-prod/account/main.tf", "is not as orchestrator 0.0.1 left it"),
    ],
)
def test_what_was_changed_since_is_no_measure(
    project: Path, file: str, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with (project / file).open("a") as changed:
        changed.write("# since\n")

    assert typed(project, "upgrade") == ExitCode.CONFIGURATION
    assert what in capsys.readouterr().err


def test_a_project_that_pins_nothing_is_told_to(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "orchestrator.toml").write_text("")

    assert typed(project, "upgrade") == ExitCode.CONFIGURATION
    assert f'[versions] orchestrator = "=={__version__}"' in capsys.readouterr().err
