"""How the orchestrator enters accounts, where it keeps states, and who approves."""

from __future__ import annotations

from pydantic import Field

from orchestrator.model.facts.names import BucketName, KeyArn, PublicKey, RoleName, SignerName
from orchestrator.model.settings import Frozen, Name


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
