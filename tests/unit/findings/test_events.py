from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.findings.event_reader import clean
from orchestrator.findings.events import parse
from orchestrator.findings.finding import Finding, Malformed, Severity, kept
from tests.unit.findings.a_world import ACCOUNT, BUCKET, HOME, HUB, a_finding, an_asff, an_event

WIDE = "\uff12" + "\uff10" * 10 + "\uff17"
"""Digits of another kind, which `isdigit` takes for digits."""
CUSTOM = {"detail-type": "Security Hub Findings - Custom Action"}


def only(event: object) -> Finding:
    (found,) = parse(event)
    assert isinstance(found, Finding), found
    return found


def refused(event: object) -> str:
    (found,) = parse(event)
    assert isinstance(found, Malformed), found
    return found.reason


OCSF: dict[str, Any] = {
    "class_uid": 2003,
    "metadata": {"product": {"uid": HUB, "name": "Security Hub"}},
    "finding_info": {
        "uid": "f-1",
        "title": "Closed buckets",
        "desc": "Open.",
        "created_time": 1763629200000,
        "modified_time": 1763888100000,
    },
    "cloud": {"account": {"uid": ACCOUNT}, "region": HOME},
    "compliance": {"control": "S3.8", "status_id": 3},
    "resources": [{"uid": BUCKET, "type": "AWS::S3::Bucket"}],
    "severity_id": 4,
    "status_id": 1,
}
GUARDDUTY: dict[str, Any] = {
    "arn": f"arn:aws:guardduty:{HOME}:{ACCOUNT}:detector/1/finding/2",
    "accountId": ACCOUNT,
    "region": HOME,
    "partition": "aws",
    "title": "Somebody scans",
    "description": "From outside.",
    "severity": 8,
    "createdAt": "2026-11-23T08:00:00Z",
    "updatedAt": "2026-11-23T08:30:00Z",
    "resource": {"resourceType": "Instance"},
}


def test_a_control_finding_says_whose_it_is_and_what_is_wrong() -> None:
    found = only(an_event(an_asff()))

    assert (found.account, found.region, found.control) == (ACCOUNT, HOME, "S3.8")
    assert (found.resource, found.severity) == (BUCKET, Severity.HIGH)
    assert found.updated == datetime(2026, 11, 23, 8, 55, tzinfo=UTC)
    assert (found.product, found.service, found.asked) == ("Security Hub", "s3", "")


def test_the_control_is_never_read_from_the_id_or_the_title() -> None:
    found = only(an_event(an_asff(Compliance={"Status": "FAILED"}, Title="S3.8 is bad")))

    assert found.control == ""


@pytest.mark.parametrize(
    "name",
    [
        "two  blanks",
        " at its ends ",
        "50\u00a0%",
        "a:b/c [prod], 'x' *?",
        "\u65e5\u672c",
        "\U0001f469\u200d\U0001f4bb",
    ],
)
def test_a_resource_may_have_any_name_that_aws_takes(name: str) -> None:
    """CloudWatch API Reference, PutMetricAlarm: all of UTF-8 but ASCII control characters."""
    alarm = f"arn:aws:cloudwatch:{HOME}:{ACCOUNT}:alarm:{name}"

    found = only(an_event(an_asff(Resources=[{"Type": "AwsCloudWatchAlarm", "Id": alarm}])))

    assert found.resource == alarm
    assert kept(json.loads(json.dumps(found.document()))) == found


def test_a_control_is_believed_from_security_hub_alone() -> None:
    own = f"arn:aws:securityhub:{HOME}:{ACCOUNT}:product/{ACCOUNT}/default"

    found = only(an_event(an_asff(ProductArn=own, ProductName="Mine")))

    assert (found.control, found.product) == ("", "Mine")


@pytest.mark.parametrize(
    ("product", "name"),
    [
        ("guardduty", "GuardDuty"),
        ("inspector", "Inspector"),
        ("macie", "Macie"),
        ("access-analyzer", "Access Analyzer"),
        ("health", "Health"),
    ],
)
def test_findings_of_other_services_have_no_control(product: str, name: str) -> None:
    arn = f"arn:aws:securityhub:{HOME}::product/aws/{product}"

    found = only(an_event(an_asff(ProductArn=arn, ProductName="x", Compliance={})))

    assert (found.control, found.product, found.service) == ("", name, name.lower())


def test_copies_and_updates_of_a_finding_have_one_key_whatever_the_case_of_the_control() -> None:
    other = an_asff(Id="another", Compliance={"Status": "FAILED", "SecurityControlId": "s3.8"})

    assert only(an_event(an_asff())).key == only(an_event(other)).key


def test_a_custom_action_brings_many_findings_and_says_that_a_person_asked() -> None:
    event = an_event(
        an_asff(), an_asff(), **{"detail-type": "Security Hub Findings - Custom Action"}
    )

    found = parse(event)

    assert [each.asked for each in found if isinstance(each, Finding)] == [event["id"]] * 2


def test_one_malformed_finding_does_not_spoil_the_others() -> None:
    found = parse(an_event(an_asff(), an_asff(AwsAccountId="12"), an_asff()))

    assert [type(each).__name__ for each in found] == ["Finding", "Malformed", "Finding"]
    assert found[1] == Malformed("finding 2: '12' is not an account id")


def test_a_finding_of_the_second_version_is_the_same_finding() -> None:
    event = an_event(OCSF, **{"detail-type": "Findings Imported V2"})

    found = only(event)

    assert found.key == only(an_event(an_asff())).key
    assert (found.compliance, found.workflow, found.severity) == ("FAILED", "NEW", Severity.HIGH)
    assert found.updated == datetime(2025, 11, 23, 8, 55, tzinfo=UTC)


def test_only_compliance_findings_of_the_second_version_have_a_control() -> None:
    other = {**OCSF, "class_uid": 2004}

    assert only(an_event(other, **{"detail-type": "Findings Imported V2"})).control == ""


def test_a_control_that_is_named_in_words_makes_a_finding_that_is_only_told() -> None:
    other = {**OCSF, "compliance": {"control": "Buckets are closed", "status_id": 3}}

    assert only(an_event(other, **{"detail-type": "Findings Imported V2"})).control == ""


def test_guarddutys_own_event_is_the_finding_that_security_hub_imports() -> None:
    event = {"detail-type": "GuardDuty Finding", "source": "aws.guardduty", "detail": GUARDDUTY}

    found = only(event)

    imported = an_asff(
        Id=GUARDDUTY["arn"],
        ProductArn=f"arn:aws:securityhub:{HOME}::product/aws/guardduty",
        Compliance={},
        Resources=[{"Type": "AwsAccount", "Id": f"AWS::::Account:{ACCOUNT}"}],
    )
    assert found.key == only(an_event(imported)).key
    assert found.severity is Severity.HIGH


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"AwsAccountId": 200000000007}, "'' is not an account id"),
        ({"AwsAccountId": WIDE}, f"'{WIDE}' is not an account id"),
        ({"Region": "mars-1"}, "'mars-1' is not a region"),
        ({"UpdatedAt": "yesterday"}, "'yesterday' is not a time"),
        ({"UpdatedAt": None}, "a time is missing"),
        ({"Resources": []}, "names no resource"),
        ({"Resources": [{"Id": BUCKET}] * 33}, "names 33 resources, more than 32"),
        ({"Resources": ["x"]}, "a resource is not an object"),
        ({"Resources": [{"Id": "a\u202eb"}]}, "'Id' holds characters that no id has"),
        ({"Resources": [{"Id": "a\x1b[2Jb"}]}, "'Id' holds characters that no id has"),
        ({"Resources": [{"Id": "  "}]}, "'Id' is not a text of 1 to 1024 characters"),
        ({"Resources": [{"Id": "x" * 1025}]}, "'Id' is not a text of 1 to 1024 characters"),
        ({"ProductArn": "arn:aws:s3:::x"}, "'arn:aws:s3:::x' is not the ARN of a product"),
        (
            {"Compliance": {"SecurityControlId": "S3.8; rm -rf"}},
            "'S3.8; rm -rf' is not the id of a control",
        ),
        (
            {"Resources": [{"Id": f"arn:aws:kms:{HOME}:111122223333:key/1"}]},
            f"the resource is in account 111122223333, the finding in {ACCOUNT}",
        ),
        (
            {"Resources": [{"Id": "AWS::::Account:111122223333"}]},
            f"the resource is in account 111122223333, the finding in {ACCOUNT}",
        ),
        (
            {"Resources": [{"Id": f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1"}]},
            f"the resource is in us-east-1, the finding in {HOME}",
        ),
    ],
)
def test_a_finding_that_cannot_be_acted_on_says_why(more: dict[str, Any], why: str) -> None:
    assert refused(an_event(an_asff(**more))) == why


@pytest.mark.parametrize(
    ("event", "why"),
    [
        (None, "the event is not an object"),
        ([], "the event is not an object"),
        ({}, "events of the kind '' are not known"),
        ({"detail-type": ["x"]}, "events of the kind '' are not known"),
        (an_event(an_asff(), source="mine"), "the event does not come from aws.securityhub"),
        (an_event(an_asff(), detail="x"), "detail is not an object"),
        (an_event(an_asff(), detail={"findings": {}}), "detail.findings is not a list"),
        (an_event(), "the event holds no findings"),
        (an_event(*[an_asff()] * 101), "101 findings in one event, more than 100"),
    ],
)
def test_an_event_that_is_none_of_ours_says_why(event: object, why: str) -> None:
    assert refused(event) == why


def test_texts_are_one_line_without_tricks_and_bounded() -> None:
    hostile = "a\r\n\x1b[31mred\u202e" + "x" * 400

    found = only(an_event(an_asff(Title=hostile)))

    assert found.title.startswith("a [31mred x")
    assert len(found.title) == 256
    assert found.title.isprintable()


def test_an_unknown_severity_is_the_worst() -> None:
    assert only(an_event(an_asff(Severity={"Label": "MILD"}))).severity is Severity.CRITICAL


def test_a_finding_can_be_kept_as_json() -> None:
    finding = a_finding()

    assert kept(json.loads(json.dumps(finding.document()))) == finding


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner),
    max_leaves=12,
)
KEYS = st.sampled_from(sorted(an_asff()))


@settings(max_examples=400, deadline=None)
@given(KEYS, JSON, st.sampled_from(["Security Hub Findings - Imported", "Findings Imported V2"]))
def test_nothing_in_a_finding_makes_the_parser_fail(key: str, value: Any, kind: str) -> None:
    base = an_asff() if "Imported V2" not in kind else dict(OCSF)

    found = parse(an_event({**base, key: value}, **{"detail-type": kind}))

    assert all(isinstance(each, Finding | Malformed) for each in found)


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_text_is_cleaned_as_any_other(text: str) -> None:
    looked_at = clean(f"{text} é", 400)

    assert looked_at.removesuffix("é").strip() == clean(text, 400)


@given(st.text())
def test_cleaning_leaves_what_is_printable_and_not_too_long(text: str) -> None:
    assert clean(text, 20).isprintable()
    assert len(clean(text, 20)) <= 20
