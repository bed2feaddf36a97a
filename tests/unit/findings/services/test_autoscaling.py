from __future__ import annotations

import pytest

from orchestrator.findings.remediation import Aws
from orchestrator.findings.services.autoscaling import REMEDIATIONS
from orchestrator.findings.services.launch_configuration import named, settings
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.autoscaling import (
    GROUP,
    a_configuration,
    a_configuration_in_use,
)
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import Overlay, RecordingAws, emulated


def test_the_successor_differs_in_nothing_else() -> None:
    with emulated():
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


def with_targets(state: str) -> Case:
    """Elastic Load Balancing API Reference, TargetHealth, State."""
    instance = {
        "InstanceId": "i-1",
        "AvailabilityZone": "eu-west-1a",
        "LifecycleState": "InService",
        "HealthStatus": "Healthy",
        "ProtectedFromScaleIn": False,
    }
    group = {
        "AutoScalingGroupName": "web",
        "AutoScalingGroupARN": GROUP,
        "MinSize": 1,
        "MaxSize": 1,
        "DesiredCapacity": 1,
        "DefaultCooldown": 300,
        "AvailabilityZones": ["eu-west-1a"],
        "HealthCheckType": "EC2",
        "CreatedTime": "2026-01-01T00:00:00Z",
        "TrafficSources": [{"Identifier": "arn:aws:x", "Type": "elbv2"}],
        "Instances": [instance],
    }
    health = {"Target": {"Id": "i-1"}, "TargetHealth": {"State": state}}
    answers: Overlay = {
        ("autoscaling", "DescribeAutoScalingGroups"): lambda _: {"AutoScalingGroups": [group]},
        ("elbv2", "DescribeTargetHealth"): lambda _: {"TargetHealthDescriptions": [health]},
        ("autoscaling", "UpdateAutoScalingGroup"): lambda _: {},
    }
    return Case("AutoScaling.1", lambda _: GROUP, overlay=lambda: answers)


def test_a_group_whose_instances_would_be_replaced_at_once_is_left_alone() -> None:
    said = cycle.hold_refusal(with_targets("unhealthy"), REMEDIATIONS)

    assert said == "1 of its instances would be replaced, as unhealthy: i-1"


@pytest.mark.parametrize("state", ["healthy", "initial", "unused", "draining", "unavailable"])
def test_a_group_whose_instances_are_not_found_unhealthy_is_watched(state: str) -> None:
    case = with_targets(state)
    aws = RecordingAws(case.overlay())
    watch = cycle.remediation_of("AutoScaling.1", REMEDIATIONS)
    target = cycle.target_of(watch, "AutoScaling.1", GROUP, {})

    watch.fix(target, aws, watch.before(target, aws))

    assert aws.calls[-1] == ("autoscaling", "UpdateAutoScalingGroup")
