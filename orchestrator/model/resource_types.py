"""Resource types that the same calls are about, without the `aws_` before each."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.model.names import StackName

BUCKET_BASICS = (
    "s3_bucket s3_bucket_lifecycle_configuration s3_bucket_logging"
    " s3_bucket_object_lock_configuration s3_bucket_ownership_controls"
    " s3_bucket_policy s3_bucket_public_access_block"
    " s3_bucket_server_side_encryption_configuration s3_bucket_versioning"
)
BUCKET = f"{BUCKET_BASICS} s3_bucket_notification"
ROLE = "iam_role iam_role_policy iam_role_policy_attachment iam_service_linked_role"
RULE = "cloudwatch_event_rule cloudwatch_event_target"
BUS = "cloudwatch_event_bus cloudwatch_event_bus_policy"
QUEUE = "sqs_queue sqs_queue_policy"
TOPIC = "sns_topic sns_topic_policy"
FUNCTION = "lambda_function lambda_permission"
RECORDER = "config_configuration_recorder config_configuration_recorder_status"
GUARDDUTY = (
    "guardduty_detector_feature guardduty_organization_configuration"
    " guardduty_organization_configuration_feature"
)
SERVERLESS = (
    "opensearchserverless_access_policy opensearchserverless_collection"
    " opensearchserverless_lifecycle_policy opensearchserverless_security_policy"
    " opensearchserverless_vpc_endpoint"
)
GROUP = "security_group vpc_security_group_egress_rule vpc_security_group_ingress_rule"
LAKE = "securitylake_aws_log_source securitylake_data_lake"
SUBSCRIBER = "securitylake_subscriber securitylake_subscriber_notification"
CENTRAL = "securityhub_configuration_policy securityhub_configuration_policy_association"


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
        RECORDER,
        RULE,
        "config_delivery_channel ebs_encryption_by_default ec2_instance_metadata_defaults",
        "iam_account_password_policy iam_service_linked_role s3_account_public_access_block",
        _HUB,
        "cloudwatch_log_account_policy flow_log route53_resolver_query_log_config",
        "route53_resolver_query_log_config_association",
    ),
    StackName.LOG_ARCHIVE: _types(
        _KEYS,
        BUCKET,
        QUEUE,
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
        BUCKET_BASICS,
        BUS,
        CENTRAL,
        FUNCTION,
        GROUP,
        GUARDDUTY,
        LAKE,
        SUBSCRIBER,
        QUEUE,
        RULE,
        SERVERLESS,
        TOPIC,
        "accessanalyzer_analyzer chatbot_slack_channel_configuration",
        "chatbot_teams_channel_configuration cloudwatch_log_group cloudwatch_metric_alarm",
        "config_configuration_aggregator dynamodb_table lambda_event_source_mapping",
        "securityhub_finding_aggregator securityhub_member securityhub_organization_configuration",
        "sns_topic_subscription ssm_parameter",
    ),
}
"""The bootstrap is none of them: no drift check looks at it."""
