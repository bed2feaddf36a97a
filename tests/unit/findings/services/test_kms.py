from __future__ import annotations

import pytest

from orchestrator.findings.remediation import Aws, Remediation
from orchestrator.findings.services.kms import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case

KEY_TAGS = [{"TagKey": "team", "TagValue": "payments"}]
GONE = "arn:aws:kms:eu-west-1:123456789012:key/11111111-2222-3333-4444-555555555555"


def a_key(aws: Aws, **given: str) -> str:
    return str(aws("kms").create_key(Tags=KEY_TAGS, **given)["KeyMetadata"]["Arn"])


def a_rotated_key(aws: Aws) -> str:
    arn = a_key(aws)
    aws("kms").enable_key_rotation(KeyId=arn.rpartition("/")[2])
    return arn


CASES = (
    Case("KMS.4", a_key, a_rotated_key, GONE),
    Case(
        "KMS.4",
        a_key,
        lambda aws: a_key(aws, KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY"),
        GONE,
        name="asymmetric keys cannot be rotated",
    ),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_violation_is_found_fixed_and_taken_back(case: Case) -> None:
    cycle.hold_cycles(CASES, case, REMEDIATIONS)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_denied_look_is_never_a_pass(case: Case) -> None:
    cycle.hold_denials(case, REMEDIATIONS)


@pytest.mark.parametrize("remediation", REMEDIATIONS, ids=lambda r: r.name)
def test_permissions_are_the_calls_that_are_made(remediation: Remediation) -> None:
    cycle.hold_permissions(CASES, remediation)


def test_every_control_has_a_case() -> None:
    assert cycle.uncovered(CASES, REMEDIATIONS) == set()
