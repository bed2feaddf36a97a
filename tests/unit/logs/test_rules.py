"""Rules in Sigma: what they match, what is refused, and the findings that become of it."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from botocore.session import get_session
from botocore.validate import validate_parameters

from orchestrator.findings.events import read as read_findings
from orchestrator.findings.finding import Category, Finding
from orchestrator.logs.event import event
from orchestrator.logs.lake.question import Answer, Question, Window
from orchestrator.logs.ocsf.cloudtrail import to_ocsf
from orchestrator.logs.rules import asff
from orchestrator.logs.rules.detect import Detected, detect
from orchestrator.logs.rules.record import record as as_record
from orchestrator.logs.rules.sigma import Read, read
from orchestrator.sandbox.services.securityhub.asff import problem
from tests.cloudtrail import ACCOUNT, REGION, START, Record, iam_user, record, shapes, sso
from tests.memory_lake import MemoryLake

FILE = Path("rules/own.yml")
NOW = START + timedelta(days=2)
WINDOW = Window(START, NOW)


def a_rule(detection: str, **head: str) -> str:
    given = {
        "title": "T",
        "id": "0b1c2d3e-4f50-4617-8293-a4b5c6d7e8f9",
        "status": "test",
        "logsource": "{product: aws, service: cloudtrail}",
        "level": "high",
        **head,
    }
    lines = "".join(f"{key}: {value}\n" for key, value in given.items() if value)
    return f"{lines}detection:\n{detection}"


def of(text: str) -> Read:
    return read({FILE: text})


def matches(detection: str, *records: Record) -> list[bool]:
    found = of(a_rule(detection))
    assert found.problems == ()
    (rule,) = found.rules
    return [rule.test(as_record(event(to_ocsf(each)))) for each in records]


OPENED = record(
    "AuthorizeSecurityGroupIngress",
    requestParameters={
        "groupId": "sg-1",
        "ipPermissions": {
            "items": [
                {
                    "fromPort": 22,
                    "ipRanges": {"items": [{"cidrIp": "10.0.0.0/8"}, {"cidrIp": "0.0.0.0/0"}]},
                }
            ]
        },
    },
)


@pytest.mark.parametrize(
    ("item", "matched"),
    [
        ("eventName: authorizesecuritygroupingress", True),
        ("eventName|cased: authorizesecuritygroupingress", False),
        ("eventName|startswith: Authorize", True),
        ("eventName|endswith: Egress", False),
        ("eventName: Auth*Ingress", True),
        ("eventName: [RunInstances, AuthorizeSecurityGroupIngress]", True),
        ("userAgent|contains|all: [aws-cli, linux]", True),
        ("userAgent|re: aws-cli/2\\.\\d+", True),
        ("sourceIPAddress|cidr: 198.51.100.0/24", True),
        ("sourceIPAddress|cidr: 10.0.0.0/8", False),
        ("readOnly: false", True),
        ("errorCode: null", True),
        ("errorCode|exists: true", False),
        ("requestParameters.ipPermissions.items.ipRanges.items.cidrIp: 0.0.0.0/0", True),
        ("requestParameters.ipPermissions.ipRanges.cidrIp: 0.0.0.0/0", True),
        ("requestParameters.ipPermissions.fromPort|lt: 23", True),
        ("requestParameters.ipPermissions.fromPort: 23", False),
        ("requestParameters|contains: '0.0.0.0/0'", True),
        ("userIdentity.sessionContext.sessionIssuer.userName|startswith: AWSReservedSSO", True),
        ("userIdentity.type: AssumedRole", True),
        ("recipientAccountId|fieldref: userIdentity.accountId", True),
    ],
)
def test_a_field_is_compared_as_sigma_says(item: str, matched: bool) -> None:
    assert matches(f"  s:\n    {item}\n  condition: s", OPENED) == [matched]


def test_conditions_and_keywords_are_understood() -> None:
    detection = """\
  by_name:
    eventName|contains: SecurityGroup
  by_word:
    - 'sg-1'
  not_this:
    awsRegion: us-east-1
  condition: 1 of by_* and not not_this"""

    other = {**OPENED, "awsRegion": "us-east-1"}
    assert matches(detection, OPENED, other, record("RunInstances")) == [True, False, False]


@pytest.mark.parametrize("name", sorted(n for n, r in shapes().items() if "eventName" in r))
def test_a_record_keeps_its_own_names_through_the_lake(name: str) -> None:
    given = shapes()[name]

    back = as_record(event(to_ocsf(given)))

    for field in ("eventName", "eventSource", "awsRegion", "recipientAccountId", "eventID"):
        assert back[field] == given[field]
    if given.get("requestParameters"):
        assert back["requestParameters"] == given["requestParameters"]


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        (a_rule("  s:\n    nosuchfield: x\n  condition: s"), 8, "a field 'nosuchfield'"),
        (a_rule("  s:\n    eventName: x\n  condition: t"), 9, "is no rule of Sigma"),
        (
            a_rule("  s:\n    a: b\n  condition: s", logsource="{product: windows}"),
            4,
            "not about CloudTrail",
        ),
        (a_rule("  s:\n    eventName: x\n  condition: s", id=""), 1, "has no id"),
        ("title: [", 1, "is not YAML"),
    ],
)
def test_a_rule_that_cannot_be_used_is_told_with_its_line_and_stops_no_other(
    text: str, line: int, said: str
) -> None:
    good = a_rule("  s:\n    eventName: x\n  condition: s")

    found = read({FILE: text, Path("rules/good.yml"): good})

    (one,) = found.problems
    assert (one.file, one.line) == (FILE, line)
    assert said in str(one)
    assert "fix:" in str(one)
    assert [rule.file for rule in found.rules] == ["good.yml"]


def test_only_the_calls_that_a_rule_can_match_are_asked_for() -> None:
    named = "  s:\n    eventName: [RunInstances, StopLogging]\n  t:\n    awsRegion: x\n"

    def calls(condition: str) -> tuple[str, ...]:
        (rule,) = of(a_rule(f"{named}  condition: {condition}")).rules
        return rule.calls

    assert calls("s and t") == ("RunInstances", "StopLogging")
    assert calls("s and not t") == ("RunInstances", "StopLogging")
    assert calls("s or t") == calls("not s") == ()


STOPPED = a_rule(
    "  s:\n    eventName: StopLogging\n  condition: s", tags="[attack.defense-evasion]"
)


def stop(person: str, day: int, number: int, account: str = ACCOUNT) -> Record:
    return record(
        "StopLogging",
        "cloudtrail.amazonaws.com",
        eventID=f"{person}{day}{number}{account}",
        eventTime=f"2026-03-0{day}T10:0{number}:00Z",
        userIdentity=sso(person, account),
        recipientAccountId=account,
    )


def detected(*records: Record) -> Detected:
    lake = MemoryLake(event(to_ocsf(each)) for each in records)
    return detect(lake, of(STOPPED).rules, WINDOW)


def test_the_same_rule_actor_account_and_day_is_one_detection() -> None:
    found = detected(
        *(stop("alice", 1, n) for n in range(3)),
        stop("bob", 1, 4),
        stop("alice", 2, 1),
        stop("alice", 1, 5, "444455556666"),
    )

    told = [(d.who.name, d.account, d.day.day, len(d.events)) for d in found.detections]
    assert sorted(told) == [
        ("alice", ACCOUNT, 1, 3),
        ("alice", ACCOUNT, 2, 1),
        ("alice", "444455556666", 1, 1),
        ("bob", ACCOUNT, 1, 1),
    ]


class Paged(MemoryLake):
    """A lake that never gives more than asked for, and counts how often it was asked."""

    asked = 0

    def ask(self, question: Question) -> Answer:
        self.asked += 1
        return super().ask(question)


def test_what_is_beyond_a_page_is_asked_for_next() -> None:
    same_moment = [{**stop("alice", 1, 1), "eventID": f"same{n}"} for n in range(5)]
    lake = Paged(event(to_ocsf(e)) for e in (*same_moment, *(stop("bob", 1, n) for n in range(5))))

    found = detect(lake, of(STOPPED).rules, WINDOW, page=2)

    assert found.looked_at == 10
    assert sum(len(each.events) for each in found.detections) == 10
    assert lake.asked > 3


def imported(*records: Record) -> list[dict[str, object]]:
    return [asff.finding(each, REGION, NOW) for each in detected(*records).detections]


def test_a_finding_is_valid_by_awss_model_and_limits_and_keeps_its_id() -> None:
    findings = imported(stop("alice", 1, 1), stop("alice", 1, 2))
    again = imported(stop("alice", 1, 1), stop("alice", 1, 2), stop("alice", 1, 3))

    model = get_session().get_service_model("securityhub").operation_model("BatchImportFindings")
    assert model.input_shape is not None
    validate_parameters({"Findings": findings}, model.input_shape)
    (one,), (other,) = findings, again
    assert problem(one, ACCOUNT) == ""
    assert one["ProductArn"] == f"arn:aws:securityhub:{REGION}:{ACCOUNT}:product/{ACCOUNT}/default"
    assert one["Types"] == ["TTPs/Defense Evasion"]
    assert one["Id"] == other["Id"]


def test_a_name_of_any_length_or_kind_breaks_no_limit() -> None:
    (one,) = imported(
        record(
            "StopLogging",
            userIdentity=iam_user("x" * 400 + "\x1b[31m"),
            resources=[
                {"ARN": f"arn:aws:s3:::{n:04d}", "accountId": ACCOUNT, "type": "t"}
                for n in range(50)
            ],
        )
    )

    assert len(str(one["Title"])) == 256
    assert len(str(one["Id"])) <= 512
    assert "\x1b" not in str(one)
    resources = one["Resources"]
    assert isinstance(resources, list)
    assert len(resources) == 32
    assert problem(one, ACCOUNT) == ""


def test_the_findings_function_tells_the_account_of_it_as_of_any_detection() -> None:
    (one,) = imported(stop("alice", 1, 1))

    (told,) = read_findings([{**one, "Region": REGION, "Workflow": {"Status": "NEW"}}])

    assert isinstance(told, Finding)
    assert (told.category, told.account) == (Category.DETECTION, ACCOUNT)


def test_a_hundred_findings_go_into_one_request() -> None:
    assert [len(each) for each in asff.batches([{}] * 250)] == [100, 100, 50]
