from __future__ import annotations

from typing import Any

from orchestrator.findings.remediation import Aws, Status, Value
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case

GROUP = "arn:aws:autoscaling:eu-west-1:123456789012:autoScalingGroup:1:autoScalingGroupName/none"
CONFIGURATION = (
    "arn:aws:autoscaling:eu-west-1:123456789012:launchConfiguration:1:launchConfigurationName/none"
)
TAGGING: dict[str, Value] = {
    "requiredTagKeys": ("owner",),
    "TagKey": "owner",
    "TagValue": "payments",
}
MODERN = {"HttpTokens": "required", "HttpPutResponseHopLimit": 2, "HttpEndpoint": "enabled"}


def a_configuration(aws: Aws, name: str = "old", **given: Any) -> str:
    arguments = {"ImageId": "ami-12345678", "InstanceType": "t3.micro", **given}
    client = aws("autoscaling")
    client.create_launch_configuration(LaunchConfigurationName=name, **arguments)
    found = client.describe_launch_configurations(LaunchConfigurationNames=[name])
    return str(found["LaunchConfigurations"][0]["LaunchConfigurationARN"])


def a_group(aws: Aws, name: str = "web", configuration: str = "old", **given: Any) -> str:
    client = aws("autoscaling")
    tag = {**cycle.TAG_LIST[0], "PropagateAtLaunch": True}
    client.create_auto_scaling_group(
        AutoScalingGroupName=name,
        LaunchConfigurationName=configuration,
        MinSize=0,
        MaxSize=0,
        AvailabilityZones=["eu-west-1a"],
        Tags=[{**tag, "ResourceId": name, "ResourceType": "auto-scaling-group"}],
        **given,
    )
    found = client.describe_auto_scaling_groups(AutoScalingGroupNames=[name])
    return str(found["AutoScalingGroups"][0]["AutoScalingGroupARN"])


def a_balancer(aws: Aws) -> str:
    aws("elb").create_load_balancer(
        LoadBalancerName="front",
        Listeners=[{"Protocol": "TCP", "LoadBalancerPort": 80, "InstancePort": 80}],
        AvailabilityZones=["eu-west-1a"],
    )
    return "front"


def an_unwatched_group(aws: Aws) -> str:
    a_configuration(aws)
    return a_group(aws, LoadBalancerNames=[a_balancer(aws)])


def a_group_with_targets(aws: Aws) -> str:
    client = aws("ec2")
    vpc = client.describe_vpcs()["Vpcs"][0]["VpcId"]
    made = aws("elbv2").create_target_group(Name="web", Protocol="HTTP", Port=80, VpcId=vpc)
    a_configuration(aws)
    return a_group(aws, TargetGroupARNs=[made["TargetGroups"][0]["TargetGroupArn"]])


def a_group_without_balancer(aws: Aws) -> str:
    return a_group(aws, "batch")


def a_configuration_in_use(aws: Aws, **given: Any) -> str:
    aws("iam").create_instance_profile(InstanceProfileName="web")
    arn = a_configuration(aws, UserData="#!/bin/sh", IamInstanceProfile="web", **given)
    a_group(aws)
    return arn


def an_owned_group(aws: Aws) -> str:
    arn = a_group(aws, "owned")
    tag = {"Key": "owner", "Value": "x", "PropagateAtLaunch": False}
    own = {"ResourceId": "owned", "ResourceType": "auto-scaling-group"}
    aws("autoscaling").create_or_update_tags(Tags=[{**own, **tag}])
    return arn


CASES = (
    Case("AutoScaling.1", an_unwatched_group, a_group_without_balancer, GROUP),
    Case("AutoScaling.1", a_group_with_targets, None, GROUP, name="with target groups"),
    Case(
        "AutoScaling.3",
        a_configuration_in_use,
        lambda aws: a_configuration(aws, "modern", MetadataOptions=MODERN),
        CONFIGURATION,
        after=Status.FAILS,
    ),
    Case(
        "Autoscaling.5",
        lambda aws: a_configuration_in_use(aws, AssociatePublicIpAddress=True),
        lambda aws: a_configuration(aws, "inside", AssociatePublicIpAddress=False),
        CONFIGURATION,
        after=Status.FAILS,
    ),
    Case("AutoScaling.10", an_unwatched_group, an_owned_group, GROUP, TAGGING),
)
