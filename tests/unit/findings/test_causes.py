"""The calls that make controls fail: named as AWS names them, and never those that undo it.

What stands here is written as boto3 takes it. AWS's own models check it and say how CloudTrail
would write it down.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest
from botocore.session import get_session
from botocore.validate import validate_parameters

from orchestrator.findings import registry
from orchestrator.findings.causes import Cause
from orchestrator.findings.registry import REMEDIATIONS, causes_of
from orchestrator.logs.event import event
from orchestrator.logs.ocsf.cloudtrail import to_ocsf
from orchestrator.sandbox.operations import PREFIXES
from orchestrator.sandbox.trail import shapes
from tests.cloudtrail import record
from tests.unit.findings.services.recording import Asked


@cache
def written_by(source: str) -> frozenset[str]:
    """The names under which CloudTrail writes the calls of an event source, after botocore."""
    session = get_session()
    found: set[str] = set()
    for service in candidates(source):
        model = session.get_service_model(service)
        signed = model.signing_name
        if shapes.source(service, PREFIXES.get(signed, signed)) == f"{source}.amazonaws.com":
            found |= {shapes.event(service, each) for each in model.operation_names}
    return frozenset(found)


def candidates(source: str) -> list[str]:
    """Services whose model is worth reading: there are hundreds."""
    renamed = [service for service, name in shapes.SOURCES.items() if name == source]
    return [*renamed, *({source} & set(get_session().get_available_services()))]


EVERY_CAUSE: tuple[Cause, ...] = (
    *(cause for each in REMEDIATIONS for cause in each.causes),
    *(cause for causes in registry.UNREMEDIATED.values() for cause in causes),
)
OLDER = frozenset({"AddPermission20150331"})
"""Names that CloudTrail wrote before; records of them are still in archives."""


@pytest.mark.parametrize("source", sorted({cause.service for cause in EVERY_CAUSE}))
def test_a_cause_has_the_name_that_aws_gives_its_call(source: str) -> None:
    given = {name for cause in EVERY_CAUSE if cause.service == source for name in cause.names}

    assert given - written_by(source) - OLDER == set()
    assert not [name for name in given if shapes.reads(name)]


CHANGES = ("Modify", "Update", "Put", "Set", "Add", "Change", "Reset", "Associate", "Attach")
"""How calls begin that can make a control pass as well as fail."""
BY_THE_CALL_ALONE = frozenset(
    {
        *("AssociateAddress", "AttachUserPolicy", "PutUserPolicy"),
        # These set the whole of a setting: what is not given is off.
        *("PutBucketLogging", "PutBucketNotification", "PutBucketPolicy"),
        *("PutBucketOwnershipControls", "PutImageScanningConfiguration", "PutImageTagMutability"),
        *("UpdateAccountPasswordPolicy", "UpdateDistribution"),
    }
)


def test_a_change_is_known_to_do_harm_only_when_its_parameters_say_so() -> None:
    """No parameters, no blame; but for calls that cannot do good, or that set all or nothing."""
    silent = {
        name
        for cause in EVERY_CAUSE
        for name in cause.names
        if cause.sure and name.startswith(CHANGES)
        if cause.fits(event(to_ocsf(record(name, f"{cause.service}.amazonaws.com"))))
    }

    assert silent - BY_THE_CALL_ALONE == set()


Call = tuple[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Undoing:
    """A call that makes a control fail, and calls of people who make it pass again."""

    control: str
    service: str
    made: Call
    undone: tuple[Call, ...]

    def __str__(self) -> str:
        return self.control

    def on_record(self, call: Call) -> Any:
        name, parameters = call
        model = get_session().get_service_model(self.service).operation_model(name)
        assert model.input_shape is not None
        validate_parameters(parameters, model.input_shape)
        return Asked(model, parameters).on_record()

    def blamed(self, call: Call) -> list[bool]:
        """For each cause that fits, whether it is sure."""
        found = self.on_record(call)
        return [cause.sure for cause in causes_of(self.control) if cause.fits(found)]


def statement(principal: object = "*", action: str = "s3:GetObject", **more: object) -> str:
    found = {"Effect": "Allow", "Principal": principal, "Action": action, "Resource": "*", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [found]})


SNAPSHOT, GROUP, BUCKET = "snap-0c0ffee0c0ffee001", "sg-0c0ffee0c0ffee001", "payments-data"
NARROW = statement({"AWS": "arn:aws:iam::111122223333:root"})
PORT_22 = {"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22}
WORLD = {"IpPermissions": [{**PORT_22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]}
OFFICE = {"IpPermissions": [{**PORT_22, "IpRanges": [{"CidrIp": "198.51.100.0/24"}]}]}
FLAGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
EVERYBODY = {"Type": "Group", "URI": "http://acs.amazonaws.com/groups/global/AllUsers"}
OWNER = {"Type": "CanonicalUser", "ID": "c0ffee"}
LISTENER = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener/app/web/1/2"
TOPIC = "arn:aws:sns:eu-west-1:111122223333:alerts"
QUEUE = "https://sqs.eu-west-1.amazonaws.com/111122223333/orders"
TRAIL = {"Name": "organization"}
FORWARD = [{"Type": "forward", "TargetGroupArn": LISTENER.replace("listener", "targetgroup")}]
REDIRECT = [{"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301"}}]


def acl(grantee: Mapping[str, str], permission: str) -> Mapping[str, Any]:
    granted = {
        "Grants": [{"Grantee": grantee, "Permission": permission}],
        "Owner": {"ID": "c0ffee"},
    }
    return {"Bucket": BUCKET, "AccessControlPolicy": granted}


def block(**flags: bool) -> Mapping[str, Any]:
    return {"PublicAccessBlockConfiguration": {**dict.fromkeys(FLAGS, True), **flags}}


def database(**given: Any) -> Mapping[str, Any]:
    return {"DBInstanceIdentifier": "orders", **given}


UNDOINGS = (
    Undoing(
        "EC2.1",
        "ec2",
        ("ModifySnapshotAttribute", {
            "SnapshotId": SNAPSHOT, "CreateVolumePermission": {"Add": [{"Group": "all"}]}}),
        (
            ("ModifySnapshotAttribute", {
                "SnapshotId": SNAPSHOT, "CreateVolumePermission": {"Remove": [{"Group": "all"}]}}),
            ("ModifySnapshotAttribute", {
                "SnapshotId": SNAPSHOT, "Attribute": "createVolumePermission",
                "OperationType": "remove", "GroupNames": ["all"]}),
            ("ModifySnapshotAttribute", {
                "SnapshotId": SNAPSHOT,
                "CreateVolumePermission": {"Add": [{"UserId": "444455556666"}]}}),
            ("ResetSnapshotAttribute", {
                "SnapshotId": SNAPSHOT, "Attribute": "createVolumePermission"}),
        ),
    ),
    Undoing(
        "EC2.13",
        "ec2",
        ("AuthorizeSecurityGroupIngress", {"GroupId": GROUP, **WORLD}),
        (
            ("RevokeSecurityGroupIngress", {"GroupId": GROUP, **WORLD}),
            ("AuthorizeSecurityGroupIngress", {"GroupId": GROUP, **OFFICE}),
            ("ModifySecurityGroupRules", {
                "GroupId": GROUP,
                "SecurityGroupRules": [{
                    "SecurityGroupRuleId": "sgr-1",
                    "SecurityGroupRule": {**PORT_22, "CidrIpv4": "198.51.100.0/24"}}]}),
        ),
    ),
    Undoing(
        "EC2.2",
        "ec2",
        ("AuthorizeSecurityGroupEgress", {"GroupId": GROUP, **OFFICE}),
        (
            ("RevokeSecurityGroupEgress", {"GroupId": GROUP, **OFFICE}),
            ("RevokeSecurityGroupIngress", {"GroupId": GROUP, **WORLD}),
        ),
    ),
    Undoing(
        "EC2.8",
        "ec2",
        ("ModifyInstanceMetadataOptions", {"InstanceId": "i-1", "HttpTokens": "optional"}),
        (
            ("ModifyInstanceMetadataOptions", {"InstanceId": "i-1", "HttpTokens": "required"}),
            ("ModifyInstanceMetadataOptions", {"InstanceId": "i-1", "HttpPutResponseHopLimit": 1}),
        ),
    ),
    Undoing(
        "S3.2",
        "s3",
        ("PutBucketPolicy", {"Bucket": BUCKET, "Policy": statement()}),
        (
            ("PutBucketPolicy", {"Bucket": BUCKET, "Policy": NARROW}),
            ("PutBucketPolicy", {
                "Bucket": BUCKET,
                "Policy": statement(Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})}),
            ("PutBucketPolicy", {"Bucket": BUCKET, "Policy": statement(Effect="Deny")}),
            ("PutBucketPolicy", {"Bucket": BUCKET, "Policy": statement(action="s3:PutObject")}),
            ("DeleteBucketPolicy", {"Bucket": BUCKET}),
            ("PutBucketAcl", {"Bucket": BUCKET, "ACL": "private"}),
            ("PutPublicAccessBlock", {"Bucket": BUCKET, **block()}),
        ),
    ),
    Undoing(
        "S3.2",
        "s3",
        ("PutBucketAcl", acl(EVERYBODY, "READ")),
        (
            ("PutBucketAcl", acl(OWNER, "FULL_CONTROL")),
            ("PutBucketAcl", acl(EVERYBODY, "WRITE")),
            ("PutBucketAcl", {"Bucket": BUCKET, "GrantRead": 'id="c0ffee"'}),
        ),
    ),
    Undoing(
        "S3.3",
        "s3",
        ("PutBucketAcl", {"Bucket": BUCKET, "ACL": "public-read-write"}),
        (
            ("PutBucketAcl", {"Bucket": BUCKET, "ACL": "public-read"}),
            ("PutBucketPolicy", {"Bucket": BUCKET, "Policy": statement()}),
        ),
    ),
    Undoing(
        "S3.3",
        "s3",
        ("PutBucketAcl", {"Bucket": BUCKET, "GrantWrite": f'uri="{EVERYBODY["URI"]}"'}),
        (("PutBucketAcl", {"Bucket": BUCKET, "GrantRead": f'uri="{EVERYBODY["URI"]}"'}),),
    ),
    Undoing(
        "S3.8",
        "s3",
        ("PutPublicAccessBlock", {
            "Bucket": BUCKET,
            "PublicAccessBlockConfiguration": {"BlockPublicAcls": True}}),
        (("PutPublicAccessBlock", {"Bucket": BUCKET, **block()}),),
    ),
    Undoing(
        "S3.12",
        "s3",
        ("PutBucketAcl", {"Bucket": BUCKET, "ACL": "log-delivery-write"}),
        (
            ("PutBucketAcl", {"Bucket": BUCKET, "ACL": "private"}),
            ("PutBucketOwnershipControls", {
                "Bucket": BUCKET,
                "OwnershipControls": {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}}),
        ),
    ),
    Undoing(
        "RDS.1",
        "rds",
        ("ModifyDBSnapshotAttribute", {
            "DBSnapshotIdentifier": "s", "AttributeName": "restore", "ValuesToAdd": ["all"]}),
        (
            ("ModifyDBSnapshotAttribute", {
                "DBSnapshotIdentifier": "s", "AttributeName": "restore",
                "ValuesToRemove": ["all"]}),
            ("ModifyDBSnapshotAttribute", {
                "DBSnapshotIdentifier": "s", "AttributeName": "restore",
                "ValuesToAdd": ["444455556666"], "ValuesToRemove": ["all"]}),
        ),
    ),
    Undoing(
        "RDS.1",
        "rds",
        ("ModifyDBClusterSnapshotAttribute", {
            "DBClusterSnapshotIdentifier": "s", "AttributeName": "restore",
            "ValuesToAdd": ["all"]}),
        (
            ("ModifyDBClusterSnapshotAttribute", {
                "DBClusterSnapshotIdentifier": "s", "AttributeName": "restore",
                "ValuesToRemove": ["all"]}),
        ),
    ),
    Undoing(
        "RDS.2",
        "rds",
        ("ModifyDBInstance", database(PubliclyAccessible=True)),
        (
            ("ModifyDBInstance", database(PubliclyAccessible=False)),
            ("ModifyDBInstance", database(BackupRetentionPeriod=35)),
        ),
    ),
    Undoing(
        "RDS.3",
        "rds",
        ("CreateDBInstance", database(
            DBInstanceClass="db.t3.small", Engine="mysql", StorageEncrypted=False)),
        (
            ("ModifyDBInstance", database(DeletionProtection=True)),
            ("CreateDBInstance", database(
                DBInstanceClass="db.t3.small", Engine="mysql", StorageEncrypted=True)),
        ),
    ),
    Undoing(
        "Lambda.1",
        "lambda",
        ("AddPermission", {
            "FunctionName": "f", "StatementId": "1", "Action": "lambda:InvokeFunction",
            "Principal": "*"}),
        (
            ("RemovePermission", {"FunctionName": "f", "StatementId": "1"}),
            ("AddPermission", {
                "FunctionName": "f", "StatementId": "1", "Action": "lambda:InvokeFunction",
                "Principal": "*", "PrincipalOrgID": "o-exampleorgid"}),
            ("AddPermission", {
                "FunctionName": "f", "StatementId": "1", "Action": "lambda:InvokeFunction",
                "Principal": "sns.amazonaws.com", "SourceArn": TOPIC}),
        ),
    ),
    Undoing(
        "SNS.4",
        "sns",
        ("AddPermission", {
            "TopicArn": TOPIC, "Label": "a", "AWSAccountId": ["*"], "ActionName": ["Publish"]}),
        (
            ("RemovePermission", {"TopicArn": TOPIC, "Label": "a"}),
            ("AddPermission", {
                "TopicArn": TOPIC, "Label": "a", "AWSAccountId": ["444455556666"],
                "ActionName": ["Publish"]}),
            ("SetTopicAttributes", {
                "TopicArn": TOPIC, "AttributeName": "Policy", "AttributeValue": NARROW}),
        ),
    ),
    Undoing(
        "SQS.3",
        "sqs",
        ("AddPermission", {
            "QueueUrl": QUEUE, "Label": "a", "AWSAccountIds": ["*"], "Actions": ["SendMessage"]}),
        (
            ("RemovePermission", {"QueueUrl": QUEUE, "Label": "a"}),
            ("AddPermission", {
                "QueueUrl": QUEUE, "Label": "a", "AWSAccountIds": ["444455556666"],
                "Actions": ["*"]}),
            ("SetQueueAttributes", {"QueueUrl": QUEUE, "Attributes": {"Policy": NARROW}}),
        ),
    ),
    Undoing(
        "SSM.4",
        "ssm",
        ("ModifyDocumentPermission", {
            "Name": "d", "PermissionType": "Share", "AccountIdsToAdd": ["All"]}),
        (
            ("ModifyDocumentPermission", {
                "Name": "d", "PermissionType": "Share", "AccountIdsToRemove": ["All"]}),
        ),
    ),
    Undoing(
        "KMS.5",
        "kms",
        ("PutKeyPolicy", {"KeyId": "k", "Policy": statement(action="kms:*")}),
        (("PutKeyPolicy", {"KeyId": "k", "Policy": NARROW}),),
    ),
    Undoing(
        "ELB.1",
        "elbv2",
        ("ModifyListener", {
            "ListenerArn": LISTENER, "Protocol": "HTTP", "DefaultActions": FORWARD}),
        (
            ("ModifyListener", {"ListenerArn": LISTENER, "DefaultActions": REDIRECT}),
            ("ModifyListener", {
                "ListenerArn": LISTENER, "Protocol": "HTTPS", "DefaultActions": FORWARD}),
        ),
    ),
    Undoing(
        "CloudTrail.1",
        "cloudtrail",
        ("StopLogging", TRAIL),
        (("StartLogging", TRAIL), ("UpdateTrail", {**TRAIL, "IsMultiRegionTrail": True})),
    ),
    Undoing(
        "Config.1",
        "config",
        ("StopConfigurationRecorder", {"ConfigurationRecorderName": "default"}),
        (
            ("StartConfigurationRecorder", {"ConfigurationRecorderName": "default"}),
            ("PutConfigurationRecorder", {
                "ConfigurationRecorder": {
                    "name": "default", "recordingGroup": {"allSupported": True}}}),
        ),
    ),
    Undoing(
        "SQS.1",
        "sqs",
        ("SetQueueAttributes", {
            "QueueUrl": QUEUE, "Attributes": {"SqsManagedSseEnabled": "false"}}),
        (
            ("SetQueueAttributes", {
                "QueueUrl": QUEUE,
                "Attributes": {"SqsManagedSseEnabled": "false", "KmsMasterKeyId": "alias/q"}}),
        ),
    ),
)  # fmt: skip


@pytest.mark.parametrize("undoing", UNDOINGS, ids=str)
def test_whoever_makes_it_fail_is_known_and_whoever_makes_it_pass_is_no_cause(
    undoing: Undoing,
) -> None:
    assert True in undoing.blamed(undoing.made)
    assert {call[0]: undoing.blamed(call) for call in undoing.undone if undoing.blamed(call)} == {}
