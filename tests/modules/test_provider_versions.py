"""Every resource, argument and reference in modules/ and terraform/, by the schema of both lines.

The schema of 5.100 is the binary's own; that of 6 is tests/modules/schemas/aws-6.json, which
`python -m tests.modules.bindings` writes. What a line has deprecated counts as gone.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any, TypeAlias, cast

import pytest

from tests.modules import bindings
from tests.modules.schema_server import served
from tests.modules.tables import declared, modules
from tests.modules.workshop import LOCK, ROOT, Workshop

pytestmark = [pytest.mark.terraform, pytest.mark.xdist_group("versions")]

RENDERED = ROOT / "tests" / "golden" / "render" / "management" / "organization"
Table: TypeAlias = Mapping[str, Any]


@pytest.fixture(scope="session")
def roots(workshop: Workshop) -> tuple[Path, ...]:
    """A root that calls every module, and one that is rendered: provider blocks, data, imports."""
    every, build = workshop.folder / "every", workshop.folder / "build"
    rendered = build / "management" / "organization"
    every.mkdir()
    build.mkdir()
    (build / "_modules").symlink_to(workshop.folder / "modules")
    (every / "main.tf").write_text(_calls(), "utf-8")
    shutil.copy(ROOT / "modules" / "log_archive" / "versions.tf", every)
    shutil.copytree(RENDERED, rendered)
    for root in (every, rendered):
        shutil.copy(LOCK, root)
        ran = workshop.terraform(root, "init", "-backend=false", "-no-color")
        assert ran.code == 0, ran.stderr
    return every, rendered


@pytest.fixture(scope="session")
def five(workshop: Workshop) -> Table:
    """What the provider of the lock file says of itself."""
    # More than a process is kept of.
    shown = subprocess.run(
        [str(workshop.tools.tool.path), "providers", "schema", "-json"],
        cwd=workshop.module("log_archive"),
        env=dict(workshop.tools.environment),
        capture_output=True,
        check=True,
    ).stdout
    (said,) = json.loads(shown)["provider_schemas"].values()
    kinds = {"resource": said["resource_schemas"], "data": said["data_source_schemas"]}
    types = {f"{kind} {name}": kinds[kind][name]["block"] for kind, name in bindings.used()}
    types["provider aws"] = said["provider"]["block"]
    return {
        "types": {name: _block(block) for name, block in types.items()},
        "deprecated": {name: _deprecated(block, "") for name, block in types.items()},
    }


@pytest.fixture(scope="session")
def six(five: Table) -> Table:
    """What was deprecated in 5 is in 6 too, whether or not the bindings say so."""
    table = json.loads(bindings.TABLE.read_text("utf-8"))
    for name, marks in five["deprecated"].items():
        table["deprecated"].setdefault(name, []).extend(marks)
    return cast(Table, table)


def test_the_table_of_6_is_of_the_types_in_use(six: Table) -> None:
    in_use = {f"{kind} {name}" for kind, name in bindings.used()}

    assert set(six["types"]) == in_use | {"provider aws"}


@pytest.mark.parametrize("line", ["five", "six"])
def test_what_is_used_is_there_in_both_lines_and_not_deprecated(
    line: str, roots: tuple[Path, ...], workshop: Workshop, request: pytest.FixtureRequest
) -> None:
    assert _found(request.getfixturevalue(line), roots, workshop) == []


def test_an_argument_a_block_or_a_data_source_that_is_gone_is_found(
    six: Table, roots: tuple[Path, ...], workshop: Workshop
) -> None:
    table = deepcopy(six)
    del table["types"]["resource aws_sqs_queue"]["attributes"]["kms_master_key_id"]
    del table["types"]["resource aws_config_configuration_recorder"]["blocks"]["recording_group"]
    del table["types"]["data aws_iam_roles"]
    table["deprecated"]["resource aws_kms_key"] = ["enable_key_rotation"]

    found = "\n".join(_found(table, roots, workshop))

    for gone in ("kms_master_key_id", "recording_group", "aws_iam_roles", "enable_key_rotation"):
        assert gone in found


def _found(table: Table, roots: tuple[Path, ...], workshop: Workshop) -> list[str]:
    """What Terraform has to say, errors and warnings, where the provider had this schema."""
    found = []
    with served(table, workshop.folder) as env:
        for root in roots:
            ran = workshop.terraform(root, "validate", "-json", env=env)
            found += [_said(one) for one in json.loads(ran.stdout)["diagnostics"]]
    return found


def _calls() -> str:
    """A call of each module, with values of which nothing is known."""
    calls = ['variable "anything" {\n  type = any\n}\n']
    for module in modules():
        wanted = [
            v.name for v in declared(module / "variables.tf", "variable") if v.default is None
        ]
        lines = "".join(f"  {name} = var.anything\n" for name in wanted)
        calls.append(
            f'module "{module.name}" {{\n  source = "../modules/{module.name}"\n{lines}}}\n'
        )
    return "".join(calls)


def _said(diagnostic: Mapping[str, Any]) -> str:
    place = diagnostic.get("range", {})
    where = f"{place.get('filename')}:{place.get('start', {}).get('line')}"
    context = (diagnostic.get("snippet") or {}).get("context")
    return f"{where} {context}: {diagnostic['summary']} {diagnostic['detail']}"


def _block(block: Mapping[str, Any]) -> dict[str, Any]:
    """A block of `terraform providers schema -json` as the table has it."""
    return {
        "attributes": {
            name: ["".join(k[0] for k in ("required", "optional", "computed") if one.get(k)), of]
            for name, one in block.get("attributes", {}).items()
            if (of := one.get("type", "dynamic"))
        },
        "blocks": {
            name: [one["nesting_mode"], _block(one["block"])]
            for name, one in block.get("block_types", {}).items()
        },
    }


def _deprecated(block: Mapping[str, Any], above: str) -> list[str]:
    found = [above + n for n, one in block.get("attributes", {}).items() if one.get("deprecated")]
    for name, one in block.get("block_types", {}).items():
        if one["block"].get("deprecated"):
            found.append(above + name)
        found += _deprecated(one["block"], f"{above}{name}.")
    return found
