"""CloudTrail, Config, GuardDuty, Security Hub, Organizations: what watches, and over whom."""

from __future__ import annotations

from orchestrator.certify.behaviour import (
    Behaviour,
    Call,
    Json,
    Like,
    Place,
    document,
    documented,
    reported,
)

NAME = "certify-<run>"
BUCKET = "certify-<run>-<member>"
BUCKET_MADE = Call(
    "s3",
    "CreateBucket",
    {"Bucket": BUCKET, "CreateBucketConfiguration": {"LocationConstraint": "<region>"}},
)
BUCKET_GONE = Call("s3", "DeleteBucket", {"Bucket": BUCKET})
CONFIG_ROLE = Call(
    "iam",
    "CreateServiceLinkedRole",
    {"AWSServiceName": "config.amazonaws.com"},
    tolerates=("InvalidInput",),
)
RECORDER = Call(
    "config",
    "PutConfigurationRecorder",
    {
        "ConfigurationRecorder": {
            "name": "certify",
            "roleARN": "arn:aws:iam::<member>:role/aws-service-role/"
            "config.amazonaws.com/AWSServiceRoleForConfig",
        }
    },
    within=30,
)
HUB = Call("securityhub", "EnableSecurityHub", tolerates=("ResourceConflictException",))
FINDING: Json = {
    "SchemaVersion": "2018-10-08",
    "Id": "certify-<run>",
    "ProductArn": "arn:aws:securityhub:<region>:<member>:product/<member>/default",
    "GeneratorId": "certify",
    "AwsAccountId": "<member>",
    "Types": ["Software and Configuration Checks"],
    "CreatedAt": "2026-01-01T00:00:00.000Z",
    "UpdatedAt": "2026-01-01T00:00:00.000Z",
    "Severity": {"Label": "INFORMATIONAL"},
    "Title": "certify",
    "Description": "made to see what is taken",
    "Resources": [{"Type": "Other", "Id": "certify"}],
}


def imported(**changed: object) -> Json:
    return {"Findings": [{**FINDING, **changed}]}


def unit(name: str) -> Json:
    return {"ParentId": "<root>", "Name": name}


ROOTS = Call("organizations", "ListRoots", keeps={"root": "Roots[0].Id"}, place=Place.MANAGEMENT)

BEHAVIOURS = (
    Behaviour(
        "cloudtrail.buckets-must-admit-it",
        "A trail to a bucket whose policy does not admit CloudTrail is refused.",
        documented("AWS CloudTrail API Reference, CreateTrail"),
        (
            Call(
                "cloudtrail",
                "CreateTrail",
                {"Name": NAME, "S3BucketName": BUCKET},
                refused="InsufficientS3BucketPolicyException",
            ),
        ),
        (BUCKET_MADE,),
        (Call("cloudtrail", "DeleteTrail", {"Name": NAME}), BUCKET_GONE),
    ),
    Behaviour(
        "config.buckets-must-admit-it",
        "A delivery channel to a bucket whose policy does not admit AWS Config is refused.",
        documented("AWS Config API Reference, PutDeliveryChannel"),
        (
            Call(
                "config",
                "PutDeliveryChannel",
                {"DeliveryChannel": {"name": "certify", "s3BucketName": BUCKET}},
                refused="InsufficientDeliveryPolicyException",
            ),
        ),
        (
            BUCKET_MADE,
            CONFIG_ROLE,
            RECORDER,
        ),
        (
            Call("config", "DeleteConfigurationRecorder", {"ConfigurationRecorderName": "certify"}),
            BUCKET_GONE,
        ),
    ),
    Behaviour(
        "config.one-recorder-a-region",
        "A second recorder in a region is refused.",
        documented("AWS Config API Reference, PutConfigurationRecorder"),
        (
            Call(
                "config",
                "PutConfigurationRecorder",
                {
                    "ConfigurationRecorder": {
                        "name": "certify-two",
                        "roleARN": "arn:aws:iam::<member>:role/aws-service-role/"
                        "config.amazonaws.com/AWSServiceRoleForConfig",
                    }
                },
                refused="MaxNumberOfConfigurationRecordersExceededException",
            ),
        ),
        (
            CONFIG_ROLE,
            RECORDER,
        ),
        (Call("config", "DeleteConfigurationRecorder", {"ConfigurationRecorderName": "certify"}),),
    ),
    Behaviour(
        "guardduty.one-detector-a-region",
        "A second detector in a region is refused.",
        documented("Amazon GuardDuty API Reference, CreateDetector"),
        (Call("guardduty", "CreateDetector", {"Enable": True}, refused="BadRequestException"),),
        (Call("guardduty", "CreateDetector", {"Enable": True}, keeps={"detector": "DetectorId"}),),
        (Call("guardduty", "DeleteDetector", {"DetectorId": "<detector>"}),),
    ),
    Behaviour(
        "securityhub.notes-have-512-characters",
        "A finding's note has 1 to 512 characters.",
        documented("AWS Security Hub API Reference, NoteUpdate"),
        (
            Call(
                "securityhub",
                "BatchUpdateFindings",
                {
                    "FindingIdentifiers": [
                        {"Id": "certify-<run>", "ProductArn": FINDING["ProductArn"]}
                    ],
                    "Note": {"Text": "x" * 513, "UpdatedBy": "certify"},
                },
                refused="InvalidInputException",
            ),
        ),
        (HUB,),
        (Call("securityhub", "DisableSecurityHub"),),
    ),
    Behaviour(
        "securityhub.titles-have-256-characters",
        "A finding whose title has more than 256 characters is not imported.",
        documented("AWS Security Hub User Guide, Required top-level ASFF attributes"),
        (
            Call(
                "securityhub",
                "BatchImportFindings",
                imported(Title="x" * 257),
                answers={"FailedCount": 1, "FailedFindings[0].ErrorCode": "InvalidInput"},
            ),
        ),
        (HUB,),
        (Call("securityhub", "DisableSecurityHub"),),
    ),
    Behaviour(
        "securityhub.enabled-once",
        "Security Hub that is enabled is not enabled again.",
        documented("AWS Security Hub API Reference, EnableSecurityHub"),
        (Call("securityhub", "EnableSecurityHub", refused="ResourceConflictException"),),
        (HUB,),
        (Call("securityhub", "DisableSecurityHub"),),
    ),
    Behaviour(
        "organizations.ou-names-are-unique",
        "Two OUs below the same parent do not have the same name.",
        documented("AWS Organizations API Reference, CreateOrganizationalUnit"),
        (
            Call(
                "organizations",
                "CreateOrganizationalUnit",
                unit(NAME),
                refused="DuplicateOrganizationalUnitException",
                place=Place.MANAGEMENT,
            ),
        ),
        (
            ROOTS,
            Call(
                "organizations",
                "CreateOrganizationalUnit",
                unit(NAME),
                keeps={"ou": "OrganizationalUnit.Id"},
                place=Place.MANAGEMENT,
            ),
        ),
        (
            Call(
                "organizations",
                "DeleteOrganizationalUnit",
                {"OrganizationalUnitId": "<ou>"},
                place=Place.MANAGEMENT,
            ),
        ),
    ),
    Behaviour(
        "organizations.ou-names-have-any-character",
        "An OU's name may hold any character, a slash among them.",
        documented("AWS Organizations API Reference, CreateOrganizationalUnit, Name"),
        (
            Call(
                "organizations",
                "CreateOrganizationalUnit",
                unit("R/D <run>"),
                answers={"OrganizationalUnit.Name": Like("R/D .+")},
                keeps={"ou": "OrganizationalUnit.Id"},
                place=Place.MANAGEMENT,
            ),
        ),
        (ROOTS,),
        (
            Call(
                "organizations",
                "DeleteOrganizationalUnit",
                {"OrganizationalUnitId": "<ou>"},
                place=Place.MANAGEMENT,
            ),
        ),
    ),
    Behaviour(
        "accessanalyzer.organization-needs-a-delegation",
        "An account that is not the delegated administrator makes no analyzer of an organization.",
        reported("AWS Security Reference Architecture examples, pull requests 47 and 56"),
        (
            Call(
                "accessanalyzer",
                "CreateAnalyzer",
                {"analyzerName": NAME, "type": "ORGANIZATION"},
                refused="ValidationException",
            ),
        ),
        after=(Call("accessanalyzer", "DeleteAnalyzer", {"analyzerName": NAME}),),
    ),
    Behaviour(
        "organizations.scps-bind-every-role-of-a-member",
        "What an SCP denies, no role of a member account does, its administrator's neither.",
        documented("AWS Organizations User Guide, Service control policies"),
        (
            Call(
                "logs",
                "CreateLogGroup",
                {"logGroupName": NAME},
                refused="AccessDeniedException",
                within=60,
            ),
        ),
        (
            ROOTS,
            Call(
                "organizations",
                "EnablePolicyType",
                {"RootId": "<root>", "PolicyType": "SERVICE_CONTROL_POLICY"},
                tolerates=("PolicyTypeAlreadyEnabledException",),
                place=Place.MANAGEMENT,
            ),
            Call(
                "organizations",
                "CreatePolicy",
                {
                    "Name": NAME,
                    "Description": "certify",
                    "Type": "SERVICE_CONTROL_POLICY",
                    "Content": document(
                        {"Effect": "Deny", "Action": "logs:CreateLogGroup", "Resource": "*"}
                    ),
                },
                keeps={"policy": "Policy.PolicySummary.Id"},
                place=Place.MANAGEMENT,
            ),
            Call(
                "organizations",
                "AttachPolicy",
                {"PolicyId": "<policy>", "TargetId": "<member>"},
                place=Place.MANAGEMENT,
            ),
        ),
        (
            Call(
                "organizations",
                "DetachPolicy",
                {"PolicyId": "<policy>", "TargetId": "<member>"},
                place=Place.MANAGEMENT,
            ),
            Call(
                "organizations",
                "DeletePolicy",
                {"PolicyId": "<policy>"},
                place=Place.MANAGEMENT,
                within=10,
            ),
            Call("logs", "DeleteLogGroup", {"logGroupName": NAME}, within=10),
        ),
    ),
)
