from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import boto3

from orchestrator.findings.remediation import Aws
from orchestrator.findings.services.ssm import LOGGING, SHARING
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import Overlay

NO_DOCUMENT = "arn:aws:ssm:eu-west-1:123456789012:document/none"
NO_INSTANCE = "arn:aws:ec2:eu-west-1:123456789012:instance/i-00000000000000000"
POLICIES = {"iam": {"load_aws_managed_policies": True}}
CONTENT = """{"schemaVersion": "2.2", "mainSteps": []}"""


def a_document(aws: Aws, name: str = "open", shared: str = "all") -> str:
    aws("ssm").create_document(
        Name=name, Content=CONTENT, DocumentType="Command", Tags=cycle.TAG_LIST
    )
    aws("ssm").modify_document_permission(
        Name=name, PermissionType="Share", AccountIdsToAdd=[shared]
    )
    return f"arn:aws:ssm:eu-west-1:123456789012:document/{name}"


def an_instance(aws: Aws, profile: str = "") -> str:
    given: dict[str, Any] = {"IamInstanceProfile": {"Name": profile}} if profile else {}
    instance = aws("ec2").run_instances(
        ImageId="ami-12c6146b",
        MinCount=1,
        MaxCount=1,
        TagSpecifications=[{"ResourceType": "instance", "Tags": cycle.TAG_LIST}],
        **given,
    )["Instances"][0]
    return f"arn:aws:ec2:eu-west-1:123456789012:instance/{instance['InstanceId']}"


def a_profile(aws: Aws, *, role: bool = True) -> str:
    aws("iam").create_instance_profile(InstanceProfileName="managed")
    if role:
        aws("iam").create_role(RoleName="managed", AssumeRolePolicyDocument=cycle.trusting("ec2"))
        aws("iam").add_role_to_instance_profile(InstanceProfileName="managed", RoleName="managed")
    return "managed"


def with_a_role(aws: Aws) -> str:
    return an_instance(aws, a_profile(aws))


def without_a_role(aws: Aws) -> str:
    a_profile(aws)
    return an_instance(aws)


def the_account(_: Aws) -> str:
    return "AWS::::Account:123456789012"


class Managed:
    """Instances register as soon as they have a role with the policy, as real ones would."""

    def information(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        instance = asked["Filters"][0]["Values"][0]
        known = self.permitted(instance)
        return {"InstanceInformationList": [{"InstanceId": instance}] if known else []}

    def permitted(self, instance: str) -> bool:
        ec2, iam = boto3.client("ec2", "eu-west-1"), boto3.client("iam")
        by_instance: Any = [{"Name": "instance-id", "Values": [instance]}]
        found = ec2.describe_iam_instance_profile_associations(Filters=by_instance)
        arns = [
            item["IamInstanceProfile"]["Arn"]
            for item in found["IamInstanceProfileAssociations"]
            if item["State"] in ("associating", "associated")
        ]
        policies = iam.list_attached_role_policies(RoleName="managed")["AttachedPolicies"]
        return bool(arns and (policies or not self.needs_policy))

    def __init__(self, *, needs_policy: bool = True) -> None:
        self.needs_policy = needs_policy

    def overlay(self) -> Overlay:
        return {("ssm", "DescribeInstanceInformation"): self.information}


class Settings:
    """The settings of the account, which moto lacks."""

    def __init__(self) -> None:
        self.values: dict[str, str] = {}
        self.defaults = {SHARING: "Enable", LOGGING: "None"}

    def read(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        setting = asked["SettingId"]
        value = self.values.get(setting, self.defaults[setting])
        status = "Customized" if setting in self.values else "Default"
        return {"ServiceSetting": {"SettingValue": value, "Status": status}}

    def update(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        self.values[asked["SettingId"]] = asked["SettingValue"]
        return {}

    def reset(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        self.values.pop(asked["SettingId"], None)
        return {}

    def overlay(self) -> Overlay:
        return {
            ("ssm", "GetServiceSetting"): self.read,
            ("ssm", "UpdateServiceSetting"): self.update,
            ("ssm", "ResetServiceSetting"): self.reset,
        }


def customized(setting: str, value: str) -> Callable[[Aws], str]:
    def build(aws: Aws) -> str:
        aws("ssm").update_service_setting(SettingId=setting, SettingValue=value)
        return the_account(aws)

    return build


def settings() -> Overlay:
    return Settings().overlay()


CASES = (
    Case(
        "SSM.1",
        with_a_role,
        missing=NO_INSTANCE,
        overlay=lambda: Managed().overlay(),
        name="with a role",
        moto=POLICIES,
    ),
    Case(
        "SSM.1",
        without_a_role,
        parameters={"InstanceProfile": "managed"},
        overlay=lambda: Managed(needs_policy=False).overlay(),
        name="without a profile",
    ),
    Case("SSM.4", a_document, lambda aws: a_document(aws, "ours", "111122223333"), NO_DOCUMENT),
    Case("SSM.6", the_account, overlay=settings),
    Case("SSM.6", customized(LOGGING, "None"), overlay=settings, name="customized"),
    Case("SSM.7", the_account, overlay=settings),
    Case("SSM.7", customized(SHARING, "Enable"), overlay=settings, name="customized"),
)
