"""The teams that own accounts, and how they are told."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from orchestrator.model.facts.names import (
    ChatId,
    Email,
    IssueType,
    RoleName,
    SecretName,
    TrackerProject,
    Url,
)
from orchestrator.model.settings import Frozen, Name, Severity


class Language(StrEnum):
    """The languages of the messages to teams."""

    ENGLISH = "en"
    JAPANESE = "ja"


class RemediationBudgets(Frozen):
    """How many fixes an hour are made without a person; the rest is only told."""

    control_per_hour: int = Field(20, ge=0, description="Of one control in the organization.")
    account_per_hour: int = Field(20, ge=0, description="In one account.")
    total_per_hour: int = Field(200, ge=0, description="In the whole organization.")


class CircuitBreaker(Frozen):
    """What stops a control's remediations until somebody has looked."""

    failures: int = Field(5, ge=1, description="Failed fixes within the minutes.")
    undos: int = Field(2, ge=1, description="Fixes taken back within the minutes.")
    minutes: int = Field(60, ge=1, description="Counted over, and how long it stays open.")


class RemediationFacts(Frozen):
    """How findings are fixed without a person. Off until it is turned on."""

    enabled: bool = Field(
        False, description="Deploy the function that tells teams of findings and fixes them."
    )
    role: RoleName = Field(
        "orchestrator-remediation",
        max_length=62,
        description="In every account; may do what is decided there. A second has -2 behind it.",
    )
    external_id: Name = Field(
        "orchestrator-remediation", description="Stands in that role's trust policy."
    )
    language: Language = Field(Language.ENGLISH, description="Of messages; a team may differ.")
    keep_days: int = Field(
        400, ge=1, description="Days that records and states before a fix are kept."
    )
    concurrency: int | None = Field(
        None,
        ge=3,
        le=100,
        description="Executions of Lambda reserved for the function; the quota must leave 10 more.",
    )
    budgets: RemediationBudgets = RemediationBudgets()
    breaker: CircuitBreaker = CircuitBreaker()
    attempts: int = Field(3, ge=1, le=10, description="Fixes of one resource that did not help.")
    message_digest_minutes: int = Field(
        60, ge=1, description="One message for a control in an account within so many minutes."
    )
    owner_tags: dict[str, str] = Field(
        {"managed-by": "*", "managed_by": "*", "managedby": "*", "terraform": "*"},
        description="Tags, with globs for values, of resources that code owns. Case is ignored.",
    )


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


class TrackerKind(StrEnum):
    """The systems that hold tickets."""

    BACKLOG = "backlog"
    GITHUB = "github"
    GITLAB = "gitlab"
    JIRA = "jira"
    SERVICENOW = "servicenow"


class Tickets(Frozen):
    """Where a team's tickets are kept: one for a control in an account."""

    kind: TrackerKind
    url: Url = Field(description="Of the API, such as https://api.github.com.")
    project: TrackerProject = Field(
        description="OWNER/NAME, a path of GitLab, a project's key, or a group's sys_id."
    )
    secret: SecretName = Field(
        description="A secret of Secrets Manager in the security account, with token or password."
    )
    issue_type: IssueType | None = Field(
        None, description="Of Jira (Task if none is named) or Backlog (else the project's first)."
    )


class Notify(Frozen):
    """Which messages a team gets, and by which ways."""

    email: bool = Field(True, description="To the team's address.")
    webhook: Webhook | None = None
    chat: Chat | None = None
    tickets: Tickets | None = None
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
