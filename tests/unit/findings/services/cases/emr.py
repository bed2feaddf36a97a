from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from orchestrator.findings.remediation import Aws
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import Overlay

MAKER = "arn:aws:iam::123456789012:user/admin"
SSH = {"MinRange": 22, "MaxRange": 22}
WEB = {"MinRange": 80, "MaxRange": 443}


def blocking(on: bool, *ranges: dict[str, int]) -> Callable[[Aws], str]:
    def build(aws: Aws) -> str:
        aws("emr").put_block_public_access_configuration(
            BlockPublicAccessConfiguration={
                "BlockPublicSecurityGroupRules": on,
                "PermittedPublicSecurityGroupRuleRanges": list(ranges),
            }
        )
        return "AWS::::Account:123456789012"

    return build


def answering() -> Overlay:
    """The setting, which moto cannot switch off."""
    kept: dict[str, Any] = {}

    def put(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        kept.update(asked)
        return {}

    def get(_: Mapping[str, Any]) -> Mapping[str, Any]:
        made = {"CreationDateTime": datetime(2026, 1, 1, tzinfo=UTC), "CreatedByArn": MAKER}
        return {**kept, "BlockPublicAccessConfigurationMetadata": made}

    return {
        ("emr", "PutBlockPublicAccessConfiguration"): put,
        ("emr", "GetBlockPublicAccessConfiguration"): get,
    }


CASES = (
    Case("EMR.2", blocking(False, SSH), overlay=answering),
    Case("EMR.2", blocking(True, SSH, WEB), name="other ports than SSH"),
)
