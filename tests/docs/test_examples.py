"""YAML examples are ones that the schemas accept, and console examples show real output."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import jsonschema
import pytest
import yaml

from orchestrator import config
from tests.docs.pages import ROOT, Block, Command, all_commands, blocks, pages

SCHEMAS = ROOT / "schemas"
NAMED = frozenset({"organization", "teams", "waves", "exceptions"})
OFFLINE = frozenset({"validate", "explain", "accounts", "list", "render", "schema"})
"""Commands that need neither AWS nor Terraform: their examples are run."""

WRITTEN = date(2026, 11, 23)
"""A day on which the dates of the examples hold."""


def in_part(example: Block) -> bool:
    """Whether the rest of the file stays as it is: its first line ends with ', in part'."""
    return example.text.partition("\n")[0].endswith(", in part")


EXAMPLES = [b for page in pages() for b in blocks(page) if b.language == "yaml"]
RUNNABLE = [
    command
    for command in all_commands()
    if command.words[0] == "orchestrator"
    and OFFLINE.intersection(command.words[1:2])
    and "…" not in command.words
]


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_every_yaml_example_is_accepted_by_its_schema(example: Block) -> None:
    schema = json.loads((SCHEMAS / f"{schema_of(example)}.schema.json").read_text("utf-8"))
    document = json.loads(json.dumps(yaml.safe_load(example.text), default=str))
    if in_part(example):
        schema = json.loads(json.dumps(schema), object_hook=without_required)

    jsonschema.validate(document, schema)


def without_required(schema: dict[str, object]) -> dict[str, object]:
    """What is left out of a part is in the rest of the file."""
    listed = isinstance(schema.get("required"), list)
    return {key: part for key, part in schema.items() if key != "required" or not listed}


@pytest.mark.parametrize("example", [e for e in EXAMPLES if not in_part(e)], ids=str)
def test_every_yaml_example_fits_into_the_sample_organization(
    example: Block, tmp_path: Path
) -> None:
    copy = tmp_path / "account_configs"
    shutil.copytree(ROOT / "account_configs", copy)
    file = tmp_path / path_of(example)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(example.text, "utf-8")

    assert config.check(copy, WRITTEN).problems == ()


def schema_of(example: Block) -> str:
    path = path_of(example)
    if path.stem == "_ou":
        return "ou"
    if path.parts[1] in ("adopted", "controls"):
        return path.parts[1]
    return path.stem if path.stem in NAMED else "account"


def path_of(example: Block) -> Path:
    match = re.match(r"# (account_configs/\S+\.yaml)\b", example.text)
    if match is None:
        pytest.fail(f"{example}: the first line must name the file, as '# account_configs/…'")
    return Path(match[1])


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project, so that examples can write."""
    copy = tmp_path_factory.mktemp("project")
    for folder in ("account_configs", "modules", "terraform", "policies", "schemas"):
        if (ROOT / folder).is_dir():
            shutil.copytree(ROOT / folder, copy / folder)
    return copy


@pytest.mark.parametrize("command", RUNNABLE, ids=str)
def test_examples_that_need_no_aws_show_what_really_comes_out(
    command: Command, project: Path
) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "orchestrator", *command.words[1:]],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout + ran.stderr
    shown = [line.strip() for line in command.output.splitlines() if line.strip(" …")]
    came = {line.strip() for line in (ran.stdout + ran.stderr).splitlines()}
    assert [line for line in shown if line not in came] == []
