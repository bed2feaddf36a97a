"""Who may assume a role."""

from __future__ import annotations

from collections.abc import Mapping

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck

from orchestrator.adapters.checkov import engine
from orchestrator.adapters.checkov.documents import UNKNOWN, Statement, allowed


class RoleTrustsOutsider(BaseResourceCheck):  # type: ignore[misc]
    """A trust policy that names everyone or another account must say which caller it means.

    Without an external id or an organization in the condition, whoever controls the other account
    controls the role: the confused deputy of the IAM User Guide.
    """

    def __init__(self) -> None:
        super().__init__(
            name="A role trusts everyone or another account without a condition",
            id="CKV2_ORCH_1",
            categories=[CheckCategories.IAM],
            supported_resources=["aws_iam_role"],
        )

    def scan_resource_conf(self, conf: Mapping[str, object]) -> CheckResult:
        statements = allowed(conf, "assume_role_policy")
        if statements is UNKNOWN:
            return CheckResult.UNKNOWN
        return CheckResult.FAILED if any(map(_open, statements)) else CheckResult.PASSED


def _open(statement: Statement) -> bool:
    foreign = any(account != engine.account() for account in statement.accounts())
    return (statement.for_everyone or foreign) and not statement.closed


check = RoleTrustsOutsider()
