from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.findings.finding import Finding, Malformed, Severity
from orchestrator.model.history import Score
from orchestrator.report.scores import Status, score, settle, together

NOW = datetime(2026, 6, 1, tzinfo=UTC)
FINDING = Finding(
    id="arn:aws:securityhub:eu-west-1:200000000006:finding/1",
    product_arn="arn:aws:securityhub:eu-west-1::product/aws/securityhub",
    product="Security Hub",
    account="200000000006",
    region="eu-west-1",
    partition="aws",
    control="S3.8",
    title="Buckets should block public access",
    description="",
    severity=Severity.HIGH,
    resource="arn:aws:s3:::orders",
    resource_type="AwsS3Bucket",
    created=NOW,
    updated=NOW,
)
PASSED = replace(FINDING, compliance="PASSED")


def status_of(*findings: Finding) -> dict[str, Status]:
    return {str(control): status for control, status in all_of(*findings).items()}


def all_of(*findings: Finding) -> dict[object, Status]:
    return {c: s for each in settle(findings).statuses.values() for c, s in each.items()}


def test_one_failed_finding_fails_the_control_whatever_comes_after_it() -> None:
    assert status_of(PASSED, FINDING, PASSED) == {"S3.8": Status.FAILED}


def test_what_could_not_be_evaluated_is_unknown_and_never_passed() -> None:
    assert status_of(PASSED, replace(FINDING, compliance="WARNING")) == {"S3.8": Status.UNKNOWN}
    assert status_of(replace(FINDING, compliance="NOT_AVAILABLE")) == {"S3.8": Status.UNKNOWN}


def test_what_is_suppressed_or_archived_does_not_count() -> None:
    suppressed = replace(FINDING, workflow="SUPPRESSED")
    archived = replace(FINDING, archived=True)
    assert status_of(PASSED, suppressed, archived) == {"S3.8": Status.PASSED}
    assert status_of(suppressed) == {}


def test_findings_of_other_products_are_no_controls() -> None:
    assert status_of(replace(FINDING, control="")) == {}


def test_what_cannot_be_read_is_named() -> None:
    assert settle([Malformed("no id")]).unread == ("no id",)


def test_open_findings_are_those_that_failed() -> None:
    standings = settle([FINDING, PASSED])
    assert [each.resource for each in standings.open] == ["arn:aws:s3:::orders"]
    assert standings.by_severity() == {Severity.HIGH: 1}


def test_a_score_is_the_share_of_controls_that_have_passed() -> None:
    assert score([Status.PASSED, Status.PASSED, Status.FAILED, Status.UNKNOWN]).share == 50


def test_without_data_there_is_no_score() -> None:
    assert score([]).share is None


@given(
    st.lists(
        st.dictionaries(st.sampled_from(["S3.1", "S3.8", "EC2.2"]), st.sampled_from(list(Status)))
    )
)
def test_together_a_control_passes_only_where_it_passes_everywhere(
    accounts: list[dict[str, Status]],
) -> None:
    seen = {control for statuses in accounts for control in statuses}
    worst = {c: {statuses[c] for statuses in accounts if c in statuses} for c in seen}
    passed = sum(of == {Status.PASSED} for of in worst.values())
    failed = sum(Status.FAILED in of for of in worst.values())
    assert together(accounts) == Score(passed, failed, len(seen) - passed - failed)  # type: ignore[arg-type]
