"""Calls that change what stacks manage: which resource types, and how they name the resource.

Names are those of CloudTrail's events, which are not always the API's. Making something new is
left out where it cannot change what is there.
Source: the CloudTrail pages of the services' guides; for S3 "Amazon S3 CloudTrail events".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.model import resource_types


@dataclass(frozen=True, slots=True)
class Calls:
    """Events of one service that are about the same types.

    `by` are the parameters that name the resource, any of which will do; none where the account has
    one of the kind in a region.
    """

    types: tuple[str, ...]
    by: tuple[str, ...]
    names: tuple[str, ...]


def _of(types: str, by: str, names: str) -> Calls:
    return Calls(
        tuple(f"aws_{each}" for each in types.split()), tuple(by.split()), tuple(names.split())
    )


CALLS: Mapping[str, tuple[Calls, ...]] = {
    "access-analyzer.amazonaws.com": (
        _of("accessanalyzer_analyzer", "analyzerName", "DeleteAnalyzer UpdateAnalyzer"),
        _of("accessanalyzer_analyzer", "resourceArn", "TagResource UntagResource"),
    ),
    "aoss.amazonaws.com": (
        _of(
            resource_types.SERVERLESS,
            "",
            "DeleteAccessPolicy DeleteCollection DeleteLifecyclePolicy DeleteSecurityPolicy"
            " DeleteVpcEndpoint UpdateAccessPolicy UpdateCollection UpdateLifecyclePolicy"
            " UpdateSecurityPolicy UpdateVpcEndpoint",
        ),
    ),
    "chatbot.amazonaws.com": (
        _of(
            "chatbot_slack_channel_configuration chatbot_teams_channel_configuration",
            "",
            "DeleteMicrosoftTeamsChannelConfiguration DeleteSlackChannelConfiguration"
            " UpdateMicrosoftTeamsChannelConfiguration UpdateSlackChannelConfiguration",
        ),
    ),
    "cloudtrail.amazonaws.com": (
        _of("cloudtrail", "name", "DeleteTrail StartLogging StopLogging UpdateTrail"),
        _of("cloudtrail", "trailName", "PutEventSelectors PutInsightSelectors"),
        _of("cloudtrail", "resourceId", "AddTags RemoveTags"),
    ),
    "config.amazonaws.com": (
        _of(
            resource_types.RECORDER,
            "",
            "DeleteConfigurationRecorder PutConfigurationRecorder StartConfigurationRecorder"
            " StopConfigurationRecorder",
        ),
        _of("config_delivery_channel", "", "DeleteDeliveryChannel PutDeliveryChannel"),
        _of(
            "config_configuration_aggregator",
            "configurationAggregatorName",
            "DeleteConfigurationAggregator PutConfigurationAggregator",
        ),
    ),
    "dynamodb.amazonaws.com": (
        _of(
            "dynamodb_table",
            "tableName",
            "DeleteTable UpdateContinuousBackups UpdateTable UpdateTimeToLive",
        ),
        _of("dynamodb_table", "resourceArn", "TagResource UntagResource"),
    ),
    "ec2.amazonaws.com": (
        _of(
            "ebs_encryption_by_default",
            "",
            "DisableEbsEncryptionByDefault EnableEbsEncryptionByDefault",
        ),
        _of("ec2_instance_metadata_defaults", "", "ModifyInstanceMetadataDefaults"),
        _of("flow_log", "", "DeleteFlowLogs"),
        _of(
            resource_types.GROUP,
            "groupId",
            "AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress DeleteSecurityGroup"
            " ModifySecurityGroupRules RevokeSecurityGroupEgress RevokeSecurityGroupIngress",
        ),
    ),
    "es.amazonaws.com": (
        _of("opensearch_domain", "domainName", "DeleteDomain UpdateDomainConfig"),
    ),
    "events.amazonaws.com": (
        _of(resource_types.RULE, "name", "DeleteRule DisableRule EnableRule PutRule"),
        _of(resource_types.RULE, "rule", "PutTargets RemoveTargets"),
        _of(resource_types.BUS, "name", "DeleteEventBus UpdateEventBus"),
        _of(resource_types.BUS, "eventBusName", "PutPermission RemovePermission"),
        _of(
            f"{resource_types.RULE} {resource_types.BUS}",
            "resourceARN",
            "TagResource UntagResource",
        ),
    ),
    "firehose.amazonaws.com": (
        _of(
            "kinesis_firehose_delivery_stream",
            "deliveryStreamName",
            "DeleteDeliveryStream StartDeliveryStreamEncryption StopDeliveryStreamEncryption"
            " TagDeliveryStream UntagDeliveryStream UpdateDestination",
        ),
    ),
    "guardduty.amazonaws.com": (
        _of(
            "guardduty_organization_admin_account",
            "",
            "DisableOrganizationAdminAccount EnableOrganizationAdminAccount",
        ),
        _of(
            f"guardduty_detector {resource_types.GUARDDUTY}",
            "",
            "DeleteDetector UpdateDetector UpdateOrganizationConfiguration",
        ),
    ),
    "iam.amazonaws.com": (
        _of(
            resource_types.ROLE,
            "roleName",
            "AttachRolePolicy DeleteRole DeleteRolePermissionsBoundary DeleteRolePolicy"
            " DeleteServiceLinkedRole DetachRolePolicy PutRolePermissionsBoundary PutRolePolicy"
            " TagRole UntagRole UpdateAssumeRolePolicy UpdateRole UpdateRoleDescription",
        ),
        _of(
            "iam_policy",
            "policyArn",
            "CreatePolicyVersion DeletePolicy DeletePolicyVersion SetDefaultPolicyVersion TagPolicy"
            " UntagPolicy",
        ),
        _of(
            "iam_account_password_policy",
            "",
            "DeleteAccountPasswordPolicy UpdateAccountPasswordPolicy",
        ),
    ),
    "kms.amazonaws.com": (
        _of(
            "kms_key",
            "keyId",
            "CancelKeyDeletion DisableKey DisableKeyRotation EnableKey EnableKeyRotation"
            " PutKeyPolicy ScheduleKeyDeletion TagResource UntagResource UpdateKeyDescription",
        ),
        _of("kms_alias", "aliasName", "CreateAlias DeleteAlias UpdateAlias"),
    ),
    "lambda.amazonaws.com": (
        _of(
            resource_types.FUNCTION,
            "functionName",
            "AddPermission20150331v2 DeleteFunction20150331 DeleteFunctionConcurrency20171031"
            " PutFunctionConcurrency20171031 RemovePermission20150331v2"
            " UpdateFunctionCode20150331v2 UpdateFunctionConfiguration20150331v2",
        ),
        _of(
            "lambda_event_source_mapping",
            "uUID",
            "DeleteEventSourceMapping20150331 UpdateEventSourceMapping20150331",
        ),
    ),
    "logs.amazonaws.com": (
        _of("cloudwatch_log_account_policy", "", "DeleteAccountPolicy PutAccountPolicy"),
        _of(
            "cloudwatch_log_destination cloudwatch_log_destination_policy",
            "",
            "DeleteDestination PutDestination PutDestinationPolicy",
        ),
        _of("cloudwatch_log_resource_policy", "", "DeleteResourcePolicy PutResourcePolicy"),
        _of("cloudwatch_log_stream", "logStreamName", "DeleteLogStream"),
        _of(
            "cloudwatch_log_group",
            "logGroupName",
            "AssociateKmsKey DeleteLogGroup DeleteRetentionPolicy DisassociateKmsKey"
            " PutRetentionPolicy",
        ),
    ),
    "monitoring.amazonaws.com": (
        _of(
            "cloudwatch_metric_alarm",
            "alarmName alarmNames",
            "DeleteAlarms DisableAlarmActions EnableAlarmActions PutMetricAlarm",
        ),
    ),
    "organizations.amazonaws.com": (
        _of(
            "organizations_organization",
            "",
            "DisableAWSServiceAccess DisablePolicyType EnableAWSServiceAccess EnableAllFeatures"
            " EnablePolicyType",
        ),
        _of(
            "organizations_delegated_administrator",
            "",
            "DeregisterDelegatedAdministrator RegisterDelegatedAdministrator",
        ),
    ),
    "osis.amazonaws.com": (
        _of("osis_pipeline", "", "DeletePipeline StartPipeline StopPipeline UpdatePipeline"),
    ),
    "route53resolver.amazonaws.com": (
        _of(
            "route53_resolver_query_log_config route53_resolver_query_log_config_association",
            "",
            "DeleteResolverQueryLogConfig DisassociateResolverQueryLogConfig",
        ),
    ),
    "s3.amazonaws.com": (
        _of(
            "s3_account_public_access_block",
            "",
            "DeleteAccountPublicAccessBlock PutAccountPublicAccessBlock",
        ),
        _of(
            resource_types.BUCKET,
            "bucketName",
            "DeleteBucket DeleteBucketEncryption DeleteBucketLifecycle"
            " DeleteBucketOwnershipControls DeleteBucketPolicy DeleteBucketPublicAccessBlock"
            " DeleteBucketTagging PutBucketAcl PutBucketEncryption PutBucketLifecycle"
            " PutBucketLogging PutBucketNotification PutBucketObjectLockConfiguration"
            " PutBucketOwnershipControls PutBucketPolicy PutBucketPublicAccessBlock"
            " PutBucketTagging PutBucketVersioning",
        ),
    ),
    "securityhub.amazonaws.com": (
        _of(
            "securityhub_account",
            "",
            "DisableSecurityHub EnableSecurityHub UpdateSecurityHubConfiguration",
        ),
        _of("securityhub_standards_subscription", "", "BatchDisableStandards BatchEnableStandards"),
        _of(
            "securityhub_standards_control_association",
            "",
            "BatchUpdateStandardsControlAssociations UpdateStandardsControl",
        ),
        _of(
            "securityhub_organization_admin_account",
            "",
            "DisableOrganizationAdminAccount EnableOrganizationAdminAccount",
        ),
        _of(
            resource_types.CENTRAL,
            "",
            "DeleteConfigurationPolicy StartConfigurationPolicyAssociation"
            " StartConfigurationPolicyDisassociation UpdateConfigurationPolicy",
        ),
        _of("securityhub_organization_configuration", "", "UpdateOrganizationConfiguration"),
        _of(
            "securityhub_finding_aggregator",
            "",
            "DeleteFindingAggregator UpdateFindingAggregator",
        ),
        _of("securityhub_member", "", "CreateMembers DeleteMembers DisassociateMembers"),
    ),
    "securitylake.amazonaws.com": (
        _of(
            resource_types.LAKE,
            "",
            "CreateAwsLogSource DeleteAwsLogSource DeleteDataLake UpdateDataLake",
        ),
        _of(
            resource_types.SUBSCRIBER,
            "",
            "CreateSubscriberNotification DeleteSubscriber DeleteSubscriberNotification"
            " UpdateSubscriber UpdateSubscriberNotification",
        ),
    ),
    "sns.amazonaws.com": (
        _of(
            resource_types.TOPIC,
            "topicArn resourceArn",
            "AddPermission DeleteTopic RemovePermission SetTopicAttributes TagResource"
            " UntagResource",
        ),
        _of("sns_topic_subscription", "subscriptionArn", "SetSubscriptionAttributes Unsubscribe"),
    ),
    "sqs.amazonaws.com": (
        _of(
            resource_types.QUEUE,
            "queueUrl",
            "AddPermission DeleteQueue RemovePermission SetQueueAttributes TagQueue UntagQueue",
        ),
    ),
    "ssm.amazonaws.com": (
        _of("ssm_parameter", "name names", "DeleteParameter DeleteParameters PutParameter"),
    ),
}
"""CloudTrail's event source → calls."""
