from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from orchestrator.cli.doctor import code, document, lines
from orchestrator.model.exit_code import ExitCode
from orchestrator.model.preflight import Need, Readiness
from orchestrator.wiring import examine

FOUND = Need("terraform", Readiness.OK, "Terraform 1.11.4 (/usr/bin/terraform)")
LATER = Need("provider", Readiness.NOTE, "from the registry", "name a mirror")
MISSING = Need("checkov", Readiness.MISSING, "not installed", "install it")


def test_each_need_has_a_line_and_the_remedy_stands_below_it() -> None:
    assert list(lines([FOUND, LATER])) == [
        "ok       terraform  Terraform 1.11.4 (/usr/bin/terraform)",
        "note     provider   from the registry",
        "                    fix: name a mirror",
    ]


def test_only_what_is_missing_makes_the_exit_code() -> None:
    assert code([FOUND, LATER]) is ExitCode.DONE
    assert code([FOUND, LATER, MISSING]) is ExitCode.CONFIGURATION


def test_the_document_says_the_same_with_a_version() -> None:
    said = json.loads(document([FOUND, MISSING]))

    assert (said["version"], said["ready"]) == (1, False)
    assert said["needs"][1] == {
        "name": "checkov",
        "presence": "missing",
        "found": "not installed",
        "fix": "install it",
    }


@pytest.mark.parametrize(
    ("pin", "ended"), [(">=0", ExitCode.DONE), ("==0.0.1", ExitCode.CONFIGURATION)]
)
def test_a_project_that_is_made_with_other_versions_is_named(
    pin: str, ended: ExitCode, tmp_path: Path
) -> None:
    (tmp_path / "orchestrator.toml").write_text(f'[versions]\norchestrator = "{pin}"\n')

    (need,) = [need for need in examine(os.environ, tmp_path) if need.name == "project"]

    assert code([need]) is ended
    if ended:
        assert "it is made with orchestrator ==0.0.1, here " in need.found
        assert "orchestrator upgrade" in need.fix
