"""How the orchestrator enters accounts, where it keeps states, and who approves."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from orchestrator.model.facts.findings import RemediationFacts
from orchestrator.model.facts.logs import LogFacts
from orchestrator.model.facts.names import (
    BucketName,
    KeyArn,
    OrganizationId,
    PublicKey,
    RoleName,
    RootId,
    SignerName,
)
from orchestrator.model.facts.operations import Ci, Runner
from orchestrator.model.settings import Frozen, Name, Region


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
    runs: bool = Field(
        False, description="Keep runs in the bucket that workers on other machines carry out."
    )


class Access(Frozen):
    """The roles by which the orchestrator enters accounts."""

    runner_role: RoleName = Field(
        "orchestrator-runner", description="In the management account; may assume all the others."
    )
    reader_role: RoleName = Field(
        "orchestrator-reader",
        description="In the management account; may assume the plan roles, and change nothing.",
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


class Approval(Frozen):
    """Who approves stored plans before they are applied."""

    required: bool = Field(False, description="Apply nothing but stored plans that are approved.")
    signers: dict[SignerName, PublicKey] = Field(
        {}, description="SSH public keys by name: 'ssh-ed25519 AAAA…'."
    )
    keys: dict[SignerName, KeyArn] = Field(
        {}, description="ARNs of KMS keys for signing, by name: 'arn:aws:kms:…:key/…'."
    )


class Mode(StrEnum):
    """Who configures Security Hub CSPM: its central configuration, policies of the organization,
    or every account's own stack. AWS lets the first two not be used together.
    """

    CENTRAL = "central"
    POLICY = "policy"
    LOCAL = "local"


class SecurityHubFacts(Frozen):
    """How Security Hub is run for the whole organization."""

    mode: Mode = Field(
        Mode.CENTRAL,
        description=(
            "Configured by the security account, by policies of the organization, or by each "
            "account's stack."
        ),
    )
    unified: bool = Field(
        False,
        description=(
            "Turn on the unified Security Hub beside Security Hub CSPM, by policies of the "
            "organization, in the governed regions. It is billed by itself."
        ),
    )


class GuardDuty(Frozen):
    """GuardDuty for the organization."""

    enabled: bool = True
    features: dict[str, bool] = Field(
        {"S3_DATA_EVENTS": True},
        description=(
            "What it watches besides, for a price, in the administrator's account and all members. "
            "The management account's detector begins with all but runtime monitoring, as AWS "
            "makes it, until its administrator turns that off."
        ),
    )


class AccessAnalyzer(Frozen):
    """IAM Access Analyzer for the organization."""

    enabled: bool = True


class LogArchive(Frozen):
    """The buckets of the log archive account; ages in days."""

    bucket_prefix: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]{1,40}$")]
    glacier_after: int = Field(90, ge=1, description="Days until logs move to Glacier.")
    expire_after: int = Field(2557, ge=1, description="Days until logs are deleted.")
    object_lock_days: int = Field(0, ge=0, description="0 means no object lock.")


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
    logs: LogFacts = LogFacts()
    blast_radius: BlastRadius = BlastRadius()
    control_tower: bool = Field(
        False, description="Whether AWS Control Tower makes the accounts, and says when."
    )
    approval: Approval = Approval()
    ci: Ci = Ci()
    remediation: RemediationFacts = RemediationFacts()
    runner: Runner = Runner()
