"""A message as a value, and in words: mail, a card for chat, a document for webhooks."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from orchestrator.findings.decision import Decision, Kind
from orchestrator.findings.event_reader import clean
from orchestrator.findings.finding import Category, Finding
from orchestrator.findings.matrix import Matrix
from orchestrator.findings.messages import languages
from orchestrator.findings.records import Outcome
from orchestrator.findings.root_cause import Change

VERSION = 1


@dataclass(frozen=True, slots=True)
class Message:
    """One finding, and what became of it. `said` is a key of the texts, named after an outcome."""

    said: str
    team: str
    account: str
    account_name: str
    region: str
    what: str
    """The control's id, or the product."""
    title: str
    severity: str
    resource: str
    resource_type: str
    reason: str
    source: str = ""
    note: str = ""
    effect: str = ""
    """What the fix does, or would do."""
    breaks: str = ""
    record: str = ""
    can_be_undone: bool = False
    help: str = ""
    finding: str = ""
    changed: str = ""
    """Who called what, if the account's event history tells."""
    changed_from: str = ""
    """When, from where and with what."""
    category: str = Category.CONTROL.value

    @property
    def topic(self) -> str:
        """What messages are counted by: the same in the same account is one digest."""
        return f"{self.team}#{self.account}#{self.what.lower()}#{self.said}"

    def document(self) -> dict[str, Any]:
        """As webhooks get it."""
        return {"version": VERSION, "kind": "finding", **asdict(self)}


def witnessed(message: Message, change: Change | None) -> Message:
    """The same message, saying who it was."""
    if change is None:
        return message
    return replace(
        message,
        changed=f"{change.who}: {change.call}",
        changed_from=f"{change.time:%Y-%m-%d %H:%M:%S} UTC, {change.source}, {change.agent}",
    )


SAID = {
    Kind.NOTIFY: Outcome.NOTIFIED.value,
    Kind.PROPOSE: Outcome.PROPOSED.value,
    Kind.REFUSE: Outcome.REFUSED.value,
}


def about(
    finding: Finding,
    decision: Decision,
    matrix: Matrix,
    *,
    said: str = "",
    note: str = "",
    effect: str = "",
    breaks: str = "",
    record: str = "",
    can_be_undone: bool = False,
) -> Message:
    """The message about a finding. `said` is the outcome, if anything was tried."""
    account = matrix.accounts.get(finding.account)
    return Message(
        said=said or SAID[decision.kind],
        team=decision.team or matrix.fallback_team,
        account=finding.account,
        account_name=account.name if account else "",
        region=finding.region,
        what=finding.control or finding.product,
        title=finding.title or finding.control or finding.product,
        severity=finding.severity.name,
        resource=finding.resource,
        resource_type=finding.resource_type,
        reason=decision.reason,
        source=decision.source,
        note=note,
        effect=effect,
        breaks=breaks,
        record=record,
        can_be_undone=can_be_undone,
        help=finding.help,
        finding=finding.id,
        category=(Category.CONTROL if finding.control else finding.category).value,
    )


LANGUAGES: Mapping[str, Mapping[str, str]] = {"en": languages.ENGLISH, "ja": languages.JAPANESE}
MOST_SUBJECT = 100
"""Characters, all ASCII. Source: Amazon SNS API Reference, Publish, Subject."""
MOST_LINES = 20
"""Of a digest."""


@dataclass(frozen=True, slots=True)
class Written:
    """What goes out."""

    subject: str
    text: str
    card: Mapping[str, Any]
    document: Mapping[str, Any]


def write(message: Message, language: str) -> Written:
    """One finding."""
    texts = LANGUAGES.get(language, languages.ENGLISH)
    subject = _subject(message, languages.ENGLISH)
    said = "\n".join(_said(message, texts))
    facts = list(_facts(message, texts))
    lines = [said, "", *(f"{label}: {value}" for label, value in facts), "", *_ways(message, texts)]
    headline = texts["headline"].format(what=message.what, account=_account(message))
    card = _card(f"{headline}: {_text(message, texts, 'subject')}", said, facts)
    return Written(
        subject, "\n".join([*lines, _signature(message, texts)]), card, message.document()
    )


def write_digest(first: Message, rest: list[str], count: int, since: str, language: str) -> Written:
    """What came after the first of its kind: `count` findings, some of them in `rest`."""
    texts = LANGUAGES.get(language, languages.ENGLISH)
    values = {"count": count, "what": first.what, "account": _account(first), "since": since}
    state = _text(first, languages.ENGLISH, "subject")
    subject = _ascii(f"{languages.ENGLISH['digest.subject'].format(**values)} {state}")
    shown = rest[:MOST_LINES]
    body = [texts["digest.body"].format(**values), *(f"- {line}" for line in shown)]
    if count > len(shown):
        body.append(texts["digest.more"].format(count=count - len(shown)))
    document = {
        **first.document(),
        "kind": "digest",
        "count": count,
        "since": since,
        "resources": rest,
    }
    text = "\n".join([*body, "", _signature(first, texts)])
    return Written(subject, text, _card(subject, "\n".join(body), []), document)


def _subject(message: Message, texts: Mapping[str, str]) -> str:
    headline = texts["headline"].format(what=message.what, account=_account(message))
    return _ascii(f"[{message.severity}] {headline} {_text(message, texts, 'subject')}")


def _text(message: Message, texts: Mapping[str, str], kind: str) -> str:
    """What became of it, in words of its own for its category where there are some."""
    common = f"{kind}.{message.said}"
    return texts.get(f"{common}.{message.category}", texts[common])


def _ascii(text: str) -> str:
    """What SNS takes as a subject: it refuses the whole message for anything else."""
    plain = "".join(c if " " <= c <= "~" else "?" for c in text).strip()
    return plain if len(plain) <= MOST_SUBJECT else f"{plain[: MOST_SUBJECT - 3]}..."


def _account(message: Message) -> str:
    return (
        f"{message.account_name} ({message.account})" if message.account_name else message.account
    )


def _said(message: Message, texts: Mapping[str, str]) -> Iterator[str]:
    yield _text(message, texts, "said").format(note=message.note or message.reason)
    if message.said == "proposed":
        yield f"  {texts['run'].format(finding=message.finding)}"


def _facts(message: Message, texts: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    values = {
        "title": message.title,
        "severity": texts[f"severity.{message.severity}"],
        "account": _account(message),
        "region": message.region,
        "resource": message.resource,
        "changed": message.changed,
        "changed_from": message.changed_from,
        "owner": message.team,
        "reason": message.reason,
        "source": message.source,
        "effect": message.effect,
        "breaks": message.breaks,
        "record": message.record,
        "help": message.help,
    }
    for name, value in values.items():
        if value:
            yield texts[f"label.{name}"], value


KNOWN = re.compile(r"arn:[A-Za-z0-9:/._@=+-]+|A[KS]IA[A-Z0-9]{12,}", re.ASCII)
"""What `investigate` takes for a resource or a key, and a shell for one word."""


def _ways(message: Message, texts: Mapping[str, str]) -> Iterator[str]:
    """What the team can do next."""
    if message.said in {"fixed", "on_its_way", "failing"}:
        undo = texts["undo"].format(record=message.record)
        yield undo if message.can_be_undone else texts["no_undo"]
    if message.category != Category.CONTROL:
        if KNOWN.fullmatch(message.resource):
            yield texts["used"].format(resource=message.resource)
    elif message.said not in {"undone", "undoing"}:
        if message.finding:
            yield texts["investigate"].format(finding=message.finding)
        yield texts["exception"]


def _signature(message: Message, texts: Mapping[str, str]) -> str:
    return texts["signature"].format(team=message.team)


def _card(title: str, said: str, facts: list[tuple[str, str]]) -> dict[str, Any]:
    """Source: Amazon Q Developer in chat applications, "Custom notifications", schema 1.0."""
    lines = [_quiet(said), *(f"*{label}*: {_code(value)}" for label, value in facts)]
    return {
        "version": "1.0",
        "source": "custom",
        "content": {
            "textType": "client-markdown",
            "title": clean(_quiet(title), 250),
            "description": "\n".join(lines)[:8000],
        },
    }


def _quiet(text: str) -> str:
    """`text` without what chats take for links and mentions.

    Source: Slack API, "Formatting text for app surfaces", escaping.
    """
    return html.escape(text.replace("`", "'"), quote=False)


def _code(value: str) -> str:
    """`value` as it is, to be copied."""
    return f"`{_quiet(value)}`"
