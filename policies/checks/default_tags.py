"""The tags by which everything the orchestrator made is found again."""

from __future__ import annotations

from collections.abc import Mapping

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck

from orchestrator.adapters.checkov.documents import UNKNOWN, value

REQUIRED = "managed-by"


class DefaultTagMissing(BaseResourceCheck):  # type: ignore[misc]
    """Looked for on the resource: a plan shows checkov the provider without its default tags."""

    def __init__(self) -> None:
        super().__init__(
            name=f"A resource lacks the provider's default tag '{REQUIRED}'",
            id="CKV2_ORCH_9",
            categories=[CheckCategories.CONVENTION],
            supported_resources=["aws_*"],
        )

    def scan_resource_conf(self, conf: Mapping[str, object]) -> CheckResult:
        if "tags_all" not in conf:
            return CheckResult.UNKNOWN
        tags = value(conf, "tags_all")
        if tags is UNKNOWN:
            return CheckResult.UNKNOWN
        tagged = isinstance(tags, dict) and tags.get(REQUIRED)
        return CheckResult.PASSED if tagged else CheckResult.FAILED


check = DefaultTagMissing()
