from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from orchestrator.findings import matrix as matrices
from orchestrator.findings.decision import Decision, Kind, Tags, decide, explain
from orchestrator.findings.finding import Finding
from orchestrator.findings.matrix import Matrix
from orchestrator.findings.remediation import Risk
from tests.unit.findings.a_world import (
    ACCOUNT,
    BUCKET,
    CLOSING,
    HOME,
    NOW,
    a_decision,
    a_document,
    a_finding,
    a_matrix,
    an_exception,
    with_rules,
)

BY_CONTROL = {"s3.8": CLOSING}


def rule(
    finding: Finding | None = None,
    matrix: Matrix | None = None,
    tags: Tags | None = None,
    now: datetime = NOW,
) -> Decision:
    return decide(finding or a_finding(), matrix or a_matrix(), now, tags, BY_CONTROL)


def test_what_is_decided_to_be_fixed_is_fixed_with_complete_parameters() -> None:
    decision = rule()

    assert decision.kind is Kind.REMEDIATE
    assert decision.source == "account_configs/controls/s3.yaml S3.8"
    assert (decision.team, dict(decision.parameters)) == ("orders", {"days": 7})


def test_the_case_of_a_control_does_not_matter() -> None:
    assert rule(a_finding(control="s3.8")).kind is Kind.REMEDIATE


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({"archived": True}, Kind.IGNORE),
        ({"workflow": "SUPPRESSED"}, Kind.IGNORE),
        ({"workflow": "RESOLVED"}, Kind.IGNORE),
        ({"compliance": "PASSED"}, Kind.IGNORE),
        ({"compliance": "NOT_AVAILABLE"}, Kind.IGNORE),
        ({"compliance": "WARNING"}, Kind.PROPOSE),
        ({"workflow": "NOTIFIED"}, Kind.REMEDIATE),
        ({"account": "999999999999"}, Kind.REFUSE),
        ({"region": "us-west-2"}, Kind.REFUSE),
        ({"control": "S3.99"}, Kind.NOTIFY),
        ({"control": ""}, Kind.NOTIFY),
        ({"resource_type": "AwsEc2Instance"}, Kind.REFUSE),
        ({"resource_type": "AWS::S3::Bucket"}, Kind.REMEDIATE),
    ],
)
def test_what_is_over_unknown_or_not_governed_is_never_fixed(
    more: dict[str, Any], kind: Kind
) -> None:
    assert rule(a_finding(**more)).kind is kind


def test_what_belongs_to_nobody_is_told_to_the_security_accounts_team() -> None:
    assert rule(a_finding(account="999999999999")).team == "platform"


@pytest.mark.parametrize(("kind", "expected"), [("disable", Kind.IGNORE), ("detect", Kind.NOTIFY)])
def test_a_decision_holds(kind: str, expected: Kind) -> None:
    assert rule(matrix=a_matrix(a_decision(kind))).kind is expected


def test_nothing_is_fixed_while_remediation_is_off_for_the_organization() -> None:
    assert rule(matrix=a_matrix(**with_rules(enabled=False))).kind is Kind.PROPOSE


@pytest.mark.parametrize(
    "change",
    [{"risk": Risk.DESTRUCTIVE}, {"by_hand": "it needs a new password"}],
)
def test_what_runs_by_hand_only_is_proposed(change: dict[str, Any]) -> None:
    remediation = replace(CLOSING, **change)

    decision = decide(a_finding(), a_matrix(), NOW, None, {"s3.8": remediation})

    assert decision.kind is Kind.PROPOSE


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"targetDays": 30}, Kind.REMEDIATE),
        ({"days": 30}, Kind.REMEDIATE),
        ({"days": "30"}, Kind.REFUSE),
        ({"days": True}, Kind.REFUSE),
        ({"dayz": 30}, Kind.REFUSE),
    ],
)
def test_a_parameter_that_does_not_fit_stops_the_fix(given: dict[str, Any], kind: Kind) -> None:
    assert rule(matrix=a_matrix(a_decision(parameters=given))).kind is kind


@pytest.mark.parametrize(
    ("more", "kind"),
    [
        ({}, Kind.IGNORE),
        ({"accounts": [ACCOUNT]}, Kind.IGNORE),
        ({"accounts": []}, Kind.REMEDIATE),
        ({"accounts": ["999999999999"]}, Kind.REMEDIATE),
        ({"resources": [BUCKET]}, Kind.IGNORE),
        ({"resources": ["arn:aws:s3:::ord*"]}, Kind.IGNORE),
        ({"resources": ["arn:aws:s3:::ORD*"]}, Kind.REMEDIATE),
        ({"control": "s3.1"}, Kind.REMEDIATE),
        ({"expires": "2026-11-23"}, Kind.IGNORE),
        ({"expires": "2026-11-22"}, Kind.PROPOSE),
    ],
)
def test_an_exception_holds_for_what_it_names_until_its_last_day(
    more: dict[str, Any], kind: Kind
) -> None:
    decision = rule(matrix=a_matrix(exceptions={"public": an_exception(**more)}))

    assert decision.kind is kind
    assert decision.exception == ("public" if kind is Kind.IGNORE else "")


def test_an_exception_may_name_a_resource_whose_name_has_the_characters_of_a_pattern() -> None:
    alarm = f"arn:aws:cloudwatch:{HOME}:{ACCOUNT}:alarm:[prod] disk"
    matrix = a_matrix(exceptions={"public": an_exception(resources=[alarm])})

    assert rule(a_finding(resource=alarm), matrix=matrix).exception == "public"


def test_an_expired_exception_lets_nothing_be_fixed_until_somebody_looks() -> None:
    decision = rule(matrix=a_matrix(exceptions={"public": an_exception(expires="2026-01-01")}))

    assert decision.reason == "the exception 'public' ran out on 2026-01-01: renew or remove it"


PUBLIC = {
    "tags": {"public": "y*"},
    "decision": "detect",
    "reason": "Tagged as public.",
    "decided_by": "orders",
    "review_by": "2027-01-01",
    "source": "S3.8.by_tag.public",
}


@pytest.mark.parametrize(
    ("tags", "kind"),
    [(None, Kind.REFUSE), ({}, Kind.REMEDIATE), ({"public": "yes"}, Kind.NOTIFY)],
)
def test_a_decision_by_tag_holds_and_unread_tags_never_lead_to_a_fix(
    tags: Tags | None, kind: Kind
) -> None:
    decision = rule(matrix=a_matrix(a_decision(by_tag={"public": PUBLIC})), tags=tags)

    assert (decision.kind, decision.needs_tags) == (kind, tags is None)


def test_of_several_decisions_by_tag_the_most_careful_holds() -> None:
    bold = {**PUBLIC, "tags": {"env": "dev"}, "decision": "remediate"}
    matrix = a_matrix(a_decision("detect", by_tag={"a": bold, "b": PUBLIC}))

    assert rule(matrix=matrix, tags={"env": "dev"}).kind is Kind.REMEDIATE
    assert rule(matrix=matrix, tags={"env": "dev", "public": "yes"}).kind is Kind.NOTIFY


@pytest.mark.parametrize(
    ("tags", "kind"),
    [(None, Kind.REFUSE), ({}, Kind.REMEDIATE), ({"public": "yes"}, Kind.IGNORE)],
)
def test_an_exception_by_tag_needs_the_tags(tags: Tags | None, kind: Kind) -> None:
    matrix = a_matrix(exceptions={"public": an_exception(tags={"public": "yes"})})

    assert rule(matrix=matrix, tags=tags).kind is kind


def test_a_runbook_takes_the_place_of_our_remediation() -> None:
    decision = rule(
        matrix=a_matrix(a_decision(runbook="AWS-CloseBucket", parameters={"a": "{arn}"}))
    )

    assert (decision.kind, decision.runbook) == (Kind.REMEDIATE, "AWS-CloseBucket")


def test_the_explanation_says_what_why_and_where_it_is_written() -> None:
    assert explain(a_finding(), rule()) == (
        f"S3.8 on {BUCKET} in {ACCOUNT}/ap-northeast-1: it is fixed, and the team is told\n"
        "  why: It was decided for this test.\n"
        "  written in: account_configs/controls/s3.yaml S3.8\n"
        "  team: orders\n"
        "  days: 7"
    )


@pytest.mark.parametrize(
    "change",
    [
        {"version": 2},
        {"accounts": None},
        {"accounts": {ACCOUNT: {}}},
        {"decisions": {}},
        {"decisions": {"d0": {"s3.8": {**a_decision(), "decision": "maybe"}}}},
        {"exceptions": {"public": {}}},
        {"exceptions": {"public": an_exception(expires="some day")}},
    ],
)
def test_a_matrix_that_is_not_whole_is_not_read_at_all(change: dict[str, Any]) -> None:
    with pytest.raises(matrices.Unreadable):
        matrices.load({**a_document(), **change})
