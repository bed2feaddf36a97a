"""The teams that own accounts, and how they are told."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from orchestrator.model.facts.names import ChatId, Email, SecretName, Url
from orchestrator.model.facts.remediation import Language
from orchestrator.model.settings import Frozen, Severity


class Webhook(Frozen):
    """Where messages are posted to as JSON, each signed."""

    url: Url = Field(description="Begins with https://.")
    secret: SecretName = Field(
        description="A secret of Secrets Manager in the security account; it signs the messages."
    )


class ChatPlatform(StrEnum):
    """The chats that Amazon Q Developer writes into."""

    SLACK = "slack"
    TEAMS = "teams"


class Chat(Frozen):
    """A channel that Amazon Q Developer in chat applications writes into."""

    platform: ChatPlatform
    channel: ChatId = Field(description="The channel's id.")
    workspace: ChatId | None = Field(None, description="Slack's workspace id.")
    tenant: ChatId | None = Field(None, description="The tenant id of Microsoft Teams.")
    team: ChatId | None = Field(None, description="The team id of Microsoft Teams.")


class Notify(Frozen):
    """Which messages a team gets, and by which ways."""

    email: bool = Field(True, description="To the team's address.")
    webhook: Webhook | None = None
    chat: Chat | None = None
    severity: Severity = Field(Severity.LOW, description="This severity and worse.")
    services: list[str] = Field(
        [], description="Services of controls (S3), or products (GuardDuty); none means all."
    )


class Team(Frozen):
    """Who owns accounts, and where they are told."""

    description: str
    email: Email
    language: Language | None = Field(None, description="Of messages, if not the organization's.")
    notify: Notify = Notify()
