"""Which resource types each stack manages, so that its account forwards calls about those."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.listening import kinds
from orchestrator.model.names import StackName


def _types(*lists: str) -> frozenset[str]:
    return frozenset(f"aws_{each}" for text in lists for each in text.split())


_ROLES = "iam_policy iam_role iam_role_policy iam_role_policy_attachment"
_KEYS = "kms_alias kms_key"
_HUB = (
    "securityhub_account securityhub_standards_control_association"
    " securityhub_standards_subscription"
)

TYPES: Mapping[StackName, frozenset[str]] = {
    StackName.ACCOUNT: _types(
        _ROLES,
        kinds.RECORDER,
        kinds.RULE,
        "config_delivery_channel ebs_encryption_by_default ec2_instance_metadata_defaults",
        "iam_account_password_policy iam_service_linked_role s3_account_public_access_block",
        _HUB,
        "cloudwatch_log_account_policy flow_log route53_resolver_query_log_config",
        "route53_resolver_query_log_config_association",
    ),
    StackName.LOG_ARCHIVE: _types(
        _KEYS,
        kinds.BUCKET,
        kinds.QUEUE,
        "cloudwatch_log_destination cloudwatch_log_destination_policy cloudwatch_log_group",
        "cloudwatch_log_stream cloudwatch_metric_alarm iam_role iam_role_policy",
        "kinesis_firehose_delivery_stream",
    ),
    StackName.ORGANIZATION: _types(
        "cloudtrail guardduty_detector guardduty_organization_admin_account",
        "iam_service_linked_role organizations_delegated_administrator",
        "organizations_organization securityhub_organization_admin_account",
        _HUB,
    ),
    StackName.SECURITY: _types(
        _KEYS,
        "cloudwatch_log_resource_policy iam_role iam_role_policy iam_role_policy_attachment",
        "iam_service_linked_role",
        "opensearch_domain osis_pipeline",
        kinds.BUCKET_BASICS,
        kinds.BUS,
        kinds.CENTRAL,
        kinds.FUNCTION,
        kinds.GROUP,
        kinds.GUARDDUTY,
        kinds.LAKE,
        kinds.QUEUE,
        kinds.RULE,
        kinds.SERVERLESS,
        kinds.TOPIC,
        "accessanalyzer_analyzer chatbot_slack_channel_configuration",
        "chatbot_teams_channel_configuration cloudwatch_log_group cloudwatch_metric_alarm",
        "config_configuration_aggregator dynamodb_table lambda_event_source_mapping",
        "securityhub_finding_aggregator securityhub_member securityhub_organization_configuration",
        "sns_topic_subscription ssm_parameter",
    ),
}
"""The bootstrap is none of them: no drift check looks at it."""
