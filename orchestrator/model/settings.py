"""What every layer of account_configs/ may set, and what holds where no layer sets it.

The resolved settings of an account are complete. A layer (organization.yaml, an `_ou.yaml`, an
account's file) states any part of them; `config` derives the shape of a layer, and the JSON Schema
for editors, from these classes alone.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=64)]
Region = Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]$")]
ControlName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]+\.[0-9]+$")]
Reason = Annotated[str, StringConstraints(min_length=10)]
ResourceType = Annotated[str, StringConstraints(pattern=r"^aws_[a-z0-9_]+$")]
LogGroup = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._/#-]{1,512}$")]
ClusterName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$")]
VpcId = Annotated[str, StringConstraints(pattern=r"^vpc-([0-9a-f]{8}|[0-9a-f]{17})$")]
Days = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{0,2}d$")]
RunbookName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.-]{3,128}$")]


class Frozen(BaseModel):
    """A value that came through the door: complete, checked, not to be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=False)


class DecisionKind(StrEnum):
    """What the organization does about a control."""

    DISABLE = "disable"
    DETECT = "detect"
    REMEDIATE = "remediate"


class Standard(StrEnum):
    """Security Hub's standards, by short names; the render package knows their ARNs."""

    AWS_FOUNDATIONAL = "aws_foundational"
    CIS_1_2 = "cis_1_2"
    CIS_1_4 = "cis_1_4"
    CIS_3_0 = "cis_3_0"
    CIS_5_0 = "cis_5_0"
    AI_SECURITY = "ai_security"
    NIST_800_53 = "nist_800_53"
    NIST_800_171 = "nist_800_171"
    PCI_DSS_3_2 = "pci_dss_3_2"
    PCI_DSS_4_0 = "pci_dss_4_0"
    RESOURCE_TAGGING = "resource_tagging"


def days(text: str | None) -> int:
    """'14d' as a number; 0 where nothing is said."""
    return int(text.removesuffix("d")) if text else 0


class TagDecision(Frozen):
    """The decision for those resources of a control that carry all of some tags."""

    tags: dict[str, str] = Field(description="All of these; values may be globs.", min_length=1)
    decision: DecisionKind
    reason: Reason
    decided_by: Name = Field(description="A team.")
    decided_on: date
    review_by: date = Field(description="When the decision is looked at again.")


class When(Frozen):
    """What must be so at the moment of a fix; else nothing is fixed, and the team is told."""

    unused_for: Days = Field(description="Logs show no use for so long: 30d.")


class ControlDecision(Frozen):
    """The decision for one control, with who took it and when it is looked at again."""

    decision: DecisionKind
    reason: Reason
    decided_by: Name = Field(description="A team.")
    decided_on: date
    review_by: date = Field(description="When the decision is looked at again.")
    parameters: dict[str, str | int | bool | list[str]] = Field(
        {}, description="The control's parameters, by the names Security Hub gives them."
    )
    force: bool = Field(
        False, description="Fix also what Terraform or CloudFormation owns, and would put back."
    )
    runbook: RunbookName | None = Field(
        None, description="An SSM runbook of AWS that fixes it instead of the built-in remediation."
    )
    when: When | None = Field(
        None, description="Fix only what logs show nobody uses; what they cannot tell is not fixed."
    )
    after: Days | None = Field(
        None, description="Fix only so long after the team was first told: 14d."
    )
    by_tag: dict[Name, TagDecision] = Field(
        {},
        description="For resources with certain tags; if several fit, the most careful holds.",
    )


class SecurityHub(Frozen):
    """Security Hub in an account: on or off, standards, and decisions that deviate here."""

    enabled: bool = True
    standards: dict[Standard, bool] = Field(
        {Standard.AWS_FOUNDATIONAL: True}, description="False turns a standard off."
    )
    controls: dict[ControlName, ControlDecision] = Field(
        {}, description="Decisions that differ here from those in controls/."
    )


class RecordingFrequency(StrEnum):
    CONTINUOUS = "continuous"
    DAILY = "daily"


class ConfigRecorder(Frozen):
    """AWS Config, without which Security Hub's controls see nothing."""

    enabled: bool = True
    frequency: RecordingFrequency = Field(
        RecordingFrequency.CONTINUOUS, description="Daily costs less and finds out later."
    )
    excluded_types: dict[str, bool] = Field({}, description="Resource types not recorded.")


class PasswordPolicy(Frozen):
    """For IAM users; lengths in characters, ages in days."""

    minimum_length: int = Field(14, ge=8, le=128)
    maximum_age: int = Field(90, ge=0, le=1095, description="0 means they do not expire.")
    reuse_prevention: int = Field(24, ge=0, le=24, description="Earlier passwords not allowed.")


class Baseline(Frozen):
    """What is closed in every account."""

    s3_public_access_block: bool = Field(True, description="For all buckets of the account.")
    ebs_encryption: bool = Field(True, description="New volumes are encrypted by default.")
    imdsv2: bool = Field(True, description="New instances answer IMDSv2 only, by default.")
    password_policy: PasswordPolicy = PasswordPolicy()


class Severity(StrEnum):
    """checkov's severities, from the least to the worst."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


class Limits(Frozen):
    """How much one plan may do to one stack."""

    destroys: int = Field(0, ge=0, description="Resources destroyed or forgotten.")
    replaces: int = Field(0, ge=0, description="Resources destroyed and made anew.")
    changes: int = Field(200, ge=0, description="Resources changed in any way.")


class FailOn(Frozen):
    """Which violations stop a plan: from a severity on, and by check id at any severity."""

    severity: Severity = Field(Severity.HIGH, description="This severity and worse.")
    checks: dict[str, bool] = Field({}, description="These checks, at any severity.")


class Skip(Frozen):
    """A violation that does not count, until a date."""

    check: str = Field(description="checkov's id, such as CKV_AWS_144.")
    resource: str = Field("*", description="Glob over the resource's address.")
    owner: Name
    reason: Reason
    expires: date = Field(
        description="The last day on which it holds, in UTC, a year ahead at most."
    )


class Gate(Frozen):
    """May a plan be applied?"""

    limits: Limits = Limits()
    protected: dict[ResourceType, bool] = Field(
        {},
        description="Resource types that no limit lets a plan destroy or replace.",
    )
    fail_on: FailOn = FailOn()
    skips: dict[Name, Skip] = {}


class DriftRule(Frozen):
    """Some drift that is known beforehand, and who answers for what becomes of it."""

    address: str = Field(description="Glob over the resource's address.")
    attributes: list[str] = Field(
        description="Globs over its attributes; ['*'] covers a resource that is gone, too.",
        min_length=1,
    )
    owner: Name
    reason: Reason
    expires: date = Field(
        description="The last day on which it holds, in UTC, a year ahead at most."
    )


class Suppression(DriftRule):
    """Drift that does not count, until a date."""


class Reconciliation(DriftRule):
    """Drift that `drift --reconcile` puts right without asking, until a date."""


class Drift(Frozen):
    """What is seen as a change made outside of Terraform, and what is done about it."""

    suppressions: dict[Name, Suppression] = {}
    reconcile: dict[Name, Reconciliation] = {}


class DriftEvents(Frozen):
    """Changes made by hand, reported as they happen and not only by the next drift check."""

    enabled: bool = Field(
        False, description="Forward calls that change what stacks manage to the security account."
    )


class Collected(StrEnum):
    """Where the logs of a source go."""

    ARCHIVE = "archive"
    LAKE = "lake"
    NONE = "none"


class Forwarded(StrEnum):
    """The same for what Security Lake does not collect."""

    ARCHIVE = "archive"
    NONE = "none"


class LogSource(StrEnum):
    """What is measured to estimate what logs cost."""

    CLOUDWATCH = "cloudwatch"
    EKS_AUDIT = "eks_audit"
    LAMBDA_EXECUTION = "lambda_execution"
    RESOLVER_QUERIES = "resolver_queries"
    S3_DATA = "s3_data"
    SECURITY_HUB = "security_hub"
    CLOUDTRAIL = "cloudtrail"
    VPC_FLOW = "vpc_flow"
    WAF = "waf"


class LogForwarding(Frozen):
    """Where each of the account's logs go."""

    cloudwatch: Forwarded = Field(
        Forwarded.NONE, description="What CloudWatch Logs receives: every log group, new ones too."
    )
    resolver_queries: Collected = Field(
        Collected.NONE, description="Names that the VPCs ask for: Route 53 Resolver's query logs."
    )
    vpc_flow: Collected = Field(Collected.NONE, description="Traffic of the VPCs: flow logs.")


class Logs(Frozen):
    """Which logs leave the account, and where to."""

    forward: LogForwarding = LogForwarding()
    excluded_log_groups: dict[LogGroup, bool] = Field(
        {}, description="Log groups that are not forwarded, by their whole names."
    )
    eks_clusters: dict[ClusterName, bool] = Field(
        {}, description="Clusters whose audit logs would come twice where the lake collects them."
    )
    vpcs: dict[VpcId, Region] = Field({}, description="VPCs whose logs are forwarded, by region.")
    volumes: dict[LogSource, Annotated[float, Field(ge=0)]] = Field(
        {}, description="Gigabytes a month of each source, to estimate what logs cost."
    )


class Settings(Frozen):
    """All that may be set for the organization, an OU or an account."""

    team: Name = Field(description="The team that owns the account; a key of teams.yaml.")
    tags: dict[str, str] = Field({}, description="On every resource that can carry tags.")
    regions: dict[Region, bool] = Field(description="Governed regions; false leaves one out.")
    security_hub: SecurityHub = SecurityHub()
    config_recorder: ConfigRecorder = ConfigRecorder()
    baseline: Baseline = Baseline()
    gate: Gate = Gate()
    drift: Drift = Drift()
    drift_events: DriftEvents = DriftEvents()
    logs: Logs = Logs()
