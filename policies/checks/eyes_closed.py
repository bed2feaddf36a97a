"""The services that see what happens, switched off by an argument.

What a plan destroys is not in checkov's view; the gate's limits and protected types hold that.
"""

from __future__ import annotations

from collections.abc import Mapping

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck

from orchestrator.adapters.checkov.documents import blocks, value

OFF = {
    "aws_cloudtrail": ("enable_logging", False),
    "aws_config_configuration_recorder_status": ("is_enabled", False),
    "aws_guardduty_detector": ("enable", False),
    "aws_guardduty_organization_configuration": ("auto_enable_organization_members", "NONE"),
}
"""By resource type, the argument and the value that closes an eye."""


class EyeClosed(BaseResourceCheck):  # type: ignore[misc]
    """CloudTrail, AWS Config or GuardDuty stops looking."""

    def __init__(self) -> None:
        super().__init__(
            name="CloudTrail, AWS Config or GuardDuty is switched off",
            id="CKV2_ORCH_4",
            categories=[CheckCategories.LOGGING],
            supported_resources=list(OFF),
        )

    def scan_resource_conf(self, conf: Mapping[str, object]) -> CheckResult:
        name, off = OFF[self.entity_type]
        return CheckResult.FAILED if value(conf, name) == off else CheckResult.PASSED


class SecurityHubOff(BaseResourceCheck):  # type: ignore[misc]
    """A configuration policy that turns Security Hub off wherever it is associated.

    Rated lower than the others: account_configs/ may declare it, with a reason, for an account.
    """

    def __init__(self) -> None:
        super().__init__(
            name="A configuration policy switches Security Hub off",
            id="CKV2_ORCH_5",
            categories=[CheckCategories.LOGGING],
            supported_resources=["aws_securityhub_configuration_policy"],
        )

    def scan_resource_conf(self, conf: Mapping[str, object]) -> CheckResult:
        policies = blocks(conf, "configuration_policy")
        off = any(value(policy, "service_enabled") is False for policy in policies)
        return CheckResult.FAILED if off else CheckResult.PASSED


eye = EyeClosed()
hub = SecurityHubOff()
