"""A message in words: subject and text for mail, a card for chat, a document for webhooks."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.findings.event_reader import clean
from orchestrator.findings.messages import en, ja
from orchestrator.findings.messages.message import Message

LANGUAGES: Mapping[str, Mapping[str, str]] = {"en": en.TEXTS, "ja": ja.TEXTS}
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
    texts = LANGUAGES.get(language, en.TEXTS)
    subject = _subject(message, en.TEXTS)
    said = "\n".join(_said(message, texts))
    facts = list(_facts(message, texts))
    lines = [said, "", *(f"{label}: {value}" for label, value in facts), "", *_ways(message, texts)]
    headline = texts["headline"].format(what=message.what, account=_account(message))
    card = _card(f"{headline}: {texts[f'subject.{message.said}']}", said, facts)
    return Written(
        subject, "\n".join([*lines, _signature(message, texts)]), card, message.document()
    )


def write_digest(first: Message, rest: list[str], count: int, since: str, language: str) -> Written:
    """What came after the first of its kind: `count` findings, some of them in `rest`."""
    texts = LANGUAGES.get(language, en.TEXTS)
    values = {"count": count, "what": first.what, "account": _account(first), "since": since}
    state = en.TEXTS[f"subject.{first.said}"]
    subject = _ascii(f"{en.TEXTS['digest.subject'].format(**values)} {state}")
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
    return _ascii(f"[{message.severity}] {headline} {texts[f'subject.{message.said}']}")


def _ascii(text: str) -> str:
    """What SNS takes as a subject: it refuses the whole message for anything else."""
    plain = "".join(c if " " <= c <= "~" else "?" for c in text).strip()
    return plain if len(plain) <= MOST_SUBJECT else f"{plain[: MOST_SUBJECT - 3]}..."


def _account(message: Message) -> str:
    return (
        f"{message.account_name} ({message.account})" if message.account_name else message.account
    )


def _said(message: Message, texts: Mapping[str, str]) -> Iterator[str]:
    yield texts[f"said.{message.said}"].format(note=message.note or message.reason)
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


def _ways(message: Message, texts: Mapping[str, str]) -> Iterator[str]:
    """What the team can do next."""
    if message.said in {"fixed", "on_its_way", "failing"}:
        undo = texts["undo"].format(record=message.record)
        yield undo if message.can_be_undone else texts["no_undo"]
    if message.said != "undone":
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
