"""Resource types that the same calls are about, without the `aws_` before each."""

from __future__ import annotations

BUCKET_BASICS = (
    "s3_bucket s3_bucket_lifecycle_configuration s3_bucket_logging s3_bucket_ownership_controls"
    " s3_bucket_policy s3_bucket_public_access_block"
    " s3_bucket_server_side_encryption_configuration s3_bucket_versioning"
)
BUCKET = f"{BUCKET_BASICS} s3_bucket_notification s3_bucket_object_lock_configuration"
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
CENTRAL = "securityhub_configuration_policy securityhub_configuration_policy_association"
