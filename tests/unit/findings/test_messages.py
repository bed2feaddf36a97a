from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from string import Formatter
from typing import Any

import pytest

from orchestrator.findings.decision import Decision, Kind, decide
from orchestrator.findings.events import parse
from orchestrator.findings.finding import Finding, Severity
from orchestrator.findings.matrix import Team, Webhook
from orchestrator.findings.messages import languages
from orchestrator.findings.messages.channels import Senders, post, signed
from orchestrator.findings.messages.message import (
    LANGUAGES,
    Message,
    Written,
    about,
    witnessed,
    write,
    write_digest,
)
from orchestrator.findings.records import Outcome
from orchestrator.findings.root_cause import Change
from orchestrator.logs.investigate.subject import PrincipalSubject, ResourceSubject, subject
from tests.unit.findings.a_world import BUCKET, NOW, a_finding, a_matrix, a_refusal
from tests.unit.findings.shapes import SHAPES, an_ocsf_event

RULING = Decision(Kind.REMEDIATE, "It was decided.", "controls/s3.yaml S3.8", "orders")
SILENT = {Outcome.FIXING, Outcome.PASSES, Outcome.GONE}


def a_message(said: str = "fixed", **more: Any) -> Message:
    message = about(
        a_finding(), RULING, a_matrix(), said=said, record="20261123-1f0c9a2b4d",
        can_be_undone=True, effect="Closes it.", breaks="Its readers.",
    )  # fmt: skip
    return replace(message, **more)


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_have_the_same_texts_with_the_same_places() -> None:
    assert languages.ENGLISH.keys() == languages.JAPANESE.keys()
    assert {key: placeholders(text) for key, text in languages.ENGLISH.items()} == {
        key: placeholders(text) for key, text in languages.JAPANESE.items()
    }


@pytest.mark.parametrize("language", ["en", "ja", "xx"])
@pytest.mark.parametrize("said", sorted({*(each.value for each in set(Outcome) - SILENT), "due"}))
def test_every_outcome_can_be_told_in_every_language(said: str, language: str) -> None:
    written = write(a_message(said, note="because"), language)

    assert written.subject.isascii()
    assert len(written.subject) <= 100
    assert BUCKET in written.text
    assert "orders-prod (200000000007)" in written.text
    assert "None" not in written.text


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_message_says_how_to_find_out_who_it_was(language: str) -> None:
    command = "orchestrator investigate arn:aws:securityhub:x:finding/1"

    told = write(a_message("told", finding="arn:aws:securityhub:x:finding/1"), language)
    undone = write(a_message("undone", finding="arn:aws:securityhub:x:finding/1"), language)
    nameless = write(a_message("told", finding=""), language)

    assert command in told.text
    assert "orchestrator investigate" not in undone.text + nameless.text


@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("name", ["Inspector", "GuardDuty", "Macie", "Exposure", "Coverage"])
def test_what_is_no_controls_finding_is_told_in_words_of_its_own(name: str, language: str) -> None:
    (found,) = parse(an_ocsf_event(SHAPES[name]))
    assert isinstance(found, Finding)
    decision = decide(found, a_matrix(), NOW, None, {})
    texts = LANGUAGES[language]

    written = write(about(found, decision, a_matrix()), language)

    assert written.text.startswith(texts[f"said.told.{found.category}"])
    assert written.subject.endswith(texts[f"subject.told.{found.category}"])
    assert "exceptions.yaml" not in written.text
    assert written.document["category"] == found.category


@pytest.mark.parametrize(
    ("name", "kind"), [("Exposure", ResourceSubject), ("GuardDuty", PrincipalSubject)]
)
def test_who_used_it_is_asked_with_a_command_that_takes_it(name: str, kind: type) -> None:
    (found,) = parse(an_ocsf_event(SHAPES[name]))
    assert isinstance(found, Finding)

    written = write(about(found, decide(found, a_matrix(), NOW, None, {}), a_matrix()), "en")

    (line,) = [each for each in written.text.splitlines() if "orchestrator investigate" in each]
    assert isinstance(subject(line.partition("orchestrator investigate ")[2]), kind)


def test_a_resource_whose_name_a_shell_would_run_is_not_put_into_a_command() -> None:
    message = a_message("told", category="exposure", resource="arn:aws:s3:::b/$(rm -rf x)")

    assert "orchestrator investigate" not in write(message, "en").text


CHANGE = Change(
    "alice@example.com (IAM Identity Center)",
    "AuthorizeSecurityGroupIngress",
    datetime(2026, 11, 23, 8, 40, tzinfo=UTC),
    "198.51.100.7",
    "aws-cli/2.17.0",
)


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_message_says_who_it_was_if_anybody_knows(language: str) -> None:
    known = write(witnessed(a_message(), CHANGE), language)
    unknown = write(witnessed(a_message(), None), language)

    who, when = {
        "en": ("Last changed by", "Changed at"),
        "ja": ("最後の変更者", "変更日時と接続元"),
    }[language]
    lines = known.text.splitlines()
    assert f"{who}: {CHANGE.who}: AuthorizeSecurityGroupIngress" in lines
    assert f"{when}: 2026-11-23 08:40:00 UTC, 198.51.100.7, aws-cli/2.17.0" in lines
    assert f"*{who}*: `{CHANGE.who}: {CHANGE.call}`" in known.card["content"]["description"]
    assert known.document["changed"] == f"{CHANGE.who}: {CHANGE.call}"
    assert who not in unknown.text


def test_a_message_says_who_what_where_how_bad_why_and_how_to_take_it_back() -> None:
    text = write(a_message(), "en").text

    for part in (
        "It has been fixed, and the check passes.",
        "Severity: high",
        "Region: ap-northeast-1",
        "Owner: orders",
        "Decided: It was decided.",
        "Written in: controls/s3.yaml S3.8",
        "The fix: Closes it.",
        "What may break: Its readers.",
        "orchestrator remediation undo 20261123-1f0c9a2b4d",
        "ask for an exception in account_configs/exceptions.yaml",
    ):
        assert part in text


def test_a_fix_that_cannot_be_taken_back_says_so() -> None:
    assert "It cannot be taken back." in write(a_message(can_be_undone=False), "en").text


def test_a_proposal_names_the_command() -> None:
    assert "orchestrator remediate arn:aws:" in write(a_message("proposed"), "en").text


def test_a_japanese_team_reads_japanese() -> None:
    written = write(a_message(), "ja")

    assert "修正しました" in written.text
    assert written.subject == "[HIGH] S3.8 in orders-prod (200000000007) was fixed"


def test_a_subject_that_sns_would_refuse_is_made_one_that_it_takes() -> None:
    message = a_message(account_name="名" * 90, what="S3.8")

    subject = write(message, "en").subject

    assert subject.isascii() and len(subject) == 100 and subject.endswith("...")


def test_what_a_finding_says_is_no_link_mention_or_formatting_in_a_chat() -> None:
    hostile = "<https://evil.example|click> <!channel> `x` & *b*"

    card = write(a_message(title=hostile), "en").card

    description = card["content"]["description"]
    assert "<" not in description
    assert "*Finding*: `&lt;https://evil.example|click&gt; &lt;!channel&gt; 'x' &amp; *b*`" in (
        description
    )
    assert (card["version"], card["source"]) == ("1.0", "custom")


def test_what_a_finding_says_is_no_pattern() -> None:
    assert "{record}" in write(a_message(title="{record} {0} %s"), "en").text


def test_a_digest_counts_and_names_some() -> None:
    rest = [f"arn:aws:s3:::b{number}" for number in range(30)]

    written = write_digest(a_message(), rest, 42, "2026-11-23 09:00", "en")

    assert written.subject == "42 more: S3.8 in orders-prod (200000000007) was fixed"
    assert "arn:aws:s3:::b19" in written.text and "b20" not in written.text
    assert "… and 22 more." in written.text
    assert (written.document["kind"], written.document["count"]) == ("digest", 42)


@dataclass
class FakeSns:
    failing: Exception | None = None
    published: list[dict[str, Any]] = field(default_factory=list)

    def publish(self, **arguments: Any) -> None:
        if self.failing:
            raise self.failing
        self.published.append(arguments)


@dataclass
class FakeSecrets:
    value: str = "0123456789abcdef0123"
    reads: int = 0

    def get_secret_value(self, SecretId: str) -> dict[str, str]:  # noqa: N803  boto3's spelling
        self.reads += 1
        return {"SecretString": self.value}


@dataclass
class FakePost:
    status: int = 200
    failing: Exception | None = None
    posted: list[tuple[str, bytes, dict[str, str]]] = field(default_factory=list)

    def __call__(self, url: str, body: bytes, headers: Any) -> int:
        if self.failing:
            raise self.failing
        self.posted.append((url, body, headers))
        return self.status


TEAM = Team("orders", "en", Severity.LOW, (), "arn:aws:sns:topic", "orders@example.com")
HOOK = replace(TEAM, email="", webhook=Webhook("https://hooks.example.com/x?y=1", "hook"))
WRITTEN = Written("subject", "text é", {"version": "1.0"}, {"version": 1, "title": "é"})


def test_mail_gets_the_text_and_the_chat_the_card() -> None:
    sns = FakeSns()

    assert Senders(sns, FakeSecrets(), FakePost(), lambda: 0.0).send(TEAM, WRITTEN) == ()

    (published,) = sns.published
    assert (published["TopicArn"], published["Subject"]) == ("arn:aws:sns:topic", "subject")
    assert json.loads(published["Message"]) == {
        "default": "text é",
        "email": "text é",
        "https": '{"version": "1.0"}',
    }


def test_a_webhooks_receiver_can_tell_that_it_is_us_and_when_it_was() -> None:
    sns, sent = FakeSns(), FakePost()

    assert Senders(sns, FakeSecrets(), sent, lambda: 1700000000.5).send(HOOK, WRITTEN) == ()

    ((url, body, headers),) = sent.posted
    expected = hmac.new(b"0123456789abcdef0123", b"1700000000." + body, hashlib.sha256)
    assert url == "https://hooks.example.com/x?y=1"
    assert json.loads(body) == {"version": 1, "title": "é"}
    assert headers["X-Orchestrator-Signature"] == f"sha256={expected.hexdigest()}"
    assert headers["X-Orchestrator-Timestamp"] == "1700000000"
    assert sns.published == []


def test_a_secret_is_read_once_in_a_while() -> None:
    secrets, now = FakeSecrets(), [1000.0]
    senders = Senders(FakeSns(), secrets, FakePost(), lambda: now[0])

    for moment in (1000.0, 1100.0, 1400.0):
        now[0] = moment
        senders.send(HOOK, WRITTEN)

    assert secrets.reads == 2


@pytest.mark.parametrize(
    ("how", "problem"),
    [
        ({"post": FakePost(status=302)}, "hooks.example.com: HTTP status 302"),
        ({"post": FakePost(status=500)}, "hooks.example.com: HTTP status 500"),
        ({"post": FakePost(failing=TimeoutError("slow"))}, "hooks.example.com: TimeoutError: slow"),
        (
            {"secrets": FakeSecrets("short")},
            "hooks.example.com: ValueError: the webhook's secret is shorter than 16 characters",
        ),
    ],
)
def test_a_webhook_that_cannot_be_reached_is_a_problem(how: dict[str, Any], problem: str) -> None:
    parts = {"secrets": FakeSecrets(), "post": FakePost(), **how}

    senders = Senders(FakeSns(), parts["secrets"], parts["post"], lambda: 0.0)

    assert senders.send(HOOK, WRITTEN) == (problem,)


def test_a_problem_never_holds_the_secret() -> None:
    secret = "short-secret"
    senders = Senders(FakeSns(), FakeSecrets(secret), FakePost(), lambda: 0.0)

    assert secret not in "".join(senders.send(HOOK, WRITTEN))


def test_a_topic_that_is_not_there_is_a_problem() -> None:
    senders = Senders(FakeSns(a_refusal("NotFound")), FakeSecrets(), FakePost(), lambda: 0.0)

    assert senders.send(TEAM, WRITTEN) == ("arn:aws:sns:topic: PutThing: NotFound: said so",)


@pytest.mark.parametrize(
    "url", ["http://hooks.example.com/", "ftp://x/", "file:///etc/passwd", "x"]
)
def test_nothing_is_posted_but_by_https(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        post(url, b"", signed(b"", b"x" * 16, 0))
