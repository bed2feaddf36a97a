"""The unified hub takes over findings, tells of them in OCSF, and lets customers change them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from orchestrator.findings.events import parse
from orchestrator.findings.finding import Category, Finding
from orchestrator.findings.messages.channels import SecurityHub
from tests.sandbox.services.conftest import HOME, MEMBER, OUTSIDER, SECURITY, Cloud, error_of
from tests.sandbox.services.securityhub.asff import a_finding
from tests.sandbox.services.test_events import letting_in

HUB = f"arn:aws:securityhub:{HOME}::product/aws/securityhub"
QUEUE = f"arn:aws:sqs:{HOME}:{MEMBER}:orders"


def failing(control: str, kind: str, resource: str, **more: Any) -> dict[str, Any]:
    """As Security Hub CSPM makes it."""
    id_ = f"arn:aws:securityhub:{HOME}:{MEMBER}:security-control/{control}/finding/1"
    return a_finding(
        id_,
        ProductArn=HUB,
        Compliance={"Status": "FAILED", "SecurityControlId": control},
        Resources=[{"Type": kind, "Id": resource}],
        **more,
    )


SQS_1 = failing("SQS.1", "AwsSqsQueue", QUEUE)


@pytest.fixture
def both(administered: Cloud) -> Cloud:
    """Both hubs are on, with the administrator and a member."""
    administered.hub().create_members(AccountDetails=[{"AccountId": MEMBER, "Email": "a@b.c"}])
    for account in (MEMBER, SECURITY):
        administered.hub(account).enable_security_hub_v2()
    return administered


def of_controls(hub: Any) -> list[dict[str, Any]]:
    """Without those about coverage, which every hub that is on has."""
    found = hub.get_findings_v2()["Findings"]
    return [each for each in found if "control" in each["compliance"]]


def listening(cloud: Cloud, account: str) -> Any:
    """Everything that Security Hub tells the account; answers how to read it."""
    sqs, events = (cloud.client(name, account) for name in ("sqs", "events"))
    arn = f"arn:aws:sqs:{HOME}:{account}:heard"
    policy = letting_in("events.amazonaws.com", arn, "sqs:SendMessage")
    url = sqs.create_queue(QueueName="heard", Attributes={"Policy": policy})["QueueUrl"]
    events.put_rule(Name="heard", EventPattern=json.dumps({"source": ["aws.securityhub"]}))
    events.put_targets(Rule="heard", Targets=[{"Id": "queue", "Arn": arn}])

    def read() -> list[dict[str, Any]]:
        got = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"]) for message in got]

    return read


def test_both_hubs_tell_of_one_failure_and_the_function_takes_them_for_one(both: Cloud) -> None:
    heard = listening(both, SECURITY)

    both.hub(MEMBER).batch_import_findings(Findings=[SQS_1])

    events = heard()
    found = [each for event in events for each in parse(event)]
    assert sorted(event["detail-type"] for event in events) == [
        "Findings Imported V2",
        "Security Hub Findings - Imported",
    ]
    assert all(isinstance(each, Finding) for each in found)
    assert len({each.key for each in found if isinstance(each, Finding)}) == 1
    assert sorted(each.v2 for each in found) == [False, True]


@pytest.mark.parametrize(
    ("kind", "arn", "shape"),
    [
        (
            "AwsSqsQueue",
            QUEUE,
            ("AWS::SQS::Queue", HOME, f"https://sqs.{HOME}.amazonaws.com/{MEMBER}/orders", QUEUE),
        ),
        ("AwsAccount", f"AWS::::Account:{MEMBER}", ("AWS::::Account", HOME, MEMBER, None)),
        ("AwsS3Bucket", "arn:aws:s3:::a", ("AWS::S3::Bucket", HOME, "a", "arn:aws:s3:::a")),
    ],
)
def test_a_resource_has_the_names_it_has_in_recorded_findings(
    both: Cloud, kind: str, arn: str, shape: tuple[Any, ...]
) -> None:
    both.hub(MEMBER).batch_import_findings(Findings=[failing("S3.1", kind, arn)])

    (found,) = of_controls(both.hub())
    (resource,) = found["resources"]
    names = ("type", "region", "uid", "uid_alt")
    assert tuple(resource.get(name) for name in names) == shape


def test_what_is_of_iam_is_in_the_region_global(both: Cloud) -> None:
    arn = f"arn:aws:iam::{MEMBER}:user/ada"
    both.hub(MEMBER).batch_import_findings(Findings=[failing("IAM.8", "AwsIamUser", arn)])

    (found,) = of_controls(both.hub())
    (resource,) = found["resources"]
    assert (resource["region"], found["cloud"]["region"]) == ("global", HOME)
    assert resource["uid"].isalnum()


def test_our_note_is_written_to_the_finding_in_ocsf_and_known_when_it_is_told(both: Cloud) -> None:
    both.hub(MEMBER).batch_import_findings(Findings=[SQS_1])
    heard = listening(both, SECURITY)
    (raw,) = of_controls(both.hub())
    event = {"detail-type": "Findings Imported V2", "source": "aws.securityhub"}
    (finding,) = parse({**event, "detail": {"findings": [raw]}})
    assert isinstance(finding, Finding)

    assert SecurityHub(both.hub()).note(finding, "RESOLVED", "fixed") == ""

    (told,) = [each for event in heard() for each in parse(event)]
    assert isinstance(told, Finding)
    assert (told.workflow, told.ours, told.updated) == ("RESOLVED", True, finding.updated)
    assert told.key == finding.key


def test_a_member_changes_its_own_and_an_outsider_nobodys(both: Cloud) -> None:
    both.hub(MEMBER).batch_import_findings(Findings=[SQS_1])
    (found,) = of_controls(both.hub(MEMBER))
    uid = found["metadata"]["uid"]

    done = both.hub(MEMBER).batch_update_findings_v2(MetadataUids=[uid, "x"], StatusId=3)

    assert [each["MetadataUid"] for each in done["ProcessedFindings"]] == [uid]
    (left,) = done["UnprocessedFindings"]
    assert (left["MetadataUid"], left["ErrorCode"]) == ("x", "ResourceNotFoundException")
    (changed,) = of_controls(both.hub())
    assert (changed["status"], changed["status_id"]) == ("Suppressed", 3)
    other = both.hub(OUTSIDER)
    other.enable_security_hub_v2()
    assert other.batch_update_findings_v2(MetadataUids=[uid], StatusId=1)["UnprocessedFindings"]


IDENTIFIER = {"CloudAccountUid": MEMBER, "FindingInfoUid": "f", "MetadataProductUid": "p"}


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"MetadataUids": ["a"], "FindingIdentifiers": [IDENTIFIER]},
        {"MetadataUids": ["a"] * 101},
        {"MetadataUids": ["a"], "Comment": "x" * 513},
        {"MetadataUids": ["a"], "StatusId": 6},
        {"MetadataUids": ["a"], "SeverityId": 7},
    ],
)
def test_a_change_that_aws_refuses_is_refused(both: Cloud, change: dict[str, Any]) -> None:
    assert error_of(both.hub().batch_update_findings_v2, **change) == "ValidationException"


def test_a_hub_that_is_off_tells_nothing_and_answers_nobody(administered: Cloud) -> None:
    hub = administered.hub(MEMBER)
    hub.enable_security_hub()
    heard = listening(administered, MEMBER)

    hub.batch_import_findings(Findings=[SQS_1])

    assert [event["detail-type"] for event in heard()] == ["Security Hub Findings - Imported"]
    assert error_of(hub.get_findings_v2) == "AccessDeniedException"


def test_what_was_found_before_is_there_when_the_hub_is_switched_on(both: Cloud) -> None:
    both.hub(MEMBER).disable_security_hub_v2()
    both.hub(MEMBER).batch_import_findings(Findings=[SQS_1])
    assert of_controls(both.hub()) == []

    both.hub(MEMBER).enable_security_hub_v2()

    assert len(of_controls(both.hub())) == 1


@pytest.mark.parametrize(
    ("composite", "found"),
    [
        ({"StringFilters": [("compliance.control", "SQS.1", "EQUALS")]}, 1),
        ({"StringFilters": [("compliance.control", "S3", "PREFIX")]}, 1),
        ({"StringFilters": [("cloud.account.uid", MEMBER, "NOT_EQUALS")]}, 1),
        ({"NumberFilters": [("severity_id", {"Gte": 4.0})]}, 4),
        ({"StringFilters": [("metadata.product.name", "Security Hub Coverage", "EQUALS")]}, 2),
        ({"NumberFilters": [("status_id", {"Eq": 4.0})]}, 0),
    ],
)
def test_findings_are_chosen_by_their_fields(
    both: Cloud, composite: dict[str, Any], found: int
) -> None:
    closed = failing("S3.8", "AwsS3Bucket", "arn:aws:s3:::a")
    both.hub(MEMBER).batch_import_findings(Findings=[SQS_1, closed])
    filters = {
        name: [
            {"FieldName": each[0], "Filter": each[1]}
            if isinstance(each[1], dict)
            else {"FieldName": each[0], "Filter": {"Value": each[1], "Comparison": each[2]}}
            for each in several
        ]
        for name, several in composite.items()
    }

    answer = both.hub().get_findings_v2(Filters={"CompositeFilters": [filters]})

    assert len(answer["Findings"]) == found


def test_a_hub_says_whether_guardduty_watches_each_account(both: Cloud) -> None:
    both.client("guardduty", MEMBER).create_detector(Enable=True)

    findings = both.hub().get_findings_v2()["Findings"]
    event = {"detail-type": "Findings Imported V2", "source": "aws.securityhub"}
    read = [each for f in findings for each in parse({**event, "detail": {"findings": [f]}})]

    assert {(f.account, f.category, f.compliance) for f in read if isinstance(f, Finding)} == {
        (MEMBER, Category.COVERAGE, "PASSED"),
        (SECURITY, Category.COVERAGE, "FAILED"),
    }
