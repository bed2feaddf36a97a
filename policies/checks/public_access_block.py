"""S3 public access blocks, of a bucket and of the whole account."""

from __future__ import annotations

from collections.abc import Mapping

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck

from orchestrator.adapters.checkov.documents import value

SWITCHES = (
    "block_public_acls",
    "block_public_policy",
    "ignore_public_acls",
    "restrict_public_buckets",
)


class PublicAccessBlockWeakened(BaseResourceCheck):  # type: ignore[misc]
    """All four switches or none: each closes another way in, and each is off when left out."""

    def __init__(self) -> None:
        super().__init__(
            name="An S3 public access block leaves a way open",
            id="CKV2_ORCH_3",
            categories=[CheckCategories.GENERAL_SECURITY],
            supported_resources=[
                "aws_s3_account_public_access_block",
                "aws_s3_bucket_public_access_block",
            ],
        )

    def scan_resource_conf(self, conf: Mapping[str, object]) -> CheckResult:
        weak = any(value(conf, switch) in {False, None} for switch in SWITCHES)
        return CheckResult.FAILED if weak else CheckResult.PASSED


check = PublicAccessBlockWeakened()
