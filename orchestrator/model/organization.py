"""The organization: its facts, OUs, accounts, teams and waves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import Field, StringConstraints

from orchestrator.model.names import AccountId, ControlId, OuPath
from orchestrator.model.settings import (
    ControlDecision,
    ControlName,
    Frozen,
    Name,
    Reason,
    Region,
    Settings,
    Severity,
    Standard,
)
from orchestrator.model.waves import Wave

TwelveDigits = Annotated[str, StringConstraints(pattern=r"^[0-9]{12}$")]
OrganizationId = Annotated[str, StringConstraints(pattern=r"^o-[a-z0-9]{10,32}$")]
RootId = Annotated[str, StringConstraints(pattern=r"^r-[a-z0-9]{4,32}$")]
OuId = Annotated[str, StringConstraints(pattern=r"^ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}$")]
BucketName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$")]
RoleName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_+=,.@-]{1,64}$")]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
SecretName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9/_+=.@-]{1,512}$")]
Url = Annotated[str, StringConstraints(pattern=r"^[a-z]+://[^\s\x00-\x1f]+$", max_length=2000)]
ChatId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9:@._%-]{1,256}$")]


class Mode(StrEnum):
    """Who configures Security Hub: its central configuration, or every account's own stack."""

    CENTRAL = "central"
    LOCAL = "local"


class SpecialAccounts(Frozen):
    """The accounts with a part of their own, by name."""

    management: str
    security: str = Field(description="Security Hub's delegated administrator.")
    log_archive: str


class State(Frozen):
    """Where Terraform's states are kept: a bucket in the management account, home region."""

    bucket: BucketName
    journal: bool = Field(False, description="Keep a copy of each run's journal in the bucket.")
    plans: bool = Field(
        False, description="Keep what `plan --out` stores in the bucket, too, for 30 days at most."
    )


class Access(Frozen):
    """The roles by which the orchestrator enters accounts."""

    runner_role: RoleName = Field(
        "orchestrator-runner", description="In the management account; may assume all the others."
    )
    plan_role: RoleName = Field("orchestrator-plan", description="In every account; reads.")
    apply_role: RoleName = Field(
        "orchestrator-apply", description="In every account; changes what the stacks manage."
    )
    entry_role: RoleName = Field(
        "OrganizationAccountAccessRole",
        description="Found in every new account; makes and changes the other roles.",
    )
    external_id: Name = Field(description="Stands in the trust policies of plan and apply role.")


class SecurityHubFacts(Frozen):
    """How Security Hub is run for the whole organization."""

    mode: Mode = Field(
        Mode.CENTRAL, description="Configured by the security account, or by each account's stack."
    )


class GuardDuty(Frozen):
    """GuardDuty for the organization."""

    enabled: bool = True
    features: dict[str, bool] = {"S3_DATA_EVENTS": True}


class AccessAnalyzer(Frozen):
    """IAM Access Analyzer for the organization."""

    enabled: bool = True


class LogArchive(Frozen):
    """The buckets of the log archive account; ages in days."""

    bucket_prefix: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,40}$")]
    glacier_after: int = Field(90, ge=1, description="Days until logs move to Glacier.")
    expire_after: int = Field(2557, ge=1, description="Days until logs are deleted.")
    object_lock_days: int = Field(0, ge=0, description="0 means no object lock.")


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
        "orchestrator-remediation", description="In every account; may do what is decided there."
    )
    external_id: Name = Field(
        "orchestrator-remediation", description="Stands in that role's trust policy."
    )
    language: Language = Field(Language.ENGLISH, description="Of messages; a team may differ.")
    keep_days: int = Field(
        400, ge=1, description="Days that records and states before a fix are kept."
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


class BlastRadius(Frozen):
    """How far one apply may reach without a reason; checked before anything is started."""

    accounts: int = Field(0, ge=0, description="Most accounts of one apply; 0 means no limit.")
    ou_share: int = Field(100, ge=1, le=100, description="Most accounts of an OU, in percent.")
    growth: int = Field(
        3, ge=0, description="Most accounts, in multiples of the last apply's; 0 means no limit."
    )
    small: int = Field(
        20, ge=1, description="So many accounts are never too large a share, nor too much growth."
    )


SignerName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._@+-]{0,127}$")]
PublicKey = Annotated[
    str,
    StringConstraints(
        pattern=r"^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)"
        r"|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com) [A-Za-z0-9+/]+={0,2}( [ -~]*)?$"
    ),
]

KeyArn = Annotated[
    str,
    StringConstraints(
        pattern=r"^arn:aws(-cn|-us-gov)?:kms:[a-z0-9-]+:[0-9]{12}:key/(mrk-)?[0-9a-f-]{32,36}$"
    ),
]


class Approval(Frozen):
    """Who approves stored plans before they are applied."""

    required: bool = Field(False, description="Apply nothing but stored plans that are approved.")
    signers: dict[SignerName, PublicKey] = Field(
        {}, description="SSH public keys by name: 'ssh-ed25519 AAAA…'."
    )
    keys: dict[SignerName, KeyArn] = Field(
        {}, description="ARNs of KMS keys for signing, by name: 'arn:aws:kms:…:key/…'."
    )


class Facts(Frozen):
    """What is true of the organization as a whole; no layer below may change it."""

    name: Name
    id: OrganizationId
    root_id: RootId = Field(description="Of the organization's root, above all OUs.")
    home_region: Region = Field(description="Where states, logs and findings are kept.")
    accounts: SpecialAccounts
    state: State
    access: Access
    security_hub: SecurityHubFacts = SecurityHubFacts()
    guardduty: GuardDuty = GuardDuty()
    access_analyzer: AccessAnalyzer = AccessAnalyzer()
    log_archive: LogArchive
    blast_radius: BlastRadius = BlastRadius()
    control_tower: bool = Field(
        False, description="Whether AWS Control Tower makes the accounts, and says when."
    )
    approval: Approval = Approval()
    remediation: RemediationFacts = RemediationFacts()


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


class Exemption(Frozen):
    """A named resource or account left alone by a control until a date."""

    control: ControlName
    accounts: list[str] = Field([], description="Names or globs; none means every account.")
    resources: list[str] = Field([], description="ARN globs; none means every resource.")
    tags: dict[str, str] = {}
    owner: Name
    reason: Reason
    ticket: str
    expires: date


@dataclass(frozen=True, slots=True)
class Unit:
    """An OU and what holds for an account directly below it. The root is the unit with path ''."""

    path: OuPath
    id: str
    settings: Settings
    decisions: Mapping[ControlId, ControlDecision]

    @property
    def parent(self) -> OuPath | None:
        """The path of the unit above; None for the root."""
        return OuPath(self.path.rpartition("/")[0]) if self.path else None


@dataclass(frozen=True, slots=True)
class Account:
    """An AWS account, with everything that holds for it resolved."""

    id: AccountId
    name: str
    email: str
    ou: OuPath
    settings: Settings
    decisions: Mapping[ControlId, ControlDecision]
    """Every control decided in account_configs/controls/, with what the layers changed."""

    @property
    def regions(self) -> tuple[str, ...]:
        """Governed regions, in the order of the layers that named them."""
        return tuple(region for region, governed in self.settings.regions.items() if governed)

    @property
    def standards(self) -> tuple[Standard, ...]:
        return tuple(s for s, enabled in self.settings.security_hub.standards.items() if enabled)


class Place(NamedTuple):
    """A line of a file, as people see it: 'account_configs/controls/s3.yaml', 4."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Organization:
    """Everything account_configs/ says, resolved and checked."""

    facts: Facts
    units: tuple[Unit, ...]
    """The root first, every unit after its parent."""
    accounts: tuple[Account, ...]
    """In id order."""
    teams: Mapping[str, Team]
    waves: Mapping[str, Wave]
    """In rollout order; together they cover every account exactly once."""
    wave_of: Mapping[AccountId, str]
    exceptions: Mapping[str, Exemption]
    decided_at: Mapping[AccountId, Mapping[ControlId, Place]] = field(default_factory=dict)
    """Where the decision that holds in an account is written down."""
    excepted_at: Mapping[str, Place] = field(default_factory=dict)
    """Where each exception is written down."""

    @property
    def management(self) -> Account:
        return self.named(self.facts.accounts.management)

    @property
    def security(self) -> Account:
        return self.named(self.facts.accounts.security)

    @property
    def log_archive(self) -> Account:
        return self.named(self.facts.accounts.log_archive)

    def makes_roles(self, account: Account) -> bool:
        """Whether an account's own stack makes the orchestrator's roles there.

        In the special accounts they are made by bootstrap, before any account stack runs.
        """
        return account not in (self.management, self.security, self.log_archive)

    def named(self, name: str) -> Account:
        """The account called `name`. Raises KeyError if there is none."""
        for account in self.accounts:
            if account.name == name:
                return account
        raise KeyError(name)
