"""Findings of the unified Security Hub as they really come, and their twins in ASFF.

Each has the members, and the kinds of ids, of one that was recorded elsewhere; names and numbers
are ours. Sources:
- elastic/integrations, packages/aws_securityhub/data_stream/finding/_dev/test/pipeline/
  test-findings.log: controls (the queue's URL in `uid`), IAM in the region 'global', accounts,
  an instance managed by SSM, Inspector on instances (no `uid_alt`) and functions; OCSF 1.5 and 1.6
- SumoLogic/sumologic-documentation, "AWS Security Hub - OCSF": a whole event, GuardDuty, suppressed
- aws-solutions/automated-security-response-on-aws 4.1, securityHubCoverageFixtures.ts: coverage,
  OCSF 1.9
- AWS Security Hub User Guide, "Sample exposure finding": exposure, which has times as text alone,
  nine digits after the second, and its time of change in a place of no use
- Macie (2006) and OCSF 1.8: a public walk through the unified hub, with findings of GetFindingsV2
"""

from __future__ import annotations

from typing import Any

from tests.unit.findings.a_world import ACCOUNT, HOME

CREATED, MODIFIED = 1795856400000, 1795856700000
WRITTEN = {CREATED: "2026-11-28T09:00:00.000Z", MODIFIED: "2026-11-28T09:05:00.000Z"}
COVERED = "8c4b7f689d35377f5ac8d5f317c620058b54029ee4a56a644e6e88c87ac19a60"


def product(name: str, region: str = HOME) -> str:
    return f"arn:aws:securityhub:{region}::productv2/aws/{name}"


def a_shape(class_uid: int, uid: str, sender: str, name: str, **more: Any) -> dict[str, Any]:
    """What every finding has."""
    activity = more.get("activity_id", 1)
    return {
        "activity_id": activity,
        "category_uid": 2,
        "class_uid": class_uid,
        "cloud": {"account": {"uid": ACCOUNT}, "provider": "AWS", "region": HOME},
        "finding_info": {
            "uid": uid,
            "title": "What is wrong",
            "desc": "And why.",
            "created_time": CREATED,
            "created_time_dt": WRITTEN[CREATED],
            "modified_time": MODIFIED,
            "modified_time_dt": WRITTEN[MODIFIED],
            "types": [],
        },
        "metadata": {
            "product": {"name": name, "uid": product(sender), "vendor_name": "AWS"},
            "profiles": ["cloud", "datetime"],
            "uid": COVERED,
            "version": "1.6.0",
        },
        "resources": [],
        "severity": "Medium",
        "severity_id": 3,
        "status": "New",
        "status_id": 1,
        "time": MODIFIED,
        "time_dt": WRITTEN[MODIFIED],
        "type_uid": class_uid * 100 + activity,
        "vendor_attributes": {"severity": "Medium", "severity_id": 3},
        **more,
    }


def a_resource(kind: str, uid: str, alt: str = "", **more: Any) -> dict[str, Any]:
    names = {"uid": uid, **({"uid_alt": alt} if alt else {})}
    owner = {"account": {"uid": ACCOUNT}}
    return {"cloud_partition": "aws", "owner": owner, "region": HOME, "type": kind, **names, **more}


def a_control(control: str, resource: dict[str, Any], **more: Any) -> dict[str, Any]:
    uid = f"arn:aws:securityhub:{HOME}:{ACCOUNT}:security-control/{control}/finding/7dab"
    compliance = {
        "control": control,
        "standards": ["standards/aws-foundational-security-best-practices/v/1.0.0"],
        "status": "Fail",
        "status_id": 3,
    }
    return a_shape(
        2003,
        uid,
        "securityhub",
        "Security Hub",
        compliance=compliance,
        resources=[resource],
        **more,
    )


QUEUE = f"arn:aws:sqs:{HOME}:{ACCOUNT}:orders"
POLICY = f"arn:aws:iam::{ACCOUNT}:policy/service-role/Invoke"
INSTANCE = f"arn:aws:ec2:{HOME}:{ACCOUNT}:instance/i-0abcdef012345678b"
FUNCTION = f"arn:aws:lambda:{HOME}:{ACCOUNT}:function:orders"

SQS_1 = a_control(
    "SQS.1",
    a_resource("AWS::SQS::Queue", f"https://sqs.{HOME}.amazonaws.com/{ACCOUNT}/orders", QUEUE),
)
IAM_1 = a_control(
    "IAM.1", a_resource("AWS::IAM::Policy", "AJKSDBVKJJKVBJDSV", POLICY, region="global")
)
SSM_1 = a_control(
    "SSM.1", a_resource("AWS::EC2::Instance", "i-0abcdef012345678b", INSTANCE), activity_id=2
)
S3_1 = a_control("S3.1", a_resource("AWS::::Account", ACCOUNT))
EC2_8 = a_control("EC2.8", a_resource("AWS::EC2::Instance", "i-0abcdef012345678b"))
INSPECTOR = a_shape(
    2002,
    f"arn:aws:inspector2:{HOME}:{ACCOUNT}:finding/71234567890abcdefabcdefabcdef12e",
    "inspector",
    "Inspector",
    activity_id=2,
    resources=[a_resource("AWS::EC2::Instance", "i-0abcdef012345678b")],
    vulnerabilities=[{"cve": {"uid": "CVE-2023-44487"}, "is_fix_available": True}],
)
GUARDDUTY = a_shape(
    2004,
    f"arn:aws:guardduty:{HOME}:{ACCOUNT}:detector/b4c71b47/finding/06c95f0c",
    "guardduty",
    "GuardDuty",
    activity_id=2,
    resources=[a_resource("AWS::IAM::AccessKey", "ASIAIOSFODNN7EXAMPLE", name="cis_automation")],
    evidences=[{"api": {"operation": "DeleteTrail"}}],
)
MACIE = a_shape(
    2006,
    "5be50fce24526e670df77bc00example",
    "macie",
    "Macie",
    databucket={"uid": "arn:aws:s3:::orders", "type": "S3"},
    resources=[a_resource("AWS::S3::Object", "of/may  \u202e.gz")],
)
EXPOSURE = {
    **a_shape(
        2004,
        f"arn:aws:securityhub:{HOME}:{ACCOUNT}:risk:1234f781",
        "securityhub-risk",
        "Security Hub Exposure Analysis",
        resources=[a_resource("AwsLambdaFunction", FUNCTION)],
    ),
    "finding_info": {
        "uid": f"arn:aws:securityhub:{HOME}:{ACCOUNT}:risk:1234f781",
        "title": "Publicly invocable function has a vulnerability",
        "desc": "It can be exploited from a remote network.",
        "created_time_dt": "2026-11-28T09:00:00.337224100Z",
        "finding.info.modified_time_dt": "2026-11-28T09:05:00.337224100Z",
        "related_events_count": 3,
    },
}
COVERAGE = a_shape(
    2003,
    COVERED,
    "securityhub-coverage",
    "Security Hub Coverage",
    activity_id=2,
    compliance={
        "assessments": [{"category": "Coverage", "meets_criteria": False, "name": "GuardDuty"}],
        "status": "Fail",
        "status_id": 3,
    },
    metadata={
        "product": {
            "feature": {"uid": "security-hub/Coverage"},
            "name": "Security Hub Coverage",
            "uid": product("securityhub-coverage"),
            "vendor_name": "AWS",
        },
        "version": "1.9.0",
    },
    resources=[
        a_resource(
            "AWS::::Account",
            ACCOUNT,
            f"arn:aws:guardduty:{HOME}:{ACCOUNT}:detector/{'0' * 32}",
            name="GuardDuty",
        )
    ],
)
SHAPES = {
    "SQS.1": SQS_1,
    "IAM.1": IAM_1,
    "SSM.1": SSM_1,
    "S3.1": S3_1,
    "EC2.8": EC2_8,
    "Inspector": INSPECTOR,
    "GuardDuty": GUARDDUTY,
    "Macie": MACIE,
    "Exposure": EXPOSURE,
    "Coverage": COVERAGE,
}


def in_asff(control: str, kind: str, resource: str, **more: Any) -> dict[str, Any]:
    """The same finding as Security Hub CSPM tells it. Source: ASFF, examples of controls."""
    return {
        "SchemaVersion": "2018-10-08",
        "Id": f"arn:aws:securityhub:{HOME}:{ACCOUNT}:security-control/{control}/finding/7dab",
        "ProductArn": f"arn:aws:securityhub:{HOME}::product/aws/securityhub",
        "ProductName": "Security Hub",
        "AwsAccountId": ACCOUNT,
        "Region": HOME,
        "GeneratorId": f"security-control/{control}",
        "Title": "What is wrong",
        "Description": "And why.",
        "Severity": {"Label": "MEDIUM"},
        "CreatedAt": WRITTEN[CREATED],
        "UpdatedAt": WRITTEN[MODIFIED],
        "Resources": [{"Type": kind, "Id": resource, "Region": HOME}],
        "Compliance": {"Status": "FAILED", "SecurityControlId": control},
        "Workflow": {"Status": "NEW"},
        "RecordState": "ACTIVE",
        **more,
    }


TWINS = {
    "SQS.1": in_asff("SQS.1", "AwsSqsQueue", QUEUE),
    "IAM.1": in_asff("IAM.1", "AwsIamPolicy", POLICY),
    "SSM.1": in_asff("SSM.1", "AwsEc2Instance", INSTANCE),
    "S3.1": in_asff("S3.1", "AwsAccount", f"AWS::::Account:{ACCOUNT}"),
    "EC2.8": in_asff("EC2.8", "AwsEc2Instance", INSTANCE),
}
"""A control's finding by its id, in the other format."""


def an_ocsf_event(*findings: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Source: AWS Security Hub User Guide, "EventBridge event formats" of the unified hub."""
    return {
        "version": "0",
        "id": "994b02ab-3ee4-9576-abcb-6a9200c2c085",
        "detail-type": "Findings Imported V2",
        "source": "aws.securityhub",
        "account": "200000000002",
        "time": "2026-11-28T09:05:10Z",
        "region": HOME,
        "resources": [COVERED],
        "detail": {"findings": list(findings)},
        **more,
    }
