"""What an older version has applied is kept: resources get other addresses, and that is all.

tests/modules/applied/ has roots and the states that the modules of before the first release left
in the sandbox, by provider 5.100.0. A state there is evidence and is never written again; a root
follows when the variables of a module change.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from orchestrator.render.bundle import NAME
from tests.modules.account_roots import FUNCTION, VERSIONS
from tests.modules.workshop import LOCK, Workshop

pytestmark = pytest.mark.terraform

APPLIED = Path(__file__).with_name("applied")
ROOTS = ("log_archive", "management", "security")
PROVIDER = """
provider "aws" {
  region                      = "ap-northeast-1"
  access_key                  = "none"
  secret_key                  = "none"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true

  default_tags {
    tags = { managed-by = "orchestrator" }
  }
}
"""
POLICIES = ("aws_kms_key", "aws_s3_bucket_policy", "aws_sqs_queue_policy")
CALL = re.compile(r'^module "(\w+)" \{\n  source += "\./modules/(\w+)"', re.MULTILINE)
FROM = re.compile(r"^  from = (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Upgraded:
    """What the state has, and what is planned for it."""

    before: Mapping[str, Any]
    changes: tuple[Mapping[str, Any], ...]
    documents: Mapping[str, Any]
    """Policy documents as they are written now, by address."""


@pytest.fixture(scope="module", params=ROOTS)
def upgraded(
    request: pytest.FixtureRequest, workshop: Workshop, tmp_path_factory: pytest.TempPathFactory
) -> Upgraded:
    """A plan that asks AWS for nothing: the state says what is there."""
    applied, root = APPLIED / request.param, tmp_path_factory.mktemp(request.param) / "root"
    root.mkdir()
    (root / "modules").symlink_to(workshop.folder / "modules")
    (root / "main.tf").write_text(VERSIONS + PROVIDER + (applied / "main.tf").read_text("utf-8"))
    (root / NAME).write_bytes(FUNCTION)
    shutil.copy(LOCK, root)
    shutil.copy(applied / "state.json", root / "terraform.tfstate")
    for arguments in (
        ("init", "-no-color"),
        ("plan", "-refresh=false", "-lock=false", "-out=plan", "-no-color"),
    ):
        ran = workshop.terraform(root, *arguments)
        assert ran.code == 0, ran.stdout + ran.stderr
    # More than a process is kept of.
    shown = subprocess.run(
        [str(workshop.tools.tool.path), "show", "-json", "plan"],
        cwd=root,
        env=dict(workshop.tools.environment),
        capture_output=True,
        check=True,
    ).stdout
    plan = json.loads(shown)
    return Upgraded(
        _state(applied),
        tuple(one for one in plan["resource_changes"] if one["mode"] == "managed"),
        dict(_documents(plan["prior_state"]["values"]["root_module"])),
    )


GROWN = frozenset({"module.finding_router.aws_iam_role_policy.this"})
"""Inline policies of our own roles with rights that came later, changed in place by a plan.

The function enters an account by a second role as well, and writes to findings of the unified hub.
"""


GIVEN_UP = frozenset({"dynamodb:updateitem", "dynamodb:UpdateItem"})
"""Rights that are no longer needed: the budgets' counters are written as a whole."""


MADE = frozenset({'module.log_archive.aws_sqs_queue.dead["trail"]'})
"""What an upgrade makes: files that cannot be read come to an end, beside their queue."""
SET = {
    "module.log_archive.aws_sqs_queue.this[0]": {"redrive_policy"},
    "module.siem_ingestion.aws_osis_pipeline.this": {"pipeline_configuration_body"},
    "module.siem_ingestion_serverless.aws_osis_pipeline.this": {"pipeline_configuration_body"},
}
"""What is changed in place, by address: the settings that came later."""
SAVED = "module.lake_queries.aws_athena_named_query.this"
"""Saved queries: those that there were named columns which no table has, and a query cannot be
edited; so they are replaced, and more came.
"""
UNRELEASED = frozenset({("siem_ingestion", "module.bucket")})
"""Addresses between two releases, of which there is no state."""


def test_nothing_is_made_changed_or_destroyed_but_rights_that_came_later(
    upgraded: Upgraded,
) -> None:
    changed = {
        change["address"]: change["change"]
        for change in upgraded.changes
        if change["change"]["actions"] != ["no-op"] and change["address"] not in MADE
    }
    for address in [each for each in changed if each.startswith(SAVED)]:
        assert changed.pop(address)["actions"] in (["delete", "create"], ["create"], ["delete"])
    for address in changed.keys() & SET:
        change = changed.pop(address)
        before, after = change["before"], change["after"]
        assert change["actions"] == ["update"], address
        assert {name for name in before if before[name] != after.get(name)} <= SET[address], address

    assert set(changed) == {each["address"] for each in upgraded.changes} & GROWN
    for address, change in changed.items():
        before, after = change["before"], change["after"]
        assert change["actions"] == ["update"], address
        assert {name for name in before if before[name] != after.get(name)} == {"policy"}, address
        assert _actions(before["policy"]) - GIVEN_UP <= _actions(after["policy"]), address


def test_every_resource_of_the_state_is_still_one_of_the_modules(upgraded: Upgraded) -> None:
    found = {
        _before(change)
        for change in upgraded.changes
        if change["address"] not in MADE and not change["address"].startswith(SAVED)
    }

    assert found == {each for each in upgraded.before if not each.startswith(SAVED)}


def test_policies_have_the_statements_they_had_in_their_order(upgraded: Upgraded) -> None:
    found = 0
    for change in upgraded.changes:
        if change["type"] in POLICIES and "previous_address" in change:
            key = f'["{change["index"]}"]' if "index" in change else ""
            at = f"{change['module_address']}.data.aws_iam_policy_document.this{key}"
            before = json.loads(upgraded.before[_before(change)]["policy"])
            assert upgraded.documents[at] == before, at
            found += 1
    assert found


def test_every_moved_block_is_tried(workshop: Workshop) -> None:
    tried = {one for name in ROOTS for one in _addresses(APPLIED / name)}
    written = {
        (file.parent.name, address)
        for file in (workshop.folder / "modules").glob("*/moved.tf")
        for address in FROM.findall(file.read_text("utf-8"))
    }

    assert written
    assert written - tried == UNRELEASED


def _actions(policy: str) -> set[str]:
    """All that the statements allow."""
    statements = json.loads(policy)["Statement"]
    given = (statement["Action"] for statement in statements)
    return {one for each in given for one in ([each] if isinstance(each, str) else each)}


def _addresses(applied: Path) -> Iterator[tuple[str, str]]:
    """Module and address in it of what the state has, with and without an instance's key."""
    modules = dict(CALL.findall((applied / "main.tf").read_text("utf-8")))
    for address in _state(applied):
        _, call, inner = address.split(".", 2)
        yield modules[call], inner
        yield modules[call], inner.partition("[")[0]


def _state(applied: Path) -> Mapping[str, Any]:
    """The attributes of each instance, by its address."""
    state = json.loads((applied / "state.json").read_text("utf-8"))
    return {
        f"{one['module']}.{one['type']}.{one['name']}{_key(instance)}": instance["attributes"]
        for one in state["resources"]
        for instance in one["instances"]
    }


def _key(instance: Mapping[str, Any]) -> str:
    return f"[{json.dumps(instance['index_key'])}]" if "index_key" in instance else ""


def _before(change: Mapping[str, Any]) -> str:
    return str(change.get("previous_address", change["address"]))


def _documents(module: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for one in module.get("resources", ()):
        if one["type"] == "aws_iam_policy_document":
            yield one["address"], json.loads(one["values"]["json"])
    for child in module.get("child_modules", ()):
        yield from _documents(child)
