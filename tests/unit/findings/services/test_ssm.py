from __future__ import annotations

from orchestrator.findings.remediation import Aws
from orchestrator.findings.services.ssm import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.ssm import (
    POLICIES,
    Managed,
    a_profile,
    an_instance,
    with_a_role,
    without_a_role,
)
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import Overlay


def test_no_instance_profile_is_made_up() -> None:
    case = Case("SSM.1", without_a_role, overlay=lambda: Managed().overlay())

    assert "InstanceProfile" in cycle.hold_refusal(case, REMEDIATIONS)


def test_a_role_that_lets_the_instance_register_already_is_left_alone() -> None:
    def permitted(aws: Aws) -> str:
        arn = with_a_role(aws)
        policy = "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"
        aws("iam").attach_role_policy(RoleName="managed", PolicyArn=policy)
        return arn

    unknown: Overlay = {
        ("ssm", "DescribeInstanceInformation"): lambda _: {"InstanceInformationList": []}
    }
    case = Case("SSM.1", permitted, overlay=lambda: unknown, moto=POLICIES)

    assert "agent" in cycle.hold_refusal(case, REMEDIATIONS)


def test_a_profile_without_a_role_is_left_alone() -> None:
    case = Case(
        "SSM.1",
        lambda aws: an_instance(aws, a_profile(aws, role=False)),
        overlay=lambda: {
            ("ssm", "DescribeInstanceInformation"): lambda _: {"InstanceInformationList": []}
        },
    )

    assert "no role" in cycle.hold_refusal(case, REMEDIATIONS)
