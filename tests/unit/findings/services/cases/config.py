from __future__ import annotations

from typing import Any

from orchestrator.findings.remediation import Aws
from tests.unit.findings.services.cases.cloudtrail import let_write
from tests.unit.findings.services.cycle import Case

SERVICE_ROLE = (
    "arn:aws:iam::123456789012:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
)
ALL = {"allSupported": True, "includeGlobalResourceTypes": True}
SOME = {"allSupported": False, "resourceTypes": ["AWS::S3::Bucket"]}


def no_recorder(_: Aws) -> str:
    return "AWS::::Account:123456789012"


def a_recorder(aws: Aws, role: str = SERVICE_ROLE, group: Any = None) -> str:
    client = aws("config")
    if role == SERVICE_ROLE:
        aws("iam").create_service_linked_role(AWSServiceName="config.amazonaws.com")
    client.put_configuration_recorder(
        ConfigurationRecorder={"name": "default", "roleARN": role, "recordingGroup": group or ALL}
    )
    aws("s3").create_bucket(
        Bucket="recorded", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    let_write(aws, "recorded", "config")
    client.put_delivery_channel(DeliveryChannel={"name": "default", "s3BucketName": "recorded"})
    return no_recorder(aws)


CASES = (Case("Config.1", a_recorder),)
