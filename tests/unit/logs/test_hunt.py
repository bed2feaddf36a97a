"""Questions of a responder, on an incident: keys used from elsewhere, roles over three accounts."""

from __future__ import annotations

import csv
import json
import shlex
from datetime import UTC, datetime
from io import StringIO

import pytest
from click.testing import CliRunner

from orchestrator.app.hunt import window
from orchestrator.cli.hunt import hunt as command
from orchestrator.errors import UsageError
from orchestrator.logs.event import Event, event
from orchestrator.logs.hunt.answer import Hunted, hunt, network
from orchestrator.logs.hunt.questions import HUNTS
from orchestrator.logs.lake.question import Scope, Window
from orchestrator.logs.ocsf.cloudtrail import to_ocsf
from orchestrator.views.hunt import as_csv, as_html, as_json, as_text
from tests.cloudtrail import Record, assumed, iam_user, record
from tests.memory_lake import MemoryLake
from tests.pages import on_its_own

ONE, TWO, THREE = "111122223333", "444455556666", "777788889999"
OFFICE, ELSEWHERE = "198.51.100.7", "203.0.113.66"
KEY = "AKIAIOSFODNN7EXAMPLE"
DAY = Window(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC))
NUMBER = iter(range(1, 10_000))


def at(minute: int, name: str, service: str = "iam", **changed: object) -> Event:
    """A call at 10:00 and some minutes."""
    given = {
        "eventID": f"event-{next(NUMBER):05d}",
        "eventTime": f"2026-03-01T{10 + minute // 60:02d}:{minute % 60:02d}:00Z",
        "sourceIPAddress": ELSEWHERE,
        "userAgent": "aws-cli/2.17 kali",
        **changed,
    }
    return event(to_ocsf(record(name, f"{service}.amazonaws.com", **given)))


def session(role: str, name: str, account: str) -> Record:
    return {**assumed(role, name, account), "accessKeyId": f"ASIA{role.upper()}{account[:4]}"}


def given(role: str, name: str, account: str) -> dict[str, object]:
    who = session(role, name, account)
    return {
        "credentials": {"accessKeyId": who["accessKeyId"], "expiration": "later"},
        "assumedRoleUser": {"arn": who["arn"], "assumedRoleId": who["principalId"]},
    }


def incident() -> list[Event]:
    """With bob's key: role after role, secrets read, a trail nearly stopped, a bucket opened."""
    bob = iam_user("bob", ONE)
    first, second = session("deploy", "x1", TWO), session("admin", "x2", THREE)
    return [
        at(-60, "ListBuckets", "s3", userIdentity=bob, sourceIPAddress=OFFICE, readOnly=True),
        at(0, "GetCallerIdentity", "sts", userIdentity=bob, readOnly=True),
        at(
            *(2, "AssumeRole", "sts"),
            userIdentity=bob,
            requestParameters={"roleArn": f"arn:aws:iam::{TWO}:role/deploy"},
            responseElements=given("deploy", "x1", TWO),
        ),
        at(
            *(4, "AssumeRole", "sts"),
            userIdentity=first,
            recipientAccountId=TWO,
            requestParameters={"roleArn": f"arn:aws:iam::{THREE}:role/admin"},
            responseElements=given("admin", "x2", THREE),
        ),
        *(
            at(
                *(6 + n, "GetSecretValue", "secretsmanager"),
                userIdentity=second,
                recipientAccountId=THREE,
                readOnly=True,
                requestParameters={"secretId": f"payments-{n}"},
            )
            for n in range(3)
        ),
        at(
            *(10, "StopLogging", "cloudtrail"),
            userIdentity=second,
            recipientAccountId=THREE,
            errorCode="AccessDenied",
            errorMessage="no",
        ),
        at(
            *(12, "CreateAccessKey"),
            userIdentity=second,
            recipientAccountId=THREE,
            responseElements={"accessKey": {"accessKeyId": "AKIANEWNEWNEWNEWNEW1"}},
        ),
        at(
            *(14, "PutBucketPolicy", "s3"),
            userIdentity=second,
            recipientAccountId=THREE,
            requestParameters={"bucketName": "payments-data"},
            resources=[{"ARN": "arn:aws:s3:::payments-data", "type": "AWS::S3::Bucket"}],
        ),
        at(20, "DescribeInstances", "ec2", sourceIPAddress=OFFICE, readOnly=True),
    ]


LAKE = MemoryLake(incident())


def asked(name: str, value: str = "", scope: Scope | None = None) -> Hunted:
    return hunt(LAKE, HUNTS[name], value, DAY, scope or Scope())


def calls(found: Hunted) -> list[str]:
    return [line.event.name for line in found.lines]


CHAIN = [
    *("ListBuckets", "GetCallerIdentity", "AssumeRole", "AssumeRole"),
    *("GetSecretValue", "GetSecretValue", "GetSecretValue"),
    *("StopLogging", "CreateAccessKey", "PutBucketPolicy"),
]


def test_a_persons_acts_are_found_at_every_role_of_the_chain() -> None:
    found = asked("principal", "bob")

    assert calls(found) == CHAIN
    assert [line.hop for line in found.lines] == [0, 0, 0, 1, 2, 2, 2, 2, 2, 2]
    assert {line.event.account for line in found.lines if line.hop == 2} == {THREE}


def test_what_came_from_an_address_and_from_its_network_is_the_same() -> None:
    by_address, by_network = asked("ip", ELSEWHERE), asked("ip", "203.0.113.0/24")

    assert calls(by_address) == calls(by_network) == CHAIN[1:]
    assert [each.value for each in by_address.summaries["account"]] == [THREE, ONE, TWO]


def test_a_key_is_found_where_it_was_used_and_where_it_was_made() -> None:
    assert calls(asked("access-key", KEY)) == ["ListBuckets", "GetCallerIdentity", "AssumeRole"]
    assert calls(asked("access-key", "AKIANEWNEWNEWNEWNEW1")) == ["CreateAccessKey"]


def test_reads_are_counted_by_whom_and_of_what() -> None:
    found = asked("reads")

    (who,) = found.summaries["who"]
    assert (who.value, who.count) == ("x2 as admin", 3)
    assert calls(asked("reads", "payments-1")) == ["GetSecretValue"]


def test_outcome_and_error_are_in_every_line() -> None:
    found = asked("evasion")

    assert [(line.event.name, line.outcome) for line in found.lines] == [("StopLogging", "denied")]
    assert "StopLogging: denied" in as_text(found)
    assert calls(asked("failures")) == ["StopLogging"]


QUESTIONS = {
    "persistence": ["CreateAccessKey"],
    "exposure": ["PutBucketPolicy"],
    "changes": ["AssumeRole", "AssumeRole", "StopLogging", "CreateAccessKey", "PutBucketPolicy"],
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_without_a_value_finds_its_calls(name: str) -> None:
    assert calls(asked(name)) == QUESTIONS[name]


def test_a_role_an_agent_and_a_resource_are_found() -> None:
    assert set(calls(asked("role", "admin"))) == set(CHAIN[3:])
    assert calls(asked("agent", "KALI")) == CHAIN[1:] or "ListBuckets" in calls(
        asked("agent", "kali")
    )
    assert calls(asked("resource", "arn:aws:s3:::payments-data")) == ["PutBucketPolicy"]


def test_first_and_last_seen_are_in_the_summary() -> None:
    (seen,) = asked("seen", ELSEWHERE).summaries["from"]

    assert (seen.first.minute, seen.last.minute, seen.count, seen.failed) == (0, 14, 9, 1)


def test_a_sign_in_says_what_is_new_and_what_lacks_mfa() -> None:
    signs = [
        at(0, "ConsoleLogin", "signin", userIdentity=iam_user("ann"), sourceIPAddress=OFFICE),
        at(5, "ConsoleLogin", "signin", userIdentity=iam_user("ann"), sourceIPAddress=OFFICE),
        at(
            *(9, "ConsoleLogin", "signin"),
            userIdentity=iam_user("ann"),
            additionalEventData={"MFAUsed": "No"},
            responseElements={"ConsoleLogin": "Success"},
        ),
    ]

    found = hunt(MemoryLake(signs), HUNTS["sign-ins"], "", DAY, Scope())

    assert [any(n.startswith("first from") for n in line.notes) for line in found.lines] == [
        *(True, False, True)
    ]
    assert "no MFA" in found.lines[2].notes


def test_the_commands_that_go_on_are_commands_there_are() -> None:
    found = hunt(LAKE, HUNTS["principal"], "bob", DAY, Scope(), ("--lake", "./a lake"))

    assert found.next
    for line in found.next:
        words = shlex.split(line)
        assert words[:2] in (["orchestrator", "hunt"], ["orchestrator", "investigate"])
        assert words[-2:] == ["--lake", "./a lake"]
        if words[1] == "hunt":
            made = command.commands[words[2]].make_context(words[2], words[3:])
            assert made.params["value"] not in ("", "bob")


def test_every_question_explains_itself_with_an_example() -> None:
    listed = CliRunner().invoke(command, ["--help"]).output

    for name, question in HUNTS.items():
        assert name in listed
        said = CliRunner().invoke(command, [name, "--help"]).output
        assert question.summary.split(".")[0][:40] in said
        assert f"orchestrator hunt {name}" in said


EVIL = '=HYPERLINK("x")<script>alert(1)</script>\x1b[2J\n|`x`'


def test_what_comes_from_logs_is_data_in_every_view() -> None:
    evil = at(1, "GetObject", "s3", userAgent=EVIL, userIdentity=iam_user(EVIL), errorCode=EVIL)
    found = hunt(MemoryLake([evil]), HUNTS["failures"], "", DAY, Scope())

    page = as_html(found)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page
    assert "\x1b" not in as_text(found)
    (row,) = csv.DictReader(StringIO(as_csv(found)))
    assert row["agent"].startswith("'=")
    assert json.loads(as_json(found))["events"][0]["agent"] == EVIL


def test_a_page_asks_for_nothing_from_outside() -> None:
    page = as_html(asked("principal", "bob"))

    assert on_its_own(page).links == ()
    assert "http://" not in page
    assert "https://" not in page
    assert page.count("<tr class=") == len(CHAIN)


def test_text_fits_a_terminal_of_eighty_columns() -> None:
    assert max(map(len, as_text(asked("principal", "bob")).splitlines())) <= 80


def test_a_cut_list_says_so() -> None:
    found = asked("ip", ELSEWHERE)
    cut = Hunted(found.hunt, "", DAY, found.lines, found.summaries, more=True)

    assert "the first in time: there are more" in as_text(cut)
    assert json.loads(as_json(cut))["more"] is True


@pytest.mark.parametrize("text", ["here", "300.1.1.1", "10.0.0.0/64"])
def test_what_is_no_address_is_refused_with_examples(text: str) -> None:
    with pytest.raises(UsageError, match="is not an address"):
        asked("ip", text)


@pytest.mark.parametrize(("since", "hours"), [("90m", 1.5), ("12h", 12), ("7d", 168), ("2w", 336)])
def test_a_time_before_now_is_said_in_words_of_one_letter(since: str, hours: float) -> None:
    now = datetime(2026, 3, 1, tzinfo=UTC)

    found = window(since, None, None, now)

    assert (now - found.start).total_seconds() == hours * 3600


@pytest.mark.parametrize("since", ["", "1", "d", "0d", "1y", "-1d", "99999d"])
def test_a_time_that_is_none_is_refused(since: str) -> None:
    with pytest.raises(UsageError, match="is not a time"):
        window(since, None, None, datetime(2026, 3, 1, tzinfo=UTC))


def test_networks_are_as_wide_as_an_office_or_a_home() -> None:
    assert network("203.0.113.66") == "203.0.113.0/24"
    assert network("2001:db8:1:2::3") == "2001:db8:1::/48"
    assert network("cloudtrail.amazonaws.com") == "cloudtrail.amazonaws.com"
