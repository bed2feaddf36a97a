"""Which action on which ARN a call is, as the Service Authorization Reference has it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from orchestrator.sandbox.exchange import Call
from orchestrator.sandbox.needs import needs, reference
from orchestrator.sandbox.needs.inputs import Place

ACCOUNT, MANAGEMENT = "111122223333", "200000000001"
PLACE = Place("eu-west-1", ACCOUNT, "o-exampleorg1", MANAGEMENT)
PREFIXES = {"s3control": "s3", "stepfunctions": "states", "opensearchserverless": "aoss"}
PREFIXES |= {"opensearch": "es", "accessanalyzer": "access-analyzer"}


def asked(service: str, operation: str, **members: Any) -> list[tuple[str, str]]:
    """Pairs of action and what follows region and account in the ARN ('*' as it is)."""
    prefix = PREFIXES.get(service, service)
    found = needs(Call(service, prefix, operation, region="eu-west-1"), members, PLACE)
    return [(need.action, short(need.resource)) for need in found]


def short(arn: str) -> str:
    for start in (f":eu-west-1:{ACCOUNT}:", f"iam::{ACCOUNT}:", "arn:aws:s3:::"):
        if start in arn:
            return arn.partition(start)[2]
    return arn


@pytest.mark.parametrize(
    ("service", "operation", "members", "action", "resource"),
    [
        ("s3", "HeadBucket", {"Bucket": "b"}, "s3:ListBucket", "b"),
        ("s3", "HeadObject", {"Bucket": "b", "Key": "k/l"}, "s3:GetObject", "b/k/l"),
        ("s3", "GetBucketEncryption", {"Bucket": "b"}, "s3:GetEncryptionConfiguration", "b"),
        (
            "s3",
            "GetObject",
            {"Bucket": "b", "Key": "k", "VersionId": "1"},
            "s3:GetObjectVersion",
            "b/k",
        ),
        ("s3", "ListBuckets", {}, "s3:ListAllMyBuckets", "*"),
        (
            "securityhub",
            "BatchUpdateFindings",
            {},
            "securityhub:BatchUpdateFindings",
            "hub/default",
        ),
        ("securityhub", "BatchUpdateFindingsV2", {}, "securityhub:BatchUpdateFindings", "hubv2/*"),
        ("securityhub", "GetFindingsV2", {}, "securityhub:GetFindings", "hubv2/*"),
        ("s3control", "PutPublicAccessBlock", {}, "s3:PutAccountPublicAccessBlock", "*"),
        ("iam", "CreateRole", {"RoleName": "r", "Path": "/t/"}, "iam:CreateRole", "role/t/r"),
        (
            "iam",
            "PutRolePolicy",
            {"RoleName": "r", "PolicyName": "p"},
            "iam:PutRolePolicy",
            "role/r",
        ),
        ("kms", "DescribeKey", {"KeyId": "1-2"}, "kms:DescribeKey", "key/1-2"),
        ("config", "PutDeliveryChannel", {}, "config:PutDeliveryChannel", "*"),
        (
            "config",
            "PutConfigRule",
            {"ConfigRule": {"ConfigRuleName": "r"}},
            "config:PutConfigRule",
            "config-rule/r",
        ),
        ("sqs", "CreateQueue", {"QueueName": "q"}, "sqs:CreateQueue", "q"),
        ("sqs", "SendMessageBatch", {"QueueUrl": f"http://x/{ACCOUNT}/q"}, "sqs:SendMessage", "q"),
        ("sns", "CreateTopic", {"Name": "t"}, "sns:CreateTopic", "t"),
        ("dynamodb", "PutItem", {"TableName": "t"}, "dynamodb:PutItem", "table/t"),
        (
            "dynamodb",
            "Query",
            {"TableName": "t", "IndexName": "i"},
            "dynamodb:Query",
            "table/t/index/i",
        ),
        ("lambda", "GetFunction", {"FunctionName": "f"}, "lambda:GetFunction", "function:f"),
        ("lambda", "Invoke", {"FunctionName": "f"}, "lambda:InvokeFunction", "function:f"),
        ("ssm", "GetParameter", {"Name": "/a/b"}, "ssm:GetParameter", "parameter/a/b"),
        ("cloudwatch", "DeleteAlarms", {"AlarmNames": ["a"]}, "cloudwatch:DeleteAlarms", "alarm:a"),
        ("events", "PutRule", {"Name": "r"}, "events:PutRule", "rule/r"),
        ("events", "PutRule", {"Name": "r", "EventBusName": "b"}, "events:PutRule", "rule/b/r"),
        (
            "events",
            "PutEvents",
            {"Entries": [{"Source": "x"}]},
            "events:PutEvents",
            "event-bus/default",
        ),
        ("events", "PutPermission", {"EventBusName": "b"}, "events:PutPermission", "*"),
        (
            "logs",
            "PutRetentionPolicy",
            {"logGroupName": "/a"},
            "logs:PutRetentionPolicy",
            "log-group:/a",
        ),
        ("securityhub", "GetFindings", {}, "securityhub:GetFindings", "hub/default"),
        (
            "guardduty",
            "UpdateDetector",
            {"DetectorId": "d"},
            "guardduty:UpdateDetector",
            "detector/d",
        ),
        ("rds", "ModifyDBInstance", {"DBInstanceIdentifier": "d"}, "rds:ModifyDBInstance", "db:d"),
        ("ec2", "DeleteVpc", {"VpcId": "vpc-1"}, "ec2:DeleteVpc", "vpc/vpc-1"),
        ("ec2", "CreateVpc", {}, "ec2:CreateVpc", "vpc/*"),
        ("ec2", "DescribeVpcs", {}, "ec2:DescribeVpcs", "*"),
        ("ec2", "CreateTags", {"Resources": ["sg-1"]}, "ec2:CreateTags", "security-group/sg-1"),
        ("ecs", "RunTask", {"taskDefinition": "t:1"}, "ecs:RunTask", "task-definition/t:1"),
        (
            "organizations",
            "DescribeAccount",
            {"AccountId": "1"},
            "organizations:DescribeAccount",
            f"arn:aws:organizations::{MANAGEMENT}:account/o-exampleorg1/1",
        ),
        ("opensearch", "CreateDomain", {"DomainName": "d"}, "es:CreateDomain", "domain/d"),
    ],
)
def test_action_and_resource_follow_from_the_reference(
    service: str, operation: str, members: dict[str, Any], action: str, resource: str
) -> None:
    assert asked(service, operation, **members) == [(action, resource)]


def test_an_arn_that_is_given_is_the_resource_wherever_it_is() -> None:
    queue = "arn:aws:events:us-east-1:999999999999:rule/r"

    assert asked("events", "ListTagsForResource", ResourceARN=queue) == [
        ("events:ListTagsForResource", queue)
    ]


def test_everything_that_is_required_is_asked_each_by_itself() -> None:
    found = asked("ec2", "RunInstances", ImageId="ami-1", SubnetId="subnet-1")

    assert ("ec2:RunInstances", "subnet/subnet-1") in found
    assert ("ec2:RunInstances", "instance/*") in found
    assert asked("kms", "CreateAlias", AliasName="alias/a", TargetKeyId="1") == [
        ("kms:CreateAlias", "alias/a"),
        ("kms:CreateAlias", "key/1"),
    ]


@pytest.mark.parametrize(
    ("service", "operation", "members", "handed_to"),
    [
        ("lambda", "CreateFunction", {"FunctionName": "f", "Role": "ROLE"}, "lambda"),
        ("events", "PutTargets", {"Rule": "r", "Targets": [{"RoleArn": "ROLE"}]}, "events"),
        (
            "config",
            "PutConfigurationRecorder",
            {"ConfigurationRecorder": {"roleARN": "ROLE"}},
            "config",
        ),
        (
            "ec2",
            "CreateFlowLogs",
            {"ResourceIds": ["vpc-1"], "DeliverLogsPermissionArn": "ROLE"},
            "vpc-flow-logs",
        ),
        ("cloudtrail", "UpdateTrail", {"Name": "t", "CloudWatchLogsRoleArn": "ROLE"}, "cloudtrail"),
        ("stepfunctions", "CreateStateMachine", {"name": "s", "roleArn": "ROLE"}, "states"),
        ("ecs", "RegisterTaskDefinition", {"family": "f", "taskRoleArn": "ROLE"}, "ecs-tasks"),
        (
            "firehose",
            "CreateDeliveryStream",
            {"DeliveryStreamName": "d", "ExtendedS3DestinationConfiguration": {"RoleARN": "ROLE"}},
            "firehose",
        ),
        (
            "sns",
            "SetTopicAttributes",
            {"AttributeName": "LambdaSuccessFeedbackRoleArn", "AttributeValue": "ROLE"},
            "sns",
        ),
    ],
)
def test_who_hands_over_a_role_must_be_allowed_to(
    service: str, operation: str, members: dict[str, Any], handed_to: str
) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/worker"
    given = json.loads(json.dumps(members).replace("ROLE", role))
    call = Call(service, PREFIXES.get(service, service), operation, region="eu-west-1")

    (passing,) = (n for n in needs(call, given, PLACE) if n.action == "iam:PassRole")

    assert passing.resource == role
    assert passing.keys == {"iam:passedtoservice": [f"{handed_to}.amazonaws.com"]}


def test_a_role_that_is_only_spoken_of_is_not_handed_over() -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/worker"

    assert asked("sts", "AssumeRole", RoleArn=role) == [("sts:AssumeRole", "role/worker")]


@pytest.mark.parametrize(
    ("service", "operation", "members", "setting"),
    [
        ("iam", "CreateRole", {"RoleName": "r"}, ("iam:TagRole", "role/r")),
        ("iam", "CreatePolicy", {"PolicyName": "p"}, ("iam:TagPolicy", "policy/p")),
        ("sqs", "CreateQueue", {"QueueName": "q"}, ("sqs:TagQueue", "q")),
        ("sns", "CreateTopic", {"Name": "t"}, ("sns:TagResource", "t")),
        ("kms", "CreateKey", {}, ("kms:TagResource", "key/*")),
        ("osis", "CreatePipeline", {"PipelineName": "p"}, ("osis:TagResource", "pipeline/p")),
        ("logs", "CreateLogGroup", {"logGroupName": "g"}, ("logs:TagResource", "log-group:g")),
        ("lambda", "CreateFunction", {"FunctionName": "f"}, ("lambda:TagResource", "function:f")),
        ("s3", "PutObject", {"Bucket": "b", "Key": "k"}, ("s3:PutObjectTagging", "b/k")),
    ],
)
def test_tags_on_what_is_made_need_the_tagging_action(
    service: str, operation: str, members: dict[str, Any], setting: tuple[str, str]
) -> None:
    assert setting in asked(service, operation, **members, Tags=[{"Key": "a", "Value": "b"}])
    assert setting not in asked(service, operation, **members)


def test_tags_come_in_many_forms_and_are_conditions() -> None:
    call = Call("ec2", "ec2", "CreateVpc", region="eu-west-1")
    given = {
        "TagSpecifications": [{"ResourceType": "vpc", "Tags": [{"Key": "Team", "Value": "a"}]}]
    }

    made, tagged = needs(call, given, PLACE)

    assert made.keys["aws:requesttag/team"] == ["a"]
    assert (tagged.action, tagged.keys["ec2:createaction"]) == ("ec2:CreateTags", ["CreateVpc"])
    call = Call("s3", "s3", "PutObject")
    tagging = needs(call, {"Bucket": "b", "Key": "k", "Tagging": "a=1&b=2"}, PLACE)[-1]
    assert tagging.keys["aws:tagkeys"] == ["a", "b"]


def test_members_are_condition_keys_where_the_reference_says_so() -> None:
    call = Call("iam", "iam", "CreateRole")
    (need,) = needs(call, {"RoleName": "r", "PermissionsBoundary": "arn:b"}, PLACE)
    assert need.keys == {"iam:permissionsboundary": ["arn:b"]}

    call = Call("s3", "s3", "PutObject")
    (need,) = needs(call, {"Bucket": "b", "Key": "k", "ServerSideEncryption": "aws:kms"}, PLACE)
    assert need.keys["s3:x-amz-server-side-encryption"] == ["aws:kms"]


def test_security_lake_makes_buckets_for_its_caller_and_says_so() -> None:
    call = Call("securitylake", "securitylake", "CreateDataLake", region="eu-west-1")

    own, *further = needs(call, {"configurations": [{"region": "eu-west-1"}]}, PLACE)

    assert "aws:calledvia" not in own.keys
    assert {need.keys["aws:calledvia"][0] for need in further} == {"securitylake.amazonaws.com"}
    assert (further[0].action, short(further[0].resource)) == (
        "s3:CreateBucket",
        "aws-security-data-lake-eu-west-1-*",
    )
    assert further[-1].action == "iam:CreateServiceLinkedRole"
    assert further[-1].keys["iam:awsservicename"] == ["lakeformation.amazonaws.com"]


def test_how_far_a_linked_role_is_deleted_is_asked_on_the_role() -> None:
    role = "aws-service-role/opensearchservice.amazonaws.com/AWSServiceRoleForX"

    found = asked("iam", "GetServiceLinkedRoleDeletionStatus", DeletionTaskId=f"task/{role}/1-2")

    assert found == [("iam:GetServiceLinkedRoleDeletionStatus", f"role/{role}")]


def test_a_copy_reads_its_source() -> None:
    found = asked("s3", "CopyObject", Bucket="b", Key="k", CopySource="a/x%20y?versionId=1")

    assert found == [("s3:PutObject", "b/k"), ("s3:GetObjectVersion", "a/x y")]


def test_a_transaction_is_allowed_by_what_it_is_made_of() -> None:
    found = asked("dynamodb", "TransactWriteItems", TransactItems=[{"Update": {"TableName": "t"}}])

    assert found == [("dynamodb:UpdateItem", "table/t")]


def test_every_service_of_the_data_can_be_read() -> None:
    whole = json.loads(reference._text())

    services = {name for name, published in whole.items() if isinstance(published, dict)}
    assert {name for name in services if not reference.service_named(name).actions} == {
        name for name in services if not whole[name]["privileges"]
    }
    for prefix in ("s3", "ec2", "a4b"):
        actions = reference.service_named(prefix).actions
        assert {a.name.partition(":")[2] for a in actions.values()} == set(
            whole[prefix]["privileges"]
        )


@pytest.mark.parametrize(
    ("operation", "action"),
    [
        ("CreateVpcEndpoint", "ec2:ModifyVpcEndpoint"),
        ("UpdateVpcEndpoint", "ec2:ModifyVpcEndpoint"),
        ("DeleteVpcEndpoint", "route53:DeleteHostedZone"),
    ],
)
def test_a_serverless_endpoint_is_changed_with_its_callers_rights(
    operation: str, action: str
) -> None:
    needed = asked("opensearchserverless", operation, id="vpce-1", name="one")

    assert action in {name for name, _ in needed}
