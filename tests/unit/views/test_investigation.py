from __future__ import annotations

import json
import shlex
from datetime import timedelta

from orchestrator.findings.registry import causes_of
from orchestrator.logs.event import event
from orchestrator.logs.investigate.subject import Finding
from orchestrator.logs.investigate.timeline import Investigation, investigate
from orchestrator.logs.ocsf.cloudtrail import to_ocsf
from orchestrator.views.investigation import as_html, as_json, as_text, headline, onward
from tests.cloudtrail import ACCOUNT, REGION, START, open_port, record, sso
from tests.memory_lake import MemoryLake
from tests.pages import on_its_own

GROUP = "sg-0a1b2c3d4e5f60718"
SCRIPT = "<script>alert(1)</script>\x1b[31m\n"


def found(person: str = "alice@example.com") -> Investigation:
    agent = {"userAgent": person} if "<" in person else {}
    lake = MemoryLake(
        event(to_ocsf(each))
        for each in (
            record(
                "AuthorizeSecurityGroupIngress",
                userIdentity=sso(person),
                **agent,
                requestParameters=open_port(GROUP, 22),
            ),
            record("DescribeVpcs", eventID="2", userIdentity=sso(person), readOnly=True),
            record("CreateTags", eventID="3", requestParameters={"id": GROUP, "tag": person}),
        )
    )
    uid = f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/{GROUP}"
    seen = START + timedelta(days=1)
    about = Finding("f", f"EC2.13 {person}", "EC2.13", ACCOUNT, REGION, (uid,), seen, seen)
    return investigate(lake, about, seen, causes_of)


def test_the_text_names_who_when_what_and_from_where_in_eighty_columns() -> None:
    text = as_text(found())

    lines = [line for line in text.splitlines() if not line.startswith("  orchestrator ")]
    assert max(map(len, lines)) <= 80
    for said in (
        "WHO MADE IT FAIL  (known to make this control fail)",
        "alice@example.com (person; IAM Identity Center, AdministratorAccess)",
        "2026-03-01 10:05:00 UTC",
        "AuthorizeSecurityGroupIngress of ec2.amazonaws.com",
        "ipPermissions.ipRanges.cidrIp: 0.0.0.0/0",
        "198.51.100.7 with AWS CLI",
    ):
        assert said in text


def test_three_lines_are_enough_for_a_message() -> None:
    lines = headline(found())

    assert len(lines) == 3
    assert lines[0].startswith(
        "alice@example.com (IAM Identity Center, AdministratorAccess) called"
    )


def test_the_json_has_a_version_and_everything_the_text_leaves_out() -> None:
    document = json.loads(as_json(found()))

    assert (document["version"], document["certainty"]) == (1, "known")
    assert document["culprit"]["who"]["name"] == "alice@example.com"
    assert document["around"]["calls"]["DescribeVpcs"] == 1


def test_nothing_of_a_log_becomes_markup_or_a_command_to_the_terminal() -> None:
    page, text = as_html(found(SCRIPT)), as_text(found(SCRIPT))

    on_its_own(page)
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert "\x1b" not in page + text


def test_the_page_has_a_picture_with_a_dot_for_each_change() -> None:
    page = on_its_own(as_html(found()))

    assert page.counts["circle"] == 2
    assert [v["role"] for tag, v in page.tags if tag == "svg" and "role" in v] == ["img"]


def test_every_line_says_what_came_of_the_call_and_the_answer_how_to_go_on() -> None:
    text, document = as_text(found()), json.loads(as_json(found()))

    assert "> 03-01 10:05:00  AuthorizeSecurityGroupIngress  alice@example.com  done" in text
    assert document["culprit"]["outcome"] == "success"
    (command, *_) = document["go_on"]
    assert command.startswith("orchestrator investigate alice@example.com --by --from 2026-03-01T")
    assert command in text
    assert command in as_html(found())


def test_a_name_from_a_log_stays_one_word_of_a_command() -> None:
    (command, *_) = onward(found("a; rm -rf /"))

    words = shlex.split(command)
    assert (words[2].endswith("/a; rm -rf /"), words[3]) == (True, "--by")
