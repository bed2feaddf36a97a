"""Services make their roles with the rights of whoever calls them first."""

from __future__ import annotations

from orchestrator.sandbox.client import Sandbox
from tests.sandbox.calls import a_policy, a_role, a_trust_policy, error_of, message_of
from tests.sandbox.fleets import HOME_REGION, MANAGEMENT, NETWORK, OTHER_REGION

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
