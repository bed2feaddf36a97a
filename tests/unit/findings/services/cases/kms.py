from __future__ import annotations

from orchestrator.findings.remediation import Aws
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
