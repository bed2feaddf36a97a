"""Resource policies that let everyone in."""

from __future__ import annotations

from collections.abc import Mapping

from checkov.common.models.enums import CheckCategories, CheckResult
from checkov.terraform.checks.resource.base_resource_check import BaseResourceCheck

from orchestrator.adapters.checkov.documents import UNKNOWN, allowed, blocks, value

KEYS = {"aws_kms_key": "policy", "aws_kms_key_policy": "policy", "aws_kms_replica_key": "policy"}

OTHERS = {
    "aws_cloudwatch_event_bus_policy": "policy",
    "aws_cloudwatch_log_destination_policy": "access_policy",
    "aws_cloudwatch_log_resource_policy": "policy_document",
    "aws_ecr_repository_policy": "policy",
    "aws_lambda_layer_version_permission": "policy",
    "aws_opensearch_domain_policy": "access_policies",
    "aws_s3_bucket_policy": "policy",
    "aws_secretsmanager_secret_policy": "policy",
    "aws_sns_topic": "policy",
    "aws_sns_topic_policy": "policy",
    "aws_sqs_queue": "policy",
    "aws_sqs_queue_policy": "policy",
}
"""By resource type, the attribute that holds the policy."""


def _judge(conf: Mapping[str, object], attribute: str) -> CheckResult:
    statements = allowed(conf, attribute)
    if statements is UNKNOWN:
        return CheckResult.UNKNOWN
    is_open = any(statement.for_everyone and not statement.closed for statement in statements)
    return CheckResult.FAILED if is_open else CheckResult.PASSED


class KeyOpen(BaseResourceCheck):  # type: ignore[misc]
    """A KMS key that everyone may use protects nothing, whatever it encrypts."""

    def __init__(self) -> None:
        super().__init__(
            name="A KMS key policy lets everyone in without naming an account or organization",
            id="CKV2_ORCH_6",
            categories=[CheckCategories.ENCRYPTION],
            supported_resources=list(KEYS),
        )

    def scan_resource_conf(self, conf: Mapping[str, object]) -> CheckResult:
        return _judge(conf, KEYS[self.entity_type])


class ResourceOpen(BaseResourceCheck):  # type: ignore[misc]
    """A bus, queue, topic or bucket may be open to everyone in the organization, not beyond."""

    def __init__(self) -> None:
        super().__init__(
            name="A resource policy lets everyone in without naming an account or organization",
            id="CKV2_ORCH_7",
            categories=[CheckCategories.GENERAL_SECURITY],
            supported_resources=list(OTHERS),
        )

    def scan_resource_conf(self, conf: Mapping[str, object]) -> CheckResult:
        return _judge(conf, OTHERS[self.entity_type])


class PermissionOpen(BaseResourceCheck):  # type: ignore[misc]
    """The statements that Terraform writes as arguments: event buses and Lambda functions."""

    def __init__(self) -> None:
        super().__init__(
            name="A permission is given to everyone without naming an account or organization",
            id="CKV2_ORCH_8",
            categories=[CheckCategories.GENERAL_SECURITY],
            supported_resources=["aws_cloudwatch_event_permission", "aws_lambda_permission"],
        )

    def scan_resource_conf(self, conf: Mapping[str, object]) -> CheckResult:
        closing = ("principal_org_id", "source_account", "source_arn")
        closed = any(value(conf, name) for name in closing) or blocks(conf, "condition")
        is_open = value(conf, "principal") == "*" and not closed
        return CheckResult.FAILED if is_open else CheckResult.PASSED


key = KeyOpen()
resource = ResourceOpen()
permission = PermissionOpen()
