"""Findings are imported, filtered, sorted, updated, aggregated and announced."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.services.conftest import HOME, MEMBER, OTHER, OUTSIDER, SECURITY, Cloud, error_of
from tests.sandbox.services.securityhub.asff import a_finding
from tests.sandbox.services.test_events import letting_in


@pytest.fixture
def hub(cloud: Cloud) -> Any:
    client = cloud.hub(MEMBER)
    client.enable_security_hub()
    return client


@pytest.fixture
def several(hub: Any) -> Any:
    hub.batch_import_findings(
        Findings=[
            a_finding("a", label="LOW", Compliance={"Status": "PASSED"}, Confidence=10),
            a_finding("b", label="HIGH", Compliance={"Status": "FAILED"}, Confidence=50),
            a_finding(
                "c",
                label="CRITICAL",
                CreatedAt="2026-03-01T00:00:00.000Z",
                Compliance={"Status": "FAILED", "SecurityControlId": "S3.8"},
                Resources=[
                    {"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::logs", "Tags": {"team": "web"}},
                    {"Type": "AwsEc2Instance", "Id": "arn:aws:ec2:::instance/i-2"},
                ],
            ),
        ]
    )
    return hub


def equals(value: str) -> dict[str, str]:
    return {"Value": value, "Comparison": "EQUALS"}


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({}, "abc"),
        ({"SeverityLabel": [equals("HIGH"), equals("CRITICAL")]}, "bc"),
        ({"SeverityLabel": [{"Value": "LOW", "Comparison": "NOT_EQUALS"}]}, "bc"),
        ({"ComplianceStatus": [equals("FAILED")], "SeverityLabel": [equals("HIGH")]}, "b"),
        ({"ComplianceSecurityControlId": [equals("S3.8")]}, "c"),
        ({"ResourceId": [{"Value": "arn:aws:s3", "Comparison": "PREFIX"}]}, "c"),
        ({"ResourceId": [{"Value": "arn:aws:s3", "Comparison": "PREFIX_NOT_EQUALS"}]}, "ab"),
        ({"ResourceType": [{"Value": "Bucket", "Comparison": "CONTAINS"}]}, "c"),
        ({"ResourceType": [{"Value": "Bucket", "Comparison": "NOT_CONTAINS"}]}, "ab"),
        ({"ResourceTags": [{"Key": "team", "Value": "web", "Comparison": "EQUALS"}]}, "c"),
        ({"ResourceTags": [{"Key": "team", "Value": "payments", "Comparison": "EQUALS"}]}, "ab"),
        ({"Confidence": [{"Gte": 20.0, "Lte": 60.0}]}, "b"),
        ({"CreatedAt": [{"Start": "2026-02-01T00:00:00Z", "End": "2026-04-01T00:00:00Z"}]}, "c"),
        ({"CreatedAt": [{"DateRange": {"Value": 36500, "Unit": "DAYS"}}]}, "abc"),
        ({"CreatedAt": [{"End": "2026-02-01T00:00:00Z"}]}, "ab"),
        ({"WorkflowStatus": [equals("NEW")], "RecordState": [equals("ACTIVE")]}, "abc"),
        ({"AwsAccountId": [equals(OUTSIDER)]}, ""),
        ({"Type": [{"Value": "Software", "Comparison": "PREFIX"}]}, "abc"),
        ({"ProductName": [equals("Default")]}, "abc"),
        ({"Keyword": [{"Value": "s3:::logs"}]}, "c"),
    ],
)
def test_filters_choose_findings(several: Any, filters: dict[str, Any], found: str) -> None:
    answer = several.get_findings(Filters=filters)["Findings"]
    assert sorted(finding["Id"] for finding in answer) == sorted(found)


def test_findings_are_sorted_and_paged(several: Any) -> None:
    pages = several.get_paginator("get_findings").paginate(
        SortCriteria=[
            {"Field": "ComplianceStatus", "SortOrder": "asc"},
            {"Field": "SeverityNormalized", "SortOrder": "desc"},
        ],
        PaginationConfig={"PageSize": 2},
    )
    assert [[f["Id"] for f in page["Findings"]] for page in pages] == [["c", "b"], ["a"]]


def test_more_than_a_hundred_findings_are_refused(hub: Any) -> None:
    many = [a_finding(f"finding/{number}") for number in range(101)]
    assert error_of(hub.batch_import_findings, Findings=many) == "InvalidInputException"


@pytest.mark.parametrize(
    "change",
    [
        {"Title": ""},
        {"CreatedAt": "yesterday"},
        {"AwsAccountId": OUTSIDER, "ProductArn": "arn:aws:securityhub:::product/x/y"},
        {"ProductArn": "arn:aws:guardduty"},
        {"Severity": {"Label": "TERRIBLE"}},
        {"Resources": [{"Type": "Other", "Id": str(n)} for n in range(33)]},
    ],
)
def test_a_finding_that_is_not_in_the_format_fails_alone(hub: Any, change: dict[str, Any]) -> None:
    answer = hub.batch_import_findings(Findings=[a_finding("bad", **change), a_finding("good")])

    assert (answer["FailedCount"], answer["SuccessCount"]) == (1, 1)
    assert [failed["Id"] for failed in answer["FailedFindings"]] == ["bad"]


def test_what_a_customer_set_survives_the_next_import(hub: Any) -> None:
    hub.batch_import_findings(Findings=[a_finding()])
    identifier = {key: a_finding()[key] for key in ("Id", "ProductArn")}
    answer = hub.batch_update_findings(
        FindingIdentifiers=[identifier, {**identifier, "Id": "unknown"}],
        Workflow={"Status": "NOTIFIED"},
        Note={"Text": "Ticket 7", "UpdatedBy": "orchestrator"},
        Severity={"Label": "LOW"},
    )
    assert answer["ProcessedFindings"] == [identifier]
    assert answer["UnprocessedFindings"][0]["ErrorCode"] == "FindingNotFound"

    hub.batch_import_findings(Findings=[a_finding(UpdatedAt="2026-02-02T00:00:00.000Z")])

    [finding] = hub.get_findings()["Findings"]
    assert finding["Workflow"] == {"Status": "NOTIFIED"}
    assert finding["Note"]["Text"] == "Ticket 7"
    assert finding["UpdatedAt"] == "2026-02-02T00:00:00.000Z"
    history = hub.get_finding_history(FindingIdentifier=identifier)["Records"]
    assert {update["UpdatedField"] for update in history[0]["Updates"]} == {
        "Workflow",
        "Note",
        "Severity",
    }


def test_the_administrator_sees_members_findings_and_the_home_region_those_of_linked_ones(
    administered: Cloud,
) -> None:
    for region in (HOME, OTHER):
        members = [{"AccountId": MEMBER, "Email": "aws+payments-prod@example.com"}]
        administered.hub(region=region).create_members(AccountDetails=members)
    administered.hub().create_finding_aggregator(
        RegionLinkingMode="SPECIFIED_REGIONS", Regions=[OTHER]
    )
    abroad = administered.hub(MEMBER, OTHER)
    abroad.batch_import_findings(Findings=[a_finding("abroad", region=OTHER)])
    administered.hub(MEMBER).batch_import_findings(Findings=[a_finding("at home")])

    def seen(account: str, region: str) -> list[str]:
        found = administered.hub(account, region).get_findings()["Findings"]
        return sorted(finding["Id"] for finding in found)

    assert seen(SECURITY, HOME) == ["abroad", "at home"]
    assert seen(SECURITY, OTHER) == ["abroad"]
    assert seen(MEMBER, HOME) == ["abroad", "at home"]
    assert seen(MEMBER, OTHER) == ["abroad"]

    identifiers = [{key: a_finding("abroad", region=OTHER)[key] for key in ("Id", "ProductArn")}]
    administered.hub().batch_update_findings(
        FindingIdentifiers=identifiers, Workflow={"Status": "SUPPRESSED"}
    )
    [finding] = abroad.get_findings()["Findings"]
    assert finding["Workflow"] == {"Status": "SUPPRESSED"}


def test_an_insight_counts_findings_by_an_attribute(several: Any) -> None:
    arn = several.create_insight(
        Name="failed",
        Filters={"ComplianceStatus": [equals("FAILED")]},
        GroupByAttribute="ResourceType",
    )["InsightArn"]

    results = several.get_insight_results(InsightArn=arn)["InsightResults"]["ResultValues"]
    assert {row["GroupByAttributeValue"]: row["Count"] for row in results} == {
        "AwsEc2Instance": 2,
        "AwsS3Bucket": 1,
    }


@pytest.fixture
def listen(cloud: Cloud) -> Callable[[str, str], Callable[[], list[dict[str, Any]]]]:
    """Forward severe findings of an account to a queue; answers how to read it."""

    def to_queue(account: str, region: str = HOME) -> Callable[[], list[dict[str, Any]]]:
        sqs, events = (cloud.client(name, account, region) for name in ("sqs", "events"))
        arn = f"arn:aws:sqs:{region}:{account}:findings"
        policy = letting_in("events.amazonaws.com", arn, "sqs:SendMessage")
        made = sqs.create_queue(QueueName="findings", Attributes={"Policy": policy})
        url = made["QueueUrl"]
        pattern = {
            "source": ["aws.securityhub"],
            "detail": {"findings": {"Severity": {"Label": ["HIGH", "CRITICAL"]}}},
        }
        events.put_rule(Name="findings", EventPattern=json.dumps(pattern))
        events.put_targets(Rule="findings", Targets=[{"Id": "queue", "Arn": arn}])

        def read() -> list[dict[str, Any]]:
            got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
            return [json.loads(message["Body"]) for message in got]

        return read

    return to_queue


def test_imports_and_updates_are_announced_to_the_account_and_its_administrator(
    administered: Cloud, listen: Callable[..., Callable[[], list[dict[str, Any]]]]
) -> None:
    administered.hub().create_members(AccountDetails=[{"AccountId": MEMBER, "Email": "a@b.c"}])
    queues = [listen(MEMBER), listen(SECURITY)]
    hub = administered.hub(MEMBER)

    hub.batch_import_findings(Findings=[a_finding("low", label="LOW"), a_finding("high")])
    identifier = {key: a_finding("high")[key] for key in ("Id", "ProductArn")}
    hub.batch_update_findings(FindingIdentifiers=[identifier], Workflow={"Status": "RESOLVED"})

    for account, read in zip((MEMBER, SECURITY), queues, strict=True):
        first, second = read()
        assert first["detail-type"] == "Security Hub Findings - Imported"
        assert (first["account"], first["region"]) == (account, HOME)
        findings = [event["detail"]["findings"] for event in (first, second)]
        assert [[finding["Id"] for finding in found] for found in findings] == [["high"], ["high"]]
        assert findings[1][0]["Workflow"] == {"Status": "RESOLVED"}
