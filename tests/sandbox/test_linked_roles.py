"""Services make their roles with the rights of whoever calls them first."""

from __future__ import annotations

from typing import Any

from orchestrator.sandbox.client import Sandbox
from tests.sandbox.calls import a_policy, a_role, a_trust_policy, error_of, message_of
from tests.sandbox.fleets import HOME_REGION, MANAGEMENT, NETWORK, OTHER_REGION

CONFIG, HUB = "AWSServiceRoleForConfig", "AWSServiceRoleForSecurityHub"
ANALYZER = "AWSServiceRoleForAccessAnalyzer"
TRUST = a_trust_policy({"AWS": f"arn:aws:iam::{MANAGEMENT}:root"})
NAME = "AWSServiceRoleForAmazonGuardDuty"


def test_who_enables_a_service_first_needs_the_right_to_its_role_and_the_next_does_not(
    fresh_sandbox: Sandbox,
) -> None:
    aws = fresh_sandbox
    a_role(aws, NETWORK, "watches", TRUST, a_policy("guardduty:*"))
    first = aws.client("guardduty", NETWORK, "watches", region=HOME_REGION)
    second = aws.client("guardduty", NETWORK, "watches", region=OTHER_REGION)
    iam = aws.client("iam", NETWORK)

    refused = error_of(first.create_detector, Enable=True)
    told = message_of(first.create_detector, Enable=True)
    absent = error_of(iam.get_role, RoleName=NAME)
    aws.client("guardduty", NETWORK).create_detector(Enable=True)
    path = iam.get_role(RoleName=NAME)["Role"]["Path"]
    second.create_detector(Enable=True)

    assert refused[0] == "AccessDeniedException"
    assert f"iam:CreateServiceLinkedRole on resource: arn:aws:iam::{NETWORK}:role" in told
    assert absent[0] == "NoSuchEntity"
    assert path == "/aws-service-role/guardduty.amazonaws.com/"


def test_the_right_is_for_one_service(fresh_sandbox: Sandbox) -> None:
    aws = fresh_sandbox
    another = {"StringEquals": {"iam:AWSServiceName": "securityhub.amazonaws.com"}}
    right = a_policy("iam:CreateServiceLinkedRole", Condition=another)
    a_role(aws, NETWORK, "looks", TRUST, right)
    aws.client("iam", NETWORK).put_role_policy(
        RoleName="looks",
        PolicyName="more",
        PolicyDocument=a_policy("guardduty:*", "securityhub:*"),
    )

    guardduty = aws.client("guardduty", NETWORK, "looks")
    assert error_of(guardduty.create_detector, Enable=True)[0] == "AccessDeniedException"
    aws.client("securityhub", NETWORK, "looks").enable_security_hub()


def deletion(iam: Any, role: str) -> dict[str, Any]:
    """How the task ends that is to delete the role."""
    task = iam.delete_service_linked_role(RoleName=role)["DeletionTaskId"]
    found: dict[str, Any] = iam.get_service_linked_role_deletion_status(DeletionTaskId=task)
    return found


def test_a_role_that_its_service_uses_stays_until_it_does_not(fresh_sandbox: Sandbox) -> None:
    iam = fresh_sandbox.client("iam", NETWORK)
    home, other = (
        fresh_sandbox.client("guardduty", NETWORK, region=region)
        for region in (HOME_REGION, OTHER_REGION)
    )
    detectors = [each.create_detector(Enable=True)["DetectorId"] for each in (home, other)]

    in_use = deletion(iam, NAME)
    still_there = iam.get_role(RoleName=NAME)["Role"]["RoleName"]
    home.delete_detector(DetectorId=detectors[0])
    in_one_region = deletion(iam, NAME)
    other.delete_detector(DetectorId=detectors[1])
    unused = deletion(iam, NAME)

    assert (in_use["Status"], in_one_region["Status"]) == ("FAILED", "FAILED")
    assert {each["Region"] for each in in_use["Reason"]["RoleUsageList"]} == {
        HOME_REGION,
        OTHER_REGION,
    }
    arn = f"arn:aws:guardduty:{OTHER_REGION}:{NETWORK}:detector/{detectors[1]}"
    assert in_one_region["Reason"]["RoleUsageList"] == [
        {"Region": OTHER_REGION, "Resources": [arn]}
    ]
    assert still_there == NAME
    assert unused["Status"] == "SUCCEEDED"
    assert error_of(iam.get_role, RoleName=NAME) == ("NoSuchEntity", 404)


def test_a_recorder_with_a_role_of_its_own_does_not_keep_the_one_of_the_service(
    fresh_sandbox: Sandbox,
) -> None:
    iam, config = (fresh_sandbox.client(name, NETWORK) for name in ("iam", "config"))
    service = "config.amazonaws.com"
    linked = iam.create_service_linked_role(AWSServiceName=service)["Role"]["Arn"]
    own = a_role(fresh_sandbox, NETWORK, "records", a_trust_policy({"Service": service}))
    recorder = {"name": "default", "roleARN": linked}
    config.put_configuration_recorder(ConfigurationRecorder=recorder)

    in_use = deletion(iam, CONFIG)
    config.put_configuration_recorder(ConfigurationRecorder={**recorder, "roleARN": own})

    assert in_use["Status"] == "FAILED"
    assert deletion(iam, CONFIG)["Status"] == "SUCCEEDED"


def test_a_hub_and_an_analyzer_keep_their_roles(fresh_sandbox: Sandbox) -> None:
    iam, hub, analyzers = (
        fresh_sandbox.client(name, NETWORK) for name in ("iam", "securityhub", "accessanalyzer")
    )
    hub.enable_security_hub()
    analyzers.create_analyzer(analyzerName="own", type="ACCOUNT")

    in_use = [deletion(iam, role)["Status"] for role in (HUB, ANALYZER)]
    hub.disable_security_hub()
    analyzers.delete_analyzer(analyzerName="own")

    assert in_use == ["FAILED", "FAILED"]
    assert [deletion(iam, role)["Status"] for role in (HUB, ANALYZER)] == ["SUCCEEDED"] * 2


def test_only_a_services_role_is_deleted_as_one_and_only_a_known_task_is_told_of(
    fresh_sandbox: Sandbox,
) -> None:
    iam = fresh_sandbox.client("iam", NETWORK)
    a_role(fresh_sandbox, NETWORK, "own", TRUST)
    status = iam.get_service_linked_role_deletion_status

    assert error_of(iam.delete_service_linked_role, RoleName="own") == ("NoSuchEntity", 404)
    assert error_of(status, DeletionTaskId="task/aws-service-role/x/y/z") == ("NoSuchEntity", 404)
