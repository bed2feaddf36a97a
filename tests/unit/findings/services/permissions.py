"""The IAM actions that a call of boto3 needs.

What the sandbox knows is used; here is what only the remediations' calls need.
Source: Service Authorization Reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from orchestrator.findings.remediation import Permission
from orchestrator.findings.services.stepfunctions import DELIVERY
from orchestrator.findings.services.wafv2 import DELIVERY as WEB_LOGS
from orchestrator.sandbox.exchange import Call
from orchestrator.sandbox.needs.reference import action
from orchestrator.sandbox.operations import PREFIXES

Parameters = Mapping[str, Any]


def _delivery(parameters: Parameters) -> Iterable[str]:
    return (
        ("iam:PassRole",)
        if "DeliverLogsPermissionArn" in parameters
        else ("logs:CreateLogDelivery",)
    )


def _monitoring(parameters: Parameters) -> Iterable[str]:
    return ("iam:PassRole",) if "MonitoringRoleArn" in parameters else ()


def _tagging(parameters: Parameters) -> Iterable[str]:
    return ("ec2:CreateTags",) if "TagSpecifications" in parameters else ()


def _passing(*keys: str) -> Callable[[Parameters], Iterable[str]]:
    """A role is passed when one of the parameters is set."""
    return lambda parameters: ("iam:PassRole",) if any(map(parameters.get, keys)) else ()


def _feedback(parameters: Parameters) -> Iterable[str]:
    passed = parameters["AttributeName"].endswith("RoleArn") and parameters["AttributeValue"]
    return ("iam:PassRole",) if passed else ()


def _linked(_: Parameters) -> Iterable[str]:
    return ("iam:CreateServiceLinkedRole",)


COPYING = ("kms:CreateGrant", "kms:DescribeKey", "rds:AddTagsToResource")

IMPLIED: Mapping[tuple[str, str], Callable[[Parameters], Iterable[str]]] = {
    ("application-autoscaling", "RegisterScalableTarget"): lambda given: (
        *_linked(given),
        *("dynamodb:DescribeTable", "dynamodb:UpdateTable"),
    ),
    ("application-autoscaling", "PutScalingPolicy"): lambda _: (
        *("cloudwatch:PutMetricAlarm", "cloudwatch:DescribeAlarms"),
        "cloudwatch:DeleteAlarms",
    ),
    ("autoscaling", "CreateLaunchConfiguration"): _passing("IamInstanceProfile"),
    ("cloudformation", "DescribeStacks"): lambda given: (
        () if given.get("StackName") else ("cloudformation:ListStacks",)
    ),
    ("cloudformation", "UpdateStack"): lambda given: (
        ("sns:Publish",) if given.get("NotificationARNs") else ()
    ),
    ("cloudtrail", "UpdateTrail"): _passing("CloudWatchLogsRoleArn"),
    ("ec2", "AssociateIamInstanceProfile"): lambda _: ("iam:PassRole",),
    ("ecs", "RegisterTaskDefinition"): lambda given: (
        *_passing("taskRoleArn", "executionRoleArn")(given),
        *(("ecs:TagResource",) if given.get("tags") else ()),
    ),
    ("guardduty", "CreateDetector"): _linked,
    ("macie2", "EnableMacie"): _linked,
    ("inspector2", "Enable"): _linked,
    ("stepfunctions", "UpdateStateMachine"): lambda _: DELIVERY,
    ("sns", "SetTopicAttributes"): _feedback,
    ("ec2", "CreateFlowLogs"): _delivery,
    ("secretsmanager", "RotateSecret"): lambda _: ("lambda:InvokeFunction",),
    ("accessanalyzer", "CreateAnalyzer"): lambda _: ("iam:CreateServiceLinkedRole",),
    ("rds", "CopyDBSnapshot"): lambda _: COPYING,
    ("rds", "CopyDBClusterSnapshot"): lambda _: COPYING,
    ("rds", "ModifyDBCluster"): lambda _: ("rds:ModifyDBInstance",),
    ("rds", "ModifyDBInstance"): _monitoring,
    ("kafka", "UpdateConnectivity"): lambda _: (
        "ec2:DescribeRouteTables",
        "ec2:DescribeSubnets",
    ),
    ("kafka", "UpdateSecurity"): lambda _: ("kms:RetireGrant",),
    ("wafv2", "PutLoggingConfiguration"): lambda _: ("iam:CreateServiceLinkedRole", *WEB_LOGS),
    ("ec2", "DeleteFlowLogs"): lambda _: ("logs:DeleteLogDelivery",),
    ("ec2", "CreateVpcEndpoint"): lambda _: ("route53:AssociateVPCWithHostedZone",),
    ("ec2", "AuthorizeSecurityGroupIngress"): _tagging,
    ("ec2", "AuthorizeSecurityGroupEgress"): _tagging,
}
"""What a call needs besides its own action, by what it is given."""


def actions(service: str, signing_name: str, operation: str, parameters: Parameters) -> set[str]:
    """All actions a policy has to allow for the call."""
    call = Call(service, PREFIXES.get(signing_name, signing_name), operation=operation)
    besides = IMPLIED.get((service, operation))
    implied = besides(parameters) if besides else ()
    return {action(call, parameters), *implied}


def named(permissions: Iterable[Permission]) -> set[str]:
    """The actions of these statements."""
    return {action for permission in permissions for action in permission.actions}
