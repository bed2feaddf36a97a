from __future__ import annotations

from typing import Any

import pytest
from moto import mock_aws

from orchestrator.findings.remediation import Aws, Remediation, Status, Value
from orchestrator.findings.services.autoscaling import REMEDIATIONS
from orchestrator.findings.services.launch_configuration import named, settings
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import RecordingAws

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
    Case(
        "AutoScaling.3",
        a_configuration_in_use,
        lambda aws: a_configuration(aws, "modern", MetadataOptions=MODERN),
        CONFIGURATION,
        after=Status.FAILS,
    ),
    Case(
        "AutoScaling.5",
        lambda aws: a_configuration_in_use(aws, AssociatePublicIpAddress=True),
        lambda aws: a_configuration(aws, "inside", AssociatePublicIpAddress=False),
        CONFIGURATION,
        after=Status.FAILS,
    ),
    Case("AutoScaling.10", an_unwatched_group, an_owned_group, GROUP, TAGGING),
)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_violation_is_found_fixed_and_taken_back(case: Case) -> None:
    cycle.hold_cycles(CASES, case, REMEDIATIONS)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_denied_look_is_never_a_pass(case: Case) -> None:
    cycle.hold_denials(case, REMEDIATIONS)


@pytest.mark.parametrize("remediation", REMEDIATIONS, ids=lambda r: r.name)
def test_permissions_are_the_calls_that_are_made(remediation: Remediation) -> None:
    cycle.hold_permissions(CASES, remediation)


def test_every_control_has_a_case() -> None:
    assert cycle.uncovered(CASES, REMEDIATIONS) == set()


def test_the_successor_differs_in_nothing_else() -> None:
    with mock_aws():
        aws = RecordingAws()
        arn = a_configuration_in_use(aws)
        imdsv2 = cycle.remediation_of("AutoScaling.3", REMEDIATIONS)
        target = cycle.target_of(imdsv2, "AutoScaling.3", arn, {})
        imdsv2.fix(target, aws, imdsv2.before(target, aws))
        old, new = (settings(named(aws, name) or {}) for name in ("old", "old-imdsv2"))

    assert new.pop("MetadataOptions")["HttpTokens"] == "required"
    assert new == {key: value for key, value in old.items() if key != "MetadataOptions"}


def test_a_configuration_that_nothing_launches_with_is_for_deletion() -> None:
    unused = Case("AutoScaling.3", lambda aws: a_configuration(aws, "unused"))

    assert "delete it" in cycle.hold_refusal(unused, REMEDIATIONS)


def test_another_configuration_of_the_successors_name_is_not_used() -> None:
    def taken(aws: Aws) -> str:
        a_configuration(aws, "old-imdsv2", InstanceType="m5.large")
        return a_configuration_in_use(aws)

    assert "old-imdsv2" in cycle.hold_refusal(Case("AutoScaling.3", taken), REMEDIATIONS)
