from __future__ import annotations

import pytest

from orchestrator.findings.remediation import Aws
from orchestrator.findings.services.ec2 import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.ec2 import (
    IPV4,
    LOG_GROUP,
    a_bare_vpc,
    a_group,
    a_template_with_a_newer_version,
    a_used_default_group,
    a_vpc_with_subnets,
    opening,
    used_version_1,
)
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import RecordingAws


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (Case("EC2.2", a_used_default_group), "1 network interfaces are in the group"),
        (Case("EC2.6", a_bare_vpc), "sets no 'destination'"),
        (
            Case("EC2.6", a_bare_vpc, parameters={"destination": "bucket"}),
            "'bucket' is not an ARN of a bucket",
        ),
        (
            Case("EC2.6", a_bare_vpc, parameters={**LOG_GROUP, "role": ""}),
            "sets no 'role'",
        ),
        (Case("EC2.8", used_version_1), "version 1 was used 3 times"),
        (Case("EC2.10", a_vpc_with_subnets), "sets no 'security_group'"),
        (
            Case("EC2.10", a_vpc_with_subnets, parameters={"security_group": "web"}),
            "no security group 'web'",
        ),
        (Case("EC2.170", a_template_with_a_newer_version), "whoever launches $Latest"),
    ],
    ids=str,
)
def test_what_would_do_harm_or_be_made_up_is_refused(case: Case, reason: str) -> None:
    assert reason in cycle.hold_refusal(case, REMEDIATIONS)


def ports(aws: Aws, arn: str) -> list[tuple[int, int]]:
    only = [{"Name": "group-id", "Values": [arn.rpartition("/")[2]]}]
    rules = aws("ec2").describe_security_group_rules(Filters=only)["SecurityGroupRules"]
    return sorted((r["FromPort"], r["ToPort"]) for r in rules if not r["IsEgress"])


def test_undo_leaves_a_rule_that_was_there_before_and_is_like_one_of_ours(
    aws: RecordingAws,
) -> None:
    were = [opening("tcp", 22, 65535, IPV4), opening("tcp", 23, 65535, IPV4)]
    arn = a_group(aws, *were)
    remediation = cycle.remediation_of("EC2.13", REMEDIATIONS)
    target = cycle.target_of(remediation, "EC2.13", arn, {})
    before = remediation.before(target, aws)

    remediation.fix(target, aws, before)
    assert ports(aws, arn) == [(23, 65535)]

    assert remediation.undo
    remediation.undo(target, aws, before)
    assert ports(aws, arn) == [(22, 65535), (23, 65535)]


def test_what_may_go_on_is_let_in_before_the_wide_rule_is_taken_away(aws: RecordingAws) -> None:
    arn = a_group(aws, opening("tcp", 20, 443, IPV4))
    remediation = cycle.remediation_of("EC2.13", REMEDIATIONS)
    target = cycle.target_of(remediation, "EC2.13", arn, {})
    writes = RecordingAws()

    remediation.fix(target, writes, remediation.before(target, aws))

    made = [operation for _, operation in writes.calls if not operation.startswith("Describe")]
    assert made == ["AuthorizeSecurityGroupIngress"] * 2 + ["RevokeSecurityGroupIngress"]
