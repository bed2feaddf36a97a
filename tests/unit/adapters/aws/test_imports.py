"""Each type that stacks make: found where it is, missing where it is not, and asked for rightly."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel
from botocore.validate import ParamValidator

from orchestrator.adapters.aws.imports import FINDERS, Remembering, candidate
from orchestrator.adapters.aws.imports.wanted import Wanted
from orchestrator.adapters.terraform.plan_json import Intent
from orchestrator.model.import_candidates import ImportCandidate, Presence
from tests.unit.adapters.aws.fake_aws import FakeAws, refusal

ROOT = Path(__file__).parents[4]
HOME, OTHER = "ap-northeast-1", "us-east-1"
ME, SOMEBODY = "200000000006", "200000000099"
LOADER = Loader()
Answers = Mapping[str, object]


@cache
def _operation(service: str, operation: str) -> OperationModel:
    model = ServiceModel(LOADER.load_service_model(service, "service-2"), service)
    return model.operation_model(operation)


@dataclass(frozen=True, slots=True)
class StrictAws(FakeAws):
    """Answers from a table only what AWS would take for a question."""

    asked: list[str] = field(default_factory=list)

    def call(self, service: str, operation: str, region: str = "", **parameters: object) -> Any:
        shape = _operation(service, operation).input_shape
        report = ParamValidator().validate(parameters, shape) if shape else None
        assert not (report and report.has_errors()), report.generate_report()
        self.asked.append(f"{service}:{operation}")
        return FakeAws.call(self, service, operation, region, **parameters)

    def pages(
        self, service: str, operation: str, key: str, region: str = "", **parameters: object
    ) -> list[Any]:
        pages = LOADER.load_service_model(service, "paginators-1")["pagination"]
        keys = pages[operation]["result_key"]
        assert key in (keys if isinstance(keys, list) else [keys])
        return FakeAws.pages(self, service, operation, key, region, **parameters)


def seen(
    type_: str,
    values: Mapping[str, object],
    answers: Answers,
    unknown: frozenset[str] = frozenset(),
    siblings: tuple[Intent, ...] = (),
) -> ImportCandidate:
    intent = Intent(f"module.one.{type_}.this", type_, HOME, values, unknown, "module.one")
    return candidate(StrictAws(answers), Wanted(ME, intent, siblings))


def an_alias(module: str) -> Intent:
    type_, values = "aws_kms_alias", {"name": f"alias/{module}"}
    address = f"module.{module}.{type_}.this"
    return Intent(address, type_, HOME, values, frozenset(), f"module.{module}")


def by_type(value: object) -> str:
    """Only the type names a case."""
    return value if isinstance(value, str) and value.startswith("aws_") else ""


NO_HUB = refusal("InvalidAccessException")
NO_ENTITY = refusal("NoSuchEntity")
NONE = refusal("ResourceNotFoundException")
NO_QUEUE = refusal("AWS.SimpleQueueService.NonExistentQueue")
STANDARD = f"arn:aws:securityhub:{HOME}::standards/x"
QUEUE = "https://sqs.ap-northeast-1.amazonaws.com/200000000006/q"
POLICY = f"arn:aws:iam::{ME}:policy/orchestrator-boundary"
TOPIC = f"arn:aws:sns:{HOME}:{ME}:team"
FUNCTION = f"arn:aws:lambda:{HOME}:{ME}:function:f"
BUCKET = {"bucket": "logs-of-ours"}
AGGREGATOR = f"arn:aws:securityhub:{HOME}:{ME}:finding-aggregator/1"
SECURITY = {"admin_account_id": ME}
GROUP_RULE = {
    "security_group_id": "sg-1",
    "ip_protocol": "tcp",
    "from_port": 443,
    "to_port": 443,
    "cidr_ipv4": "10.0.0.0/8",
}
A_RULE = {
    "SecurityGroupRuleId": "sgr-1",
    "IpProtocol": "tcp",
    "FromPort": 443,
    "ToPort": 443,
    "CidrIpv4": "10.0.0.0/8",
}
NAMED_AND_TYPED = {"name": "siem", "type": "data"}

Case = tuple[str, Mapping[str, object], Answers, str, Answers]
CASES: tuple[Case, ...] = (
    # type, planned values, AWS where it is, its import id, AWS where it is not
    (
        "aws_accessanalyzer_analyzer",
        {"analyzer_name": "organization"},
        {"accessanalyzer:GetAnalyzer": {"analyzer": {}}},
        "organization",
        {"accessanalyzer:GetAnalyzer": NONE},
    ),
    (
        "aws_chatbot_slack_channel_configuration",
        {"configuration_name": "team"},
        {
            "chatbot:DescribeSlackChannelConfigurations": [
                {"ConfigurationName": "team", "ChatConfigurationArn": "arn:chat"}
            ]
        },
        "arn:chat",
        {"chatbot:DescribeSlackChannelConfigurations": []},
    ),
    (
        "aws_chatbot_teams_channel_configuration",
        {"configuration_name": "team"},
        {
            "chatbot:ListMicrosoftTeamsChannelConfigurations": [
                {"ConfigurationName": "team", "TeamId": "t-1"}
            ]
        },
        "t-1",
        {"chatbot:ListMicrosoftTeamsChannelConfigurations": []},
    ),
    (
        "aws_cloudtrail",
        {"name": "example-organization"},
        {
            "cloudtrail:DescribeTrails": {
                "trailList": [{"Name": "example-organization", "TrailARN": "arn:trail"}]
            }
        },
        "arn:trail",
        {"cloudtrail:DescribeTrails": {"trailList": []}},
    ),
    (
        "aws_cloudwatch_event_bus",
        {"name": "findings"},
        {"events:DescribeEventBus": {"Name": "findings"}},
        "findings",
        {"events:DescribeEventBus": NONE},
    ),
    (
        "aws_cloudwatch_event_bus_policy",
        {"event_bus_name": "findings"},
        {"events:DescribeEventBus": {"Policy": "{}"}},
        "findings",
        {"events:DescribeEventBus": {"Name": "findings"}},
    ),
    (
        "aws_cloudwatch_event_rule",
        {"name": "tick", "event_bus_name": "default"},
        {"events:DescribeRule": {"Name": "tick"}},
        "default/tick",
        {"events:DescribeRule": NONE},
    ),
    (
        "aws_cloudwatch_event_target",
        {"rule": "tick", "event_bus_name": None, "target_id": "queue"},
        {"events:ListTargetsByRule": [{"Id": "other"}, {"Id": "queue"}]},
        "default/tick/queue",
        {"events:ListTargetsByRule": [{"Id": "other"}]},
    ),
    (
        "aws_cloudwatch_log_account_policy",
        {"policy_name": "ours", "policy_type": "SUBSCRIPTION_FILTER_POLICY"},
        {"logs:DescribeAccountPolicies": {"accountPolicies": [{"policyName": "ours"}]}},
        "ours:SUBSCRIPTION_FILTER_POLICY",
        {"logs:DescribeAccountPolicies": {"accountPolicies": []}},
    ),
    (
        "aws_cloudwatch_log_destination",
        {"name": "logs"},
        {"logs:DescribeDestinations": [{"destinationName": "logs"}]},
        "logs",
        {"logs:DescribeDestinations": [{"destinationName": "logs-2"}]},
    ),
    (
        "aws_cloudwatch_log_destination_policy",
        {"destination_name": "logs"},
        {"logs:DescribeDestinations": [{"destinationName": "logs", "accessPolicy": "{}"}]},
        "logs",
        {"logs:DescribeDestinations": [{"destinationName": "logs", "accessPolicy": ""}]},
    ),
    (
        "aws_cloudwatch_log_group",
        {"name": "/aws/f"},
        {"logs:DescribeLogGroups": [{"logGroupName": "/aws/f2"}, {"logGroupName": "/aws/f"}]},
        "/aws/f",
        {"logs:DescribeLogGroups": [{"logGroupName": "/aws/f2"}]},
    ),
    (
        "aws_cloudwatch_log_resource_policy",
        {"policy_name": "siem"},
        {"logs:DescribeResourcePolicies": [{"policyName": "siem"}]},
        "siem",
        {"logs:DescribeResourcePolicies": []},
    ),
    (
        "aws_cloudwatch_log_stream",
        {"log_group_name": "/aws/f", "name": "s"},
        {"logs:DescribeLogStreams": [{"logStreamName": "s"}]},
        "/aws/f:s",
        {"logs:DescribeLogStreams": NONE},
    ),
    (
        "aws_cloudwatch_metric_alarm",
        {"alarm_name": "dead"},
        {"cloudwatch:DescribeAlarms": {"MetricAlarms": [{"AlarmName": "dead"}]}},
        "dead",
        {"cloudwatch:DescribeAlarms": {"MetricAlarms": []}},
    ),
    (
        "aws_config_configuration_aggregator",
        {"name": "organization"},
        {"config:DescribeConfigurationAggregators": {"ConfigurationAggregators": [{}]}},
        "organization",
        {
            "config:DescribeConfigurationAggregators": refusal(
                "NoSuchConfigurationAggregatorException"
            )
        },
    ),
    (
        "aws_config_configuration_recorder",
        {"name": "default"},
        {
            "config:DescribeConfigurationRecorders": {
                "ConfigurationRecorders": [
                    {"name": "AWSConfigurationRecorderForX", "recordingScope": "INTERNAL"},
                    {"name": "default"},
                ]
            }
        },
        "default",
        {
            "config:DescribeConfigurationRecorders": {
                "ConfigurationRecorders": [{"name": "ForX", "recordingScope": "INTERNAL"}]
            }
        },
    ),
    (
        "aws_config_configuration_recorder_status",
        {"name": "default"},
        {
            "config:DescribeConfigurationRecorderStatus": {
                "ConfigurationRecordersStatus": [{"name": "default", "recording": False}]
            }
        },
        "default",
        {"config:DescribeConfigurationRecorderStatus": {"ConfigurationRecordersStatus": []}},
    ),
    (
        "aws_config_delivery_channel",
        {"name": "default"},
        {"config:DescribeDeliveryChannels": {"DeliveryChannels": [{"name": "default"}]}},
        "default",
        {"config:DescribeDeliveryChannels": {"DeliveryChannels": []}},
    ),
    (
        "aws_dynamodb_table",
        {"name": "findings"},
        {"dynamodb:DescribeTable": {"Table": {}}},
        "findings",
        {"dynamodb:DescribeTable": NONE},
    ),
    (
        "aws_ebs_encryption_by_default",
        {"enabled": True},
        {"ec2:GetEbsEncryptionByDefault": {"EbsEncryptionByDefault": True}},
        "default",
        {"ec2:GetEbsEncryptionByDefault": {"EbsEncryptionByDefault": False}},
    ),
    (
        "aws_flow_log",
        {"vpc_id": "vpc-1", "log_destination": "arn:aws:s3:::logs"},
        {
            "ec2:DescribeFlowLogs": [
                {"FlowLogId": "fl-1", "LogDestination": "arn:aws:s3:::other"},
                {"FlowLogId": "fl-2", "LogDestination": "arn:aws:s3:::logs"},
            ]
        },
        "fl-2",
        {"ec2:DescribeFlowLogs": []},
    ),
    (
        "aws_guardduty_organization_admin_account",
        SECURITY,
        {"guardduty:ListOrganizationAdminAccounts": [{"AdminAccountId": ME}]},
        ME,
        {"guardduty:ListOrganizationAdminAccounts": []},
    ),
    (
        "aws_guardduty_organization_configuration",
        {"detector_id": "d-1"},
        {"guardduty:DescribeOrganizationConfiguration": {"AutoEnable": False}},
        "d-1",
        {"guardduty:DescribeOrganizationConfiguration": refusal("BadRequestException")},
    ),
    (
        "aws_iam_account_password_policy",
        {},
        {"iam:GetAccountPasswordPolicy": {"PasswordPolicy": {}}},
        "iam-account-password-policy",
        {"iam:GetAccountPasswordPolicy": NO_ENTITY},
    ),
    (
        "aws_iam_policy",
        {"name": "orchestrator-boundary", "path": "/"},
        {"iam:GetPolicy": {"Policy": {}}},
        POLICY,
        {"iam:GetPolicy": NO_ENTITY},
    ),
    (
        "aws_iam_role",
        {"name": "orchestrator-plan"},
        {"iam:GetRole": {"Role": {}}},
        "orchestrator-plan",
        {"iam:GetRole": NO_ENTITY},
    ),
    (
        "aws_iam_role_policy",
        {"role": "orchestrator-plan", "name": "plan"},
        {"iam:GetRolePolicy": {}},
        "orchestrator-plan:plan",
        {"iam:GetRolePolicy": NO_ENTITY},
    ),
    (
        "aws_iam_role_policy_attachment",
        {"role": "orchestrator-apply", "policy_arn": POLICY},
        {"iam:ListAttachedRolePolicies": [{"PolicyArn": POLICY}]},
        f"orchestrator-apply/{POLICY}",
        {"iam:ListAttachedRolePolicies": []},
    ),
    (
        "aws_guardduty_detector",
        {"enable": True},
        {"guardduty:ListDetectors": ["d-1"]},
        "d-1",
        {"guardduty:ListDetectors": []},
    ),
    (
        "aws_iam_service_linked_role",
        {"aws_service_name": "config.amazonaws.com"},
        {"iam:GetRole": {"Role": {"Arn": "arn:role"}}},
        "arn:role",
        {"iam:GetRole": NO_ENTITY},
    ),
    (
        "aws_kinesis_firehose_delivery_stream",
        {"name": "logs"},
        {
            "firehose:DescribeDeliveryStream": {
                "DeliveryStreamDescription": {"DeliveryStreamARN": "arn:stream"}
            }
        },
        "arn:stream",
        {"firehose:DescribeDeliveryStream": NONE},
    ),
    (
        "aws_kms_alias",
        {"name": "alias/logs"},
        {"kms:ListAliases": [{"AliasName": "alias/logs", "TargetKeyId": "k-1"}]},
        "alias/logs",
        {"kms:ListAliases": [{"AliasName": "alias/aws/s3"}]},
    ),
    (
        "aws_lambda_event_source_mapping",
        {"event_source_arn": "arn:queue", "function_name": FUNCTION},
        {"lambda:ListEventSourceMappings": [{"UUID": "u-1"}]},
        "u-1",
        {"lambda:ListEventSourceMappings": []},
    ),
    (
        "aws_lambda_function",
        {"function_name": "f"},
        {"lambda:GetFunction": {}},
        "f",
        {"lambda:GetFunction": NONE},
    ),
    (
        "aws_lambda_permission",
        {"function_name": "f", "statement_id": "Tick"},
        {"lambda:GetPolicy": {"Policy": '{"Statement": [{"Sid": "Tick"}]}'}},
        "f/Tick",
        {"lambda:GetPolicy": {"Policy": '{"Statement": [{"Sid": "Other"}]}'}},
    ),
    (
        "aws_opensearch_domain",
        {"domain_name": "siem"},
        {"opensearch:DescribeDomain": {}},
        "siem",
        {"opensearch:DescribeDomain": NONE},
    ),
    (
        "aws_opensearchserverless_access_policy",
        NAMED_AND_TYPED,
        {"opensearchserverless:GetAccessPolicy": {}},
        "siem/data",
        {"opensearchserverless:GetAccessPolicy": NONE},
    ),
    (
        "aws_opensearchserverless_collection",
        {"name": "siem"},
        {"opensearchserverless:BatchGetCollection": {"collectionDetails": [{"id": "c-1"}]}},
        "c-1",
        {"opensearchserverless:BatchGetCollection": {"collectionDetails": []}},
    ),
    (
        "aws_opensearchserverless_lifecycle_policy",
        {"name": "siem", "type": "retention"},
        {"opensearchserverless:BatchGetLifecyclePolicy": {"lifecyclePolicyDetails": [{}]}},
        "siem/retention",
        {"opensearchserverless:BatchGetLifecyclePolicy": {"lifecyclePolicyDetails": []}},
    ),
    (
        "aws_opensearchserverless_security_policy",
        {"name": "siem", "type": "encryption"},
        {"opensearchserverless:GetSecurityPolicy": {}},
        "siem/encryption",
        {"opensearchserverless:GetSecurityPolicy": NONE},
    ),
    (
        "aws_opensearchserverless_vpc_endpoint",
        {"name": "siem"},
        {
            "opensearchserverless:ListVpcEndpoints": {
                "vpcEndpointSummaries": [{"name": "siem", "id": "vpce-1"}]
            }
        },
        "vpce-1",
        {"opensearchserverless:ListVpcEndpoints": {"vpcEndpointSummaries": []}},
    ),
    (
        "aws_organizations_delegated_administrator",
        {"account_id": ME, "service_principal": "config.amazonaws.com"},
        {
            "organizations:ListDelegatedServicesForAccount": [
                {"ServicePrincipal": "config.amazonaws.com"}
            ]
        },
        f"{ME}/config.amazonaws.com",
        {"organizations:ListDelegatedServicesForAccount": refusal("AccountNotRegisteredException")},
    ),
    (
        "aws_osis_pipeline",
        {"pipeline_name": "siem"},
        {"osis:GetPipeline": {}},
        "siem",
        {"osis:GetPipeline": NONE},
    ),
    (
        "aws_route53_resolver_query_log_config",
        {"name": "ours", "destination_arn": "arn:aws:s3:::logs"},
        {
            "route53resolver:ListResolverQueryLogConfigs": [
                {"Id": "rqlc-1", "DestinationArn": "arn:aws:s3:::logs"}
            ]
        },
        "rqlc-1",
        {"route53resolver:ListResolverQueryLogConfigs": []},
    ),
    (
        "aws_route53_resolver_query_log_config_association",
        {"resource_id": "vpc-1", "resolver_query_log_config_id": "rqlc-1"},
        {
            "route53resolver:ListResolverQueryLogConfigAssociations": [
                {"Id": "rqlca-1", "ResolverQueryLogConfigId": "rqlc-1"}
            ]
        },
        "rqlca-1",
        {"route53resolver:ListResolverQueryLogConfigAssociations": []},
    ),
    (
        "aws_s3_account_public_access_block",
        {},
        {"s3control:GetPublicAccessBlock": {}},
        ME,
        {"s3control:GetPublicAccessBlock": refusal("NoSuchPublicAccessBlockConfiguration")},
    ),
    (
        "aws_s3_bucket",
        BUCKET,
        {"s3:HeadBucket": {}},
        "logs-of-ours",
        {"s3:HeadBucket": refusal("404")},
    ),
    (
        "aws_s3_bucket_lifecycle_configuration",
        BUCKET,
        {"s3:GetBucketLifecycleConfiguration": {"Rules": [{}]}},
        "logs-of-ours",
        {"s3:GetBucketLifecycleConfiguration": refusal("NoSuchLifecycleConfiguration")},
    ),
    (
        "aws_s3_bucket_logging",
        BUCKET,
        {"s3:GetBucketLogging": {"LoggingEnabled": {"TargetBucket": "x"}}},
        "logs-of-ours",
        {"s3:GetBucketLogging": {}},
    ),
    (
        "aws_s3_bucket_notification",
        BUCKET,
        {"s3:GetBucketNotificationConfiguration": {"QueueConfigurations": [{}]}},
        "logs-of-ours",
        {"s3:GetBucketNotificationConfiguration": {}},
    ),
    (
        "aws_s3_bucket_object_lock_configuration",
        BUCKET,
        {"s3:GetObjectLockConfiguration": {"ObjectLockConfiguration": {"Rule": {}}}},
        "logs-of-ours",
        {"s3:GetObjectLockConfiguration": refusal("ObjectLockConfigurationNotFoundError")},
    ),
    (
        "aws_s3_bucket_ownership_controls",
        BUCKET,
        {"s3:GetBucketOwnershipControls": {}},
        "logs-of-ours",
        {"s3:GetBucketOwnershipControls": refusal("OwnershipControlsNotFoundError")},
    ),
    (
        "aws_s3_bucket_policy",
        BUCKET,
        {"s3:GetBucketPolicy": {"Policy": "{}"}},
        "logs-of-ours",
        {"s3:GetBucketPolicy": refusal("NoSuchBucketPolicy")},
    ),
    (
        "aws_s3_bucket_public_access_block",
        BUCKET,
        {"s3:GetPublicAccessBlock": {}},
        "logs-of-ours",
        {"s3:GetPublicAccessBlock": refusal("NoSuchPublicAccessBlockConfiguration")},
    ),
    (
        "aws_s3_bucket_server_side_encryption_configuration",
        BUCKET,
        {"s3:GetBucketEncryption": {}},
        "logs-of-ours",
        {"s3:GetBucketEncryption": refusal("ServerSideEncryptionConfigurationNotFoundError")},
    ),
    (
        "aws_s3_bucket_versioning",
        BUCKET,
        {"s3:GetBucketVersioning": {"Status": "Suspended"}},
        "logs-of-ours",
        {"s3:GetBucketVersioning": {}},
    ),
    (
        "aws_security_group",
        {"name": "siem", "vpc_id": "vpc-1"},
        {"ec2:DescribeSecurityGroups": [{"GroupId": "sg-1"}]},
        "sg-1",
        {"ec2:DescribeSecurityGroups": []},
    ),
    (
        "aws_securityhub_account",
        {},
        {"securityhub:DescribeHub": {"HubArn": "arn"}},
        ME,
        {"securityhub:DescribeHub": NO_HUB},
    ),
    (
        "aws_securityhub_configuration_policy",
        {"name": "default"},
        {"securityhub:ListConfigurationPolicies": [{"Name": "default", "Id": "p-1"}]},
        "p-1",
        {"securityhub:ListConfigurationPolicies": [{"Name": "other", "Id": "p-2"}]},
    ),
    (
        "aws_securityhub_configuration_policy_association",
        {"target_id": "ou-ex01-prod0000"},
        {"securityhub:GetConfigurationPolicyAssociation": {"AssociationType": "APPLIED"}},
        "ou-ex01-prod0000",
        {"securityhub:GetConfigurationPolicyAssociation": {"AssociationType": "INHERITED"}},
    ),
    (
        "aws_securityhub_finding_aggregator",
        {},
        {"securityhub:ListFindingAggregators": [{"FindingAggregatorArn": AGGREGATOR}]},
        AGGREGATOR,
        {"securityhub:ListFindingAggregators": []},
    ),
    (
        "aws_securityhub_member",
        {"account_id": SOMEBODY},
        {"securityhub:GetMembers": {"Members": [{"AccountId": SOMEBODY}]}},
        SOMEBODY,
        {"securityhub:GetMembers": {"Members": []}},
    ),
    (
        "aws_securityhub_organization_admin_account",
        SECURITY,
        {"securityhub:ListOrganizationAdminAccounts": [{"AccountId": ME}]},
        ME,
        {"securityhub:ListOrganizationAdminAccounts": []},
    ),
    (
        "aws_securityhub_organization_configuration",
        {},
        {"securityhub:DescribeOrganizationConfiguration": {"AutoEnable": False}},
        ME,
        {"securityhub:DescribeOrganizationConfiguration": NO_HUB},
    ),
    (
        "aws_securityhub_standards_subscription",
        {"standards_arn": STANDARD},
        {
            "securityhub:GetEnabledStandards": [
                {"StandardsArn": STANDARD, "StandardsSubscriptionArn": "arn:subscription"}
            ]
        },
        "arn:subscription",
        {"securityhub:GetEnabledStandards": NO_HUB},
    ),
    (
        "aws_securitylake_aws_log_source",
        {"source": [{"source_name": "ROUTE53", "regions": [HOME]}]},
        {"securitylake:ListLogSources": [{"sources": [{}]}]},
        "ROUTE53",
        {"securitylake:ListLogSources": [{"sources": []}]},
    ),
    (
        "aws_securitylake_data_lake",
        {"configuration": [{"region": HOME}]},
        {"securitylake:ListDataLakes": {"dataLakes": [{"dataLakeArn": "arn:lake"}]}},
        "arn:lake",
        {"securitylake:ListDataLakes": {"dataLakes": []}},
    ),
    (
        "aws_securitylake_subscriber",
        {"subscriber_name": "siem"},
        {"securitylake:ListSubscribers": [{"subscriberName": "siem", "subscriberId": "1ff2"}]},
        "1ff2",
        {"securitylake:ListSubscribers": [{"subscriberName": "other", "subscriberId": "1"}]},
    ),
    (
        "aws_securitylake_subscriber_notification",
        {"subscriber_id": "1ff2"},
        {"securitylake:ListSubscribers": [{"subscriberId": "1ff2", "subscriberEndpoint": "arn"}]},
        "1ff2",
        {"securitylake:ListSubscribers": [{"subscriberId": "1ff2"}]},
    ),
    (
        "aws_sns_topic",
        {"name": "team"},
        {"sns:GetTopicAttributes": {}},
        TOPIC,
        {"sns:GetTopicAttributes": refusal("NotFound")},
    ),
    (
        "aws_sns_topic_policy",
        {"arn": TOPIC},
        {"sns:GetTopicAttributes": {}},
        TOPIC,
        {"sns:GetTopicAttributes": refusal("NotFound")},
    ),
    (
        "aws_sns_topic_subscription",
        {"topic_arn": TOPIC, "endpoint": "team@example.com", "protocol": "email"},
        {
            "sns:ListSubscriptionsByTopic": [
                {
                    "Endpoint": "team@example.com",
                    "Protocol": "email",
                    "SubscriptionArn": f"{TOPIC}:1",
                }
            ]
        },
        f"{TOPIC}:1",
        {
            "sns:ListSubscriptionsByTopic": [
                {
                    "Endpoint": "team@example.com",
                    "Protocol": "email",
                    "SubscriptionArn": "PendingConfirmation",
                }
            ]
        },
    ),
    (
        "aws_sqs_queue",
        {"name": "q"},
        {"sqs:GetQueueUrl": {"QueueUrl": QUEUE}},
        QUEUE,
        {"sqs:GetQueueUrl": NO_QUEUE},
    ),
    (
        "aws_sqs_queue_policy",
        {"queue_url": QUEUE},
        {"sqs:GetQueueAttributes": {"Attributes": {"Policy": "{}"}}},
        QUEUE,
        {"sqs:GetQueueAttributes": {}},
    ),
    (
        "aws_ssm_parameter",
        {"name": "/orchestrator/switch"},
        {"ssm:GetParameter": {}},
        "/orchestrator/switch",
        {"ssm:GetParameter": refusal("ParameterNotFound")},
    ),
    (
        "aws_vpc_security_group_egress_rule",
        GROUP_RULE,
        {"ec2:DescribeSecurityGroupRules": [{**A_RULE, "IsEgress": True}]},
        "sgr-1",
        {"ec2:DescribeSecurityGroupRules": [{**A_RULE, "IsEgress": False}]},
    ),
    (
        "aws_vpc_security_group_ingress_rule",
        GROUP_RULE,
        {"ec2:DescribeSecurityGroupRules": [{**A_RULE, "IsEgress": False}]},
        "sgr-1",
        {"ec2:DescribeSecurityGroupRules": [{**A_RULE, "IsEgress": False, "ToPort": 444}]},
    ),
)

STANDARDS = "securityhub:ListStandardsControlAssociations"
CONTROL = {"security_control_id": "S3.1", "standards_arn": STANDARD}
SETTINGS: tuple[tuple[str, Mapping[str, object], Answers, str, Answers], ...] = (
    # type, planned values, AWS where somebody has set it, what is said, AWS where nobody has
    (
        "aws_ec2_instance_metadata_defaults",
        {"http_tokens": "required"},
        {"ec2:GetInstanceMetadataDefaults": {"AccountLevel": {"HttpTokens": "optional"}}},
        "HttpTokens optional",
        {"ec2:GetInstanceMetadataDefaults": {"AccountLevel": {}}},
    ),
    (
        "aws_guardduty_detector_feature",
        {"detector_id": "d-1", "name": "S3_DATA_EVENTS", "status": "ENABLED"},
        {"guardduty:GetDetector": {"Features": [{"Name": "S3_DATA_EVENTS", "Status": "DISABLED"}]}},
        "DISABLED",
        {"guardduty:GetDetector": {"Features": [{"Name": "S3_DATA_EVENTS", "Status": "ENABLED"}]}},
    ),
    (
        "aws_guardduty_organization_configuration_feature",
        {"detector_id": "d-1", "name": "S3_DATA_EVENTS", "auto_enable": "ALL"},
        {
            "guardduty:DescribeOrganizationConfiguration": {
                "Features": [{"Name": "S3_DATA_EVENTS", "AutoEnable": "NEW"}]
            }
        },
        "NEW",
        {"guardduty:DescribeOrganizationConfiguration": refusal("BadRequestException")},
    ),
    (
        "aws_securityhub_standards_control_association",
        CONTROL,
        {
            STANDARDS: [
                {
                    "StandardsArn": STANDARD,
                    "AssociationStatus": "DISABLED",
                    "UpdatedReason": "by hand",
                }
            ]
        },
        "DISABLED: by hand",
        {STANDARDS: [{"StandardsArn": STANDARD, "AssociationStatus": "ENABLED"}]},
    ),
)

OTHERS: tuple[tuple[str, Mapping[str, object], Answers, str], ...] = (
    # type, planned values, AWS with something else in its place, what is said
    (
        "aws_config_configuration_recorder",
        {"name": "default"},
        {
            "config:DescribeConfigurationRecorders": {
                "ConfigurationRecorders": [{"name": "aws-controltower-recorder"}]
            }
        },
        "there is a recorder 'aws-controltower-recorder'",
    ),
    (
        "aws_config_delivery_channel",
        {"name": "default"},
        {"config:DescribeDeliveryChannels": {"DeliveryChannels": [{"name": "other"}]}},
        "there is a delivery channel 'other'",
    ),
    (
        "aws_securityhub_organization_admin_account",
        SECURITY,
        {"securityhub:ListOrganizationAdminAccounts": [{"AccountId": SOMEBODY}]},
        f"the administrator is {SOMEBODY}",
    ),
    (
        "aws_guardduty_organization_admin_account",
        SECURITY,
        {"guardduty:ListOrganizationAdminAccounts": [{"AdminAccountId": SOMEBODY}]},
        f"the administrator is {SOMEBODY}",
    ),
    (
        "aws_securityhub_finding_aggregator",
        {},
        {
            "securityhub:ListFindingAggregators": [
                {"FindingAggregatorArn": AGGREGATOR.replace(HOME, OTHER)}
            ]
        },
        f"findings come together in {OTHER}",
    ),
    (
        "aws_cloudwatch_log_account_policy",
        {"policy_name": "ours", "policy_type": "SUBSCRIPTION_FILTER_POLICY"},
        {"logs:DescribeAccountPolicies": {"accountPolicies": [{"policyName": "theirs"}]}},
        "there is a subscription for all log groups, 'theirs'",
    ),
)


@pytest.mark.parametrize(("type_", "values", "answers", "id_", "_"), CASES, ids=by_type)
def test_what_is_there_is_found_with_the_id_by_which_it_is_imported(
    type_: str, values: Mapping[str, object], answers: Answers, id_: str, _: Answers
) -> None:
    found = seen(type_, values, answers)

    assert (found.presence, found.id) == (Presence.THERE, id_)


@pytest.mark.parametrize(("type_", "values", "_", "_id", "answers"), CASES, ids=by_type)
def test_what_is_not_there_is_missing(
    type_: str, values: Mapping[str, object], _: Answers, _id: str, answers: Answers
) -> None:
    assert seen(type_, values, answers).presence is Presence.MISSING


@pytest.mark.parametrize(("type_", "values", "answers", "says", "other"), SETTINGS, ids=by_type)
def test_a_setting_that_cannot_be_imported_is_told_before_it_is_written_over(
    type_: str, values: Mapping[str, object], answers: Answers, says: str, other: Answers
) -> None:
    found = seen(type_, values, answers)

    assert (found.presence, found.says) == (Presence.SET, says)
    assert seen(type_, values, other).presence is Presence.MISSING


@pytest.mark.parametrize(("type_", "values", "answers", "says"), OTHERS, ids=by_type)
def test_what_keeps_it_from_being_created_is_said_with_the_way_out(
    type_: str, values: Mapping[str, object], answers: Answers, says: str
) -> None:
    found = seen(type_, values, answers)

    assert (found.presence, found.says) == (Presence.IN_THE_WAY, says)
    assert found.fix


@pytest.mark.parametrize("case", [*CASES, *SETTINGS], ids=lambda case: case[0])
def test_what_is_denied_is_not_known(case: Case) -> None:
    denied = {operation: refusal("AccessDenied") for operation in case[2]}

    found = seen(case[0], case[1], denied)

    assert found.presence is Presence.UNKNOWN
    assert "AccessDenied" in found.says


@pytest.mark.parametrize("code", ["403", "AccessDenied"])
def test_a_bucket_that_may_be_somebody_elses_is_not_taken_for_missing(code: str) -> None:
    found = seen("aws_s3_bucket", BUCKET, {"s3:HeadBucket": refusal(code)})

    assert found.presence is Presence.UNKNOWN


def test_a_key_is_found_by_the_alias_that_its_module_gives_it() -> None:
    here, there = an_alias("one"), an_alias("two")
    answers = {"kms:ListAliases": [{"AliasName": "alias/one", "TargetKeyId": "k-1"}]}

    assert seen("aws_kms_key", {}, answers, siblings=(there, here)).id == "k-1"
    assert seen("aws_kms_key", {}, answers, siblings=(there,)).presence is Presence.UNKNOWN


def test_members_are_asked_for_many_at_a_time_and_once() -> None:
    ids = [f"3{number:011}" for number in range(120)]
    answer = {"Members": [{"AccountId": ids[0]}, {"AccountId": ids[119]}]}
    aws, type_ = StrictAws({"securityhub:GetMembers": answer}), "aws_securityhub_member"
    wanted = tuple(
        Intent(f'{type_}.this["{id_}"]', type_, HOME, {"account_id": id_}, frozenset())
        for id_ in ids
    )
    remembering = Remembering(aws)

    found = [candidate(remembering, Wanted(ME, each, wanted)) for each in wanted]

    assert [each.id for each in found if each.presence is Presence.THERE] == [ids[0], ids[119]]
    assert len(aws.asked) == 3


def test_a_refusal_is_remembered_too() -> None:
    aws = StrictAws({"securityhub:DescribeHub": refusal("AccessDenied")})
    remembering = Remembering(aws)
    intent = Intent("aws_securityhub_account.a", "aws_securityhub_account", HOME, {}, frozenset())

    said = [candidate(remembering, Wanted(ME, intent)).presence for _ in range(2)]

    assert said == [Presence.UNKNOWN, Presence.UNKNOWN]
    assert aws.asked == ["securityhub:DescribeHub"]


def test_what_depends_on_a_value_that_is_not_known_yet_waits() -> None:
    found = seen("aws_s3_bucket_policy", {}, {}, unknown=frozenset({"bucket"}))

    assert found.presence is Presence.WAITS


def test_a_service_whose_role_has_a_name_nobody_knows_is_not_taken_for_one_without() -> None:
    found = seen("aws_iam_service_linked_role", {"aws_service_name": "new.amazonaws.com"}, {})

    assert found.presence is Presence.UNKNOWN


def test_a_type_that_nobody_can_ask_for_is_not_taken_for_missing() -> None:
    assert seen("aws_strange_thing", {}, {}).presence is Presence.UNKNOWN


def test_where_the_region_is_not_known_nothing_is_asked() -> None:
    intent = Intent("aws_sqs_queue.this", "aws_sqs_queue", "", {"name": "q"}, frozenset())

    assert candidate(StrictAws(), Wanted(ME, intent)).presence is Presence.UNKNOWN


def test_every_type_that_a_stack_makes_can_be_asked_for() -> None:
    templates = "\n".join(
        file.read_text("utf-8")
        for stack in ("account", "log_archive", "organization", "security", "")
        for file in (ROOT / "terraform" / stack).glob("*.tf.j2")
    )
    called = set(re.findall(r'source = \{\{ "(\w+)" \| module', templates))
    made = {
        type_
        for module in called
        for file in (ROOT / "modules" / module).glob("*.tf")
        for type_ in re.findall(r'(?m)^resource "(\w+)"', file.read_text("utf-8"))
    }

    assert len(called) > 20
    assert made - FINDERS.keys() == {"aws_organizations_organization"}, "always imported"


ACTIONS: Mapping[str, str] = {
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:HeadBucket": "s3:ListBucket",
    "s3control:GetPublicAccessBlock": "s3:GetAccountPublicAccessBlock",
}
PREFIXES: Mapping[str, str] = {
    "accessanalyzer": "access-analyzer",
    "opensearch": "es",
    "opensearchserverless": "aoss",
}
"""What IAM calls an operation, where it is not as the API does. Source: Service Authorization
Reference."""


def test_the_plan_role_may_ask_all_that_is_asked() -> None:
    module = ROOT / "modules" / "orchestrator_roles"
    text = "".join(
        (module / f"{name}.tf").read_text("utf-8") for name in ("reads", "router", "drift", "logs")
    )
    calls = {call for case in (*CASES, *SETTINGS) for call in case[2]}
    actions = {ACTIONS.get(call, call).partition(":")[::2] for call in calls}

    missing = [
        action
        for service, operation in sorted(actions)
        if f'"{(action := f"{PREFIXES.get(service, service)}:{operation}")}"' not in text
        and not action.startswith("s3:GetBucket")
    ]

    assert missing == []


def test_every_type_has_a_case() -> None:
    assert {case[0] for case in (*CASES, *SETTINGS)} | {"aws_kms_key"} == FINDERS.keys()
