from __future__ import annotations

from typing import Any

import pytest
from moto import mock_aws

from orchestrator.findings.remediation import Aws, Remediation, Status
from orchestrator.findings.services.config import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import RecordingAws
from tests.unit.findings.services.test_cloudtrail import let_write

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


def test_the_recorder_is_made_by_its_stack() -> None:
    assert "stack 'account'" in cycle.hold_refusal(Case("Config.1", no_recorder), REMEDIATIONS)


def a_recorder_with_another_role(aws: Aws) -> str:
    return a_recorder(aws, "arn:aws:iam::123456789012:role/config")


def test_the_recorders_role_is_set_by_its_stack() -> None:
    case = Case("Config.1", a_recorder_with_another_role)

    assert "service-linked role" in cycle.hold_refusal(case, REMEDIATIONS)


def test_another_role_will_do_when_the_decision_says_so() -> None:
    ours = {"includeConfigServiceLinkedRoleCheck": False}

    cycle.run(Case("Config.1", a_recorder_with_another_role, parameters=ours), REMEDIATIONS)


def test_a_recorder_of_some_types_is_not_taken_for_one_of_all() -> None:
    start = REMEDIATIONS[0]
    with mock_aws():
        aws = RecordingAws()
        target = cycle.target_of(start, "Config.1", a_recorder(aws, group=SOME), {})
        aws("config").start_configuration_recorder(ConfigurationRecorderName="default")

        assert start.check(target, aws).status is Status.UNCLEAR
