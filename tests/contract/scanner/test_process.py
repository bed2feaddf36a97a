"""The process that scans, run for real: offline, accountable, one plan at a time."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest

from orchestrator.adapters.process import Command, Completed, Processes
from orchestrator.errors import ScanFailed
from orchestrator.model.names import AccountId, StackKey, StackName
from orchestrator.model.plan import Plan
from tests.checkov import POLICIES, scanner
from tests.unit.policies.plans import plan_json

SWITCHES = (
    "block_public_acls",
    "block_public_policy",
    "ignore_public_acls",
    "restrict_public_buckets",
)

OFFLINE = """
import runpy, sys
def refuse(event, args):
    if event in {"socket.connect", "socket.sendto", "socket.getaddrinfo", "socket.gethostbyname"}:
        raise SystemExit(f"the scan wanted {event} {args}")
sys.addaudithook(refuse)
sys.argv = sys.argv[1:]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
"""

CRASHING = """
from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck

class Crashing(BaseResourceCheck):
    def __init__(self):
        super().__init__("Crashes", "CKV2_TEST_1", [CheckCategories.IAM], ["aws_sns_topic"])

    def scan_resource_conf(self, conf):
        return conf["what is not there"]

check = Crashing()
"""


def _offline(command: Command) -> Completed:
    module = command.argv[3:]
    return Processes().run(replace(command, argv=(command.argv[0], "-P", "-c", OFFLINE, *module)))


def _plan(folder: Path, number: int, text: str) -> Plan:
    key = StackKey(AccountId(f"2{number:011}"), f"a{number}", StackName.ACCOUNT)
    file = folder / f"plan-{number}.json"
    file.write_text(text, "utf-8")
    return Plan(key, folder, folder / "plan.tfplan", file, "", ())


def _buckets(*, blocks: tuple[str, ...], reference: str) -> str:
    """A plan of two buckets by `for_each`, and public access blocks for some of them."""
    bucket, block = "aws_s3_bucket", "aws_s3_bucket_public_access_block"
    planned = [_instance(bucket, key, {"bucket": f"logs-{key}"}) for key in ("config", "trail")] + [
        _instance(block, key, dict.fromkeys(SWITCHES, True)) for key in blocks
    ]
    source = {"references": ["aws_s3_bucket.this"]}
    configuration = [
        {"address": f"{bucket}.this", "mode": "managed", "type": bucket, "name": "this"},
        {
            **{"address": f"{block}.this", "mode": "managed", "type": block, "name": "this"},
            "for_each_expression": source,
            "expressions": {"bucket": {"references": [reference]}},
        },
    ]
    changes = [
        {
            "address": each["address"],
            "change": {
                "actions": ["create"],
                "before": None,
                "after": each["values"],
                "after_unknown": {"id": True},
            },
        }
        for each in planned
    ]
    return json.dumps(
        {
            "format_version": "1.2",
            "terraform_version": "1.11.4",
            "planned_values": {"root_module": {"resources": planned}},
            "resource_changes": changes,
            "configuration": {"root_module": {"resources": configuration}},
        }
    )


def _instance(type_: str, key: str, values: dict[str, object]) -> dict[str, object]:
    return {
        "address": f'{type_}.this["{key}"]',
        "mode": "managed",
        "type": type_,
        "name": "this",
        "index": key,
        "values": values,
    }


def _unblocked(found: object) -> set[str]:
    assert isinstance(found, tuple)
    return {violation.resource for violation in found if violation.check == "CKV2_AWS_6"}


BOTH, ONE = ("config", "trail"), ("config",)
BUCKETS = (
    _buckets(blocks=BOTH, reference="aws_s3_bucket.this"),
    _buckets(blocks=BOTH, reference="each.value.id"),
    _buckets(blocks=ONE, reference="each.value.id"),
    _buckets(blocks=(), reference="each.value.id"),
)
MANY = 20


@pytest.fixture(scope="module")
def scans(tmp_path_factory: pytest.TempPathFactory) -> list[object]:
    """Of `MANY` topics, and then of the buckets, found by one process without a network."""
    texts = (*[plan_json("aws_sns_topic")] * MANY, *BUCKETS)
    folder = tmp_path_factory.mktemp("plans")
    plans = [_plan(folder, number, text) for number, text in enumerate(texts)]
    found = scanner(_offline).scan(plans)
    assert len(found) == len(plans)
    return [found[plan.key] for plan in plans]


def test_a_scan_of_many_plans_over_all_cores_needs_no_network(scans: list[object]) -> None:
    topics = scans[:MANY]

    assert [len(scan) for scan in topics if isinstance(scan, tuple)] == [1] * MANY


def test_buckets_are_tied_to_their_own_blocks_however_modules_refer_to_them(
    scans: list[object],
) -> None:
    assert [_unblocked(scan) for scan in scans[MANY:]] == [
        set(),
        set(),
        {'aws_s3_bucket.this["trail"]'},
        {'aws_s3_bucket.this["config"]', 'aws_s3_bucket.this["trail"]'},
    ]


def test_a_check_that_raises_counts_as_failed(tmp_path: Path) -> None:
    policies = copytree(POLICIES, tmp_path / "policies")
    (policies / "checks" / "crashing.py").write_text(CRASHING, "utf-8")
    plan = _plan(tmp_path, 1, plan_json("aws_sns_topic"))

    scan = scanner(_offline, policies).scan([plan])[plan.key]

    assert isinstance(scan, tuple)
    (crashed,) = (violation for violation in scan if violation.check == "CKV2_TEST_1")

    assert (crashed.resource, crashed.severity) == ("aws_sns_topic.example", None)


def test_a_policy_that_cannot_be_loaded_fails_the_scan(tmp_path: Path) -> None:
    policies = copytree(POLICIES, tmp_path / "policies")
    (policies / "checks" / "broken.py").write_text("import nowhere_to_be_found\n", "utf-8")
    plan = _plan(tmp_path, 1, plan_json("aws_sns_topic"))

    failed = scanner(_offline, policies).scan([plan])[plan.key]

    assert isinstance(failed, ScanFailed)
    assert "broken.py" in failed.message


LOOK = """
import sys
from importlib.util import find_spec
names = ("checkov", "orchestrator.adapters.checkov.documents", "orchestrator.errors", "moto")
print(sys.prefix, *(name for name in names if find_spec(name)))
"""


def test_the_process_finds_checkov_and_of_ours_only_what_scans(tmp_path: Path) -> None:
    seen = []

    def look(command: Command) -> Completed:
        argv = (command.argv[0], "-P", "-c", LOOK)
        completed = Processes().run(replace(command, argv=argv))
        assert command.stdout is not None
        seen.append((command.argv[0], command.stdout.read_text().split()))
        return completed

    scanner(look).scan([_plan(tmp_path, 1, plan_json("aws_sns_topic"))])

    ((python, found),) = seen
    assert found == [
        str(Path(python).parents[1]),
        *("checkov", "orchestrator.adapters.checkov.documents"),
    ]
