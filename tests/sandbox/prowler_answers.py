"""What Prowler finds in the sample organization after `apply all`, and what is said to it."""

from __future__ import annotations

from collections.abc import Mapping

ALARMS = (
    "CIS's alarms on metric filters: the organization's trail is in the log archive's bucket, and "
    "the events that matter come as findings; CloudWatch.1-14 are none of the foundational standard"
)
DEFAULT_VPC = (
    "AWS's default VPC, which nobody uses here: the baseline leaves networks to their owners, and "
    "the catalogue decides EC2.2 and EC2.6"
)
AGGREGATOR = (
    "the security account has it, for the organization: Prowler looks for one in each account"
)
EVENTS = "data events cost by the event: an organization decides on them (S3.22, S3.23)"
PAID = "a feature that is paid for: `guardduty.features` has it off in the sample"
PEOPLE = "who enters, and how, is the organization's: no module makes people's roles or providers"
ENTRY = (
    "the role that Organizations makes in each account, and the administrator that the sandbox "
    "begins with: AWS's way in, which `bootstrap` uses"
)
BOUNDS = (
    "a boundary, which grants nothing (IAM User Guide, 'Permissions boundaries for IAM entities'): "
    "what the roles below it are given is tried against every known path of escalation"
)
ORGANIZATION_DECIDES = (
    "the organization's decision, which takes root passwords from members (IAM User Guide, "
    "'Centrally manage root access for member accounts'); no control asks for it"
)
ORGANIZATION = "a policy of the organization's own, which no module writes"
OBJECTS = "nothing reads these buckets by events, nor from another region; the archive is versioned"

ANSWERED: Mapping[str, str] = {
    "account_maintain_different_contact_details_to_security_billing_and_operations": (
        "the sample names a security contact in no account; Account.1 asks for that one alone"
    ),
    "accessanalyzer_enabled": "the security account has one for the organization",
    "awslambda_function_env_vars_not_encrypted_with_cmk": (
        "no secret is in them: names, and an external id"
    ),
    "awslambda_function_inside_vpc": "it calls AWS's own endpoints alone, and opens no port",
    "awslambda_function_invoke_api_operations_cloudtrail_logging_enabled": EVENTS,
    "awslambda_function_no_dead_letter_queue": (
        "its queue has one: a source mapping's failures go there, not to the function's"
    ),
    "cloudtrail_s3_dataevents_read_enabled": EVENTS,
    "cloudtrail_s3_dataevents_write_enabled": EVENTS,
    "cloudtrail_insights_exist": "insights are paid for by the event; no control asks for them",
    "cloudtrail_cloudwatch_logging_enabled": (
        "CloudTrail.5, off in the sample's catalogue: the trail is read in the archive"
    ),
    **dict.fromkeys(
        (
            "cloudwatch_changes_to_network_acls_alarm_configured",
            "cloudwatch_changes_to_network_gateways_alarm_configured",
            "cloudwatch_changes_to_network_route_tables_alarm_configured",
            "cloudwatch_changes_to_vpcs_alarm_configured",
            "cloudwatch_log_metric_filter_and_alarm_for_aws_config_configuration_changes_enabled",
            "cloudwatch_log_metric_filter_and_alarm_for_cloudtrail_configuration_changes_enabled",
            "cloudwatch_log_metric_filter_authentication_failures",
            "cloudwatch_log_metric_filter_aws_organizations_changes",
            "cloudwatch_log_metric_filter_disable_or_scheduled_deletion_of_kms_cmk",
            "cloudwatch_log_metric_filter_for_s3_bucket_policy_changes",
            "cloudwatch_log_metric_filter_policy_changes",
            "cloudwatch_log_metric_filter_root_usage",
            "cloudwatch_log_metric_filter_security_group_changes",
            "cloudwatch_log_metric_filter_sign_in_without_mfa",
            "cloudwatch_log_metric_filter_unauthorized_api_calls",
        ),
        ALARMS,
    ),
    "config_delegated_admin_and_org_aggregator_all_regions": AGGREGATOR,
    "ec2_ebs_snapshot_account_block_public_access": (
        "EC2.182 of the catalogue decides it, account by account: off in the sample"
    ),
    "dynamodb_table_protected_by_backup_plan": "it can be restored to a point in time",
    **dict.fromkeys(
        (
            "ec2_networkacl_allow_ingress_any_port",
            "ec2_networkacl_allow_ingress_tcp_port_22",
            "ec2_networkacl_allow_ingress_tcp_port_3389",
            "ec2_securitygroup_default_restrict_traffic",
            "vpc_different_regions",
            "vpc_endpoint_for_ec2_enabled",
            "vpc_flow_logs_enabled",
            "vpc_subnet_no_public_ip_by_default",
            "vpc_subnet_separate_private_public",
        ),
        DEFAULT_VPC,
    ),
    **dict.fromkeys(
        (
            "guardduty_ec2_malware_protection_enabled",
            "guardduty_eks_audit_log_enabled",
            "guardduty_eks_runtime_monitoring_enabled",
            "guardduty_lambda_protection_enabled",
            "guardduty_rds_protection_enabled",
            "guardduty_runtime_monitoring_enabled",
        ),
        PAID,
    ),
    "iam_check_saml_providers_sts": PEOPLE,
    **dict.fromkeys(
        (
            "iam_inline_policy_allows_privilege_escalation",
            "iam_inline_policy_no_administrative_privileges",
            "iam_inline_policy_no_full_access_to_cloudtrail",
            "iam_inline_policy_no_full_access_to_kms",
            "iam_inline_policy_no_wildcard_marketplace_subscribe",
        ),
        ENTRY,
    ),
    "iam_policy_allows_privilege_escalation": (
        f"{BOUNDS}; and what the apply role of the security account makes the findings function "
        "with: that function alone, and who applies there decides by design what it does"
    ),
    "iam_role_service_trust_restricts_source_to_account": (
        "the function's role: a role is passed to Lambda in its own account alone (IAM User Guide, "
        "'Grant a user permissions to pass a role to an AWS service')"
    ),
    "iam_no_custom_policy_permissive_role_assumption": BOUNDS,
    **dict.fromkeys(
        ("iam_role_access_not_stale_to_bedrock", "iam_user_access_not_stale_to_bedrock"), ENTRY
    ),
    **dict.fromkeys(
        (
            "iam_policy_attached_only_to_group_or_roles",
            "iam_user_hardware_mfa_enabled",
            "iam_user_with_temporary_credentials",
        ),
        "the administrator the sandbox begins with",
    ),
    "iam_root_credentials_management_enabled": ORGANIZATION_DECIDES,
    "iam_securityaudit_role_created": PEOPLE,
    "iam_support_role_created": PEOPLE,
    "organizations_delegated_administrators": (
        "the security account, as declared: Prowler trusts those alone that its own file names"
    ),
    "organizations_opt_out_ai_services_policy": ORGANIZATION,
    "organizations_scp_check_deny_regions": ORGANIZATION,
    "organizations_tags_policies_enabled_and_attached": ORGANIZATION,
    "s3_bucket_cross_region_replication": OBJECTS,
    "s3_bucket_event_notifications_enabled": OBJECTS,
    "s3_bucket_kms_encryption": (
        "the bucket of access logs: S3 delivers to SSE-S3 alone (Amazon S3 User Guide, "
        "'Enabling Amazon S3 server access logging')"
    ),
    "s3_bucket_lifecycle_enabled": (
        "the state's bucket: an old state is what one goes back to, and is a few kB"
    ),
    **dict.fromkeys(
        ("cloudtrail_bucket_requires_mfa_delete", "s3_bucket_no_mfa_delete"),
        "root's alone to switch on: no role can",
    ),
    "s3_bucket_object_lock": "`log_archive.object_lock_days` sets it: off in the sample",
    "s3_bucket_server_access_logging_enabled": (
        "the state's bucket, which is older than the archive; the remediation's, with code alone; "
        "and the archive's bucket of access logs, whose own log would never come to rest (Amazon "
        "S3 User Guide, 'Enabling Amazon S3 server access logging')"
    ),
    "securityhub_delegated_admin_enabled_all_regions": (
        "the administrator's own row: with central configuration AutoEnable must be false "
        "(Security Hub API Reference, UpdateOrganizationConfiguration)"
    ),
}
"""Check → why what it finds may stay."""

FUNCTION = ("function:orchestrator-findings",)
ADMINISTRATOR = ("user/administrator",)

ENTRIES = ("user/administrator", "role/OrganizationAccountAccessRole")

ONLY: Mapping[str, tuple[str, ...]] = {
    "awslambda_function_env_vars_not_encrypted_with_cmk": FUNCTION,
    "awslambda_function_inside_vpc": FUNCTION,
    "awslambda_function_no_dead_letter_queue": FUNCTION,
    "dynamodb_table_protected_by_backup_plan": ("table/orchestrator-remediation",),
    "iam_inline_policy_allows_privilege_escalation": ENTRIES,
    "iam_inline_policy_no_administrative_privileges": ENTRIES,
    "iam_inline_policy_no_full_access_to_cloudtrail": ENTRIES,
    "iam_inline_policy_no_full_access_to_kms": ENTRIES,
    "iam_inline_policy_no_wildcard_marketplace_subscribe": ENTRIES,
    "iam_no_custom_policy_permissive_role_assumption": ("policy/orchestrator-boundary",),
    "iam_policy_allows_privilege_escalation": (
        "policy/orchestrator-boundary",
        "policy/orchestrator-router-writes",
    ),
    "iam_role_service_trust_restricts_source_to_account": ("role/orchestrator-findings",),
    "iam_policy_attached_only_to_group_or_roles": ADMINISTRATOR,
    "iam_role_access_not_stale_to_bedrock": ENTRIES,
    "iam_user_access_not_stale_to_bedrock": ADMINISTRATOR,
    "iam_user_hardware_mfa_enabled": ADMINISTRATOR,
    "iam_user_with_temporary_credentials": ADMINISTRATOR,
    "s3_bucket_kms_encryption": ("example-logs-access",),
    "s3_bucket_lifecycle_enabled": ("example-terraform-state",),
    "s3_bucket_server_access_logging_enabled": (
        *("example-logs-access", "example-terraform-state", "orchestrator-remediation"),
    ),
    "securityhub_delegated_admin_enabled_all_regions": ("security arn:",),
}
"""Check → the resources that its answer is about; another one needs an answer of its own."""
