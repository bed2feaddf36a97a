"""What every scanner keeps to, the fake and the real one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from orchestrator.errors import ScanFailed
from orchestrator.model.names import AccountId, StackKey, StackName
from orchestrator.model.plan import Plan, Violation
from orchestrator.model.settings import Severity
from orchestrator.ports import Scanner
from tests import checkov
from tests.contract.scanner.fake import FakeScanner
from tests.unit.policies.plans import plan_json

BLOCK = "aws_s3_account_public_access_block"
OPEN_BLOCK = plan_json(BLOCK, {"block_public_acls": False})
CLOSED_BLOCK = plan_json(
    BLOCK,
    {
        "block_public_acls": True,
        "block_public_policy": True,
        "ignore_public_acls": True,
        "restrict_public_buckets": True,
    },
)
NOTHING = json.dumps(
    {"format_version": "1.2", "terraform_version": "1.11.4", "planned_values": {"root_module": {}}}
)
VIOLATION = Violation(
    "CKV2_ORCH_3",
    f"{BLOCK}.example",
    "An S3 public access block leaves a way open",
    Severity.HIGH,
)


def _open_block(resource: Mapping[str, object]) -> Violation | None:
    values = resource["values"]
    is_open = isinstance(values, dict) and not values.get("restrict_public_buckets")
    return VIOLATION if resource["type"] == BLOCK and is_open else None


@pytest.fixture(params=["fake", "checkov"])
def scanner(request: pytest.FixtureRequest) -> Scanner:
    return FakeScanner([_open_block]) if request.param == "fake" else checkov.scanner()


def _plan(folder: Path, number: int, text: str | None) -> Plan:
    key = StackKey(AccountId(f"2{number:011}"), f"account-{number}", StackName.ACCOUNT)
    own = folder / key.folder
    own.mkdir(parents=True)
    if text is not None:
        (own / "plan.json").write_text(text, "utf-8")
    return Plan(key, own, own / "plan.tfplan", own / "plan.json", "", ())


def test_every_plan_has_an_entry_with_its_own_violations(scanner: Scanner, tmp_path: Path) -> None:
    plans = [
        _plan(tmp_path, number, text)
        for number, text in enumerate((OPEN_BLOCK, CLOSED_BLOCK, NOTHING, OPEN_BLOCK))
    ]

    found = scanner.scan(plans)

    assert [found[plan.key] for plan in plans] == [(VIOLATION,), (), (), (VIOLATION,)]


UNREADABLE = (None, "", "not JSON", "[]", '{"terraform_version": "1.11.4"}')


def test_a_plan_that_cannot_be_read_fails_alone_and_is_named(
    scanner: Scanner, tmp_path: Path
) -> None:
    # All in one scan: checkov takes seconds to start.
    good, *broken = (
        _plan(tmp_path, number, text) for number, text in enumerate((CLOSED_BLOCK, *UNREADABLE))
    )

    found = scanner.scan([good, *broken])

    assert found[good.key] == ()
    failed = [found[plan.key] for plan in broken]
    for number, scan in enumerate(failed, 1):
        assert isinstance(scan, ScanFailed)
        assert f"20000000000{number}/account" in scan.message


def test_no_plans_are_nothing_to_scan(scanner: Scanner) -> None:
    assert scanner.scan([]) == {}
