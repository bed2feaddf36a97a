from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from orchestrator.findings.remediation import Aws, Refused, Status
from orchestrator.findings.services.ec2 import REMEDIATIONS
from tests.unit.findings.services import cycle
from tests.unit.findings.services.cases.ec2 import (
    IPV4,
    IPV6,
    LOG_GROUP,
    a_bare_vpc,
    a_group,
    a_template_with_a_newer_version,
    a_used_default_group,
    a_vpc_and_a_bucket,
    a_vpc_with_subnets,
    opening,
    used_version_1,
)
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import Overlay, RecordingAws, missing

BUCKET = {"destination": "arn:{partition}:s3:::flow-{account}-{region}"}


def unsuccessful() -> Overlay:
    """Amazon EC2 API Reference, CreateFlowLogs: what is refused inside of an answer."""
    error = {"Code": "400", "Message": "Access Denied for LogDestination: flow"}
    no = {"FlowLogIds": [], "Unsuccessful": [{"ResourceId": "vpc-1", "Error": error}]}
    return {("ec2", "CreateFlowLogs"): lambda _: no}


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


def test_what_ec2_refuses_inside_of_an_answer_is_refused(aws: RecordingAws) -> None:
    arn = a_vpc_and_a_bucket(aws)
    remediation = cycle.remediation_of("EC2.6", REMEDIATIONS)
    target = cycle.target_of(remediation, "EC2.6", arn, BUCKET)

    with pytest.raises(Refused, match="EC2 says 400: Access Denied for LogDestination"):
        remediation.fix(target, RecordingAws(unsuccessful()), remediation.before(target, aws))


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
    assert made == ["AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress"]


def test_another_group_than_the_default_one_is_left_alone(aws: RecordingAws) -> None:
    """AWS Security Hub User Guide, EC2.2: it is about the default group of a VPC."""
    arn = a_group(aws, opening("tcp", 22, 22, IPV4))
    remediation = cycle.remediation_of("EC2.2", REMEDIATIONS)
    target = cycle.target_of(remediation, "EC2.2", arn, {"in_use": True})

    check = remediation.check(target, aws)
    assert (check.status, "not the default one" in check.note) == (Status.UNCLEAR, True)
    with pytest.raises(Refused, match="not the default one"):
        remediation.fix(target, aws, remediation.before(target, aws))
    assert ports(aws, arn) == [(22, 22)]


def limit_exceeded(_: object) -> dict[str, Any]:
    raise missing("RulesPerSecurityGroupLimitExceeded", "AuthorizeSecurityGroupIngress")


def test_rules_that_do_not_fit_into_the_quota_leave_the_group_as_it_was(
    aws: RecordingAws,
) -> None:
    arn = a_group(aws, opening("-1", -1, -1, IPV4), opening("tcp", 22, 22, IPV6))
    remediation = cycle.remediation_of("EC2.19", REMEDIATIONS)
    target = cycle.target_of(remediation, "EC2.19", arn, {})
    full = RecordingAws({("ec2", "AuthorizeSecurityGroupIngress"): limit_exceeded})
    before = remediation.before(target, aws)

    with pytest.raises(Refused, match="raise the quota"):
        remediation.fix(target, full, before)
    assert remediation.before(target, aws) == before


def test_what_cannot_be_revoked_takes_the_narrower_rules_back(aws: RecordingAws) -> None:
    arn = a_group(aws, opening("-1", -1, -1, IPV4))
    remediation = cycle.remediation_of("EC2.19", REMEDIATIONS)
    target = cycle.target_of(remediation, "EC2.19", arn, {})
    before = remediation.before(target, aws)
    refused = iter([True])

    def once(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        if next(refused, False):
            raise missing("UnauthorizedOperation", "RevokeSecurityGroupIngress")
        aws("ec2").revoke_security_group_ingress(**asked)
        return {"Return": True}

    with pytest.raises(ClientError, match="UnauthorizedOperation"):
        remediation.fix(target, RecordingAws({("ec2", "RevokeSecurityGroupIngress"): once}), before)
    assert remediation.before(target, aws) == before


def test_all_narrower_rules_that_are_alike_are_made_in_one_call(aws: RecordingAws) -> None:
    arn = a_group(aws, opening("-1", -1, -1, IPV4))
    remediation = cycle.remediation_of("EC2.19", REMEDIATIONS)
    target = cycle.target_of(remediation, "EC2.19", arn, {})
    writes = RecordingAws()

    remediation.fix(target, writes, remediation.before(target, aws))

    made = [operation for _, operation in writes.calls if not operation.startswith("Describe")]
    assert made == ["AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress"]
    assert len(ports(aws, arn)) > 15
