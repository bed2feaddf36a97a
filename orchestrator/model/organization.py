"""The organization: its OUs and accounts, with everything that holds for them resolved.

That includes what stacks take over as it is (account_configs/adopted/), and who collects which log,
for rendering and for reports alike.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, NamedTuple

from pydantic import Field, StringConstraints

from orchestrator.model.facts import Facts, LakeFacts, LogFacts, SiemKind, Team
from orchestrator.model.hub_controls import HubControls, came_along
from orchestrator.model.names import AccountId, ControlId, OuPath, StackKey
from orchestrator.model.settings import (
    Collected,
    ControlDecision,
    ControlName,
    Forwarded,
    Frozen,
    LogSource,
    Name,
    Reason,
    Settings,
    Standard,
)
from orchestrator.model.waves import Wave

NAME = r"[A-Za-z_][A-Za-z0-9_-]*"
INSTANCE = r'(\["[^"\\$%\x00-\x1f]+"\]|\[[0-9]+\])?'
ADDRESS = rf"^(module\.{NAME}{INSTANCE}\.)*aws_[a-z0-9_]+\.{NAME}{INSTANCE}$"
"""An instance's address as Terraform prints it. Keys that Terraform would have to escape are left
out: nothing that stacks make has one."""

Address = Annotated[str, StringConstraints(pattern=ADDRESS, max_length=512)]
ImportId = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]+$", max_length=2048)]

Imports = Mapping[str, str]
"""Import ids by address."""


class Adopted(Frozen):
    """What one stack of the account takes over as it is."""

    imports: dict[Address, ImportId] = Field(
        description="Resources by Terraform's address, each with the id by which it is imported."
    )


def has_address(text: str) -> bool:
    """Whether an import block can be written for it."""
    return re.fullmatch(ADDRESS, text) is not None


class Quarantine(Frozen):
    """Why an account is set aside, who answers for it, and how long."""

    reason: Reason
    owner: Name = Field(description="A team.")
    until: date = Field(description="The last day on which it holds, in UTC, a year ahead at most.")

    def holds(self, today: date) -> bool:
        return today <= self.until

    def __str__(self) -> str:
        return f"set aside until {self.until} by {self.owner}: {self.reason}"


class Exemption(Frozen):
    """A named resource or account left alone by a control until a date."""

    control: ControlName
    accounts: list[str] = Field([], description="Names or globs; none means every account.")
    resources: list[str] = Field([], description="ARN globs; none means every resource.")
    tags: dict[str, str] = {}
    owner: Name
    reason: Reason
    ticket: str
    expires: date = Field(
        description="The last day on which it holds, in UTC, a year ahead at most."
    )


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
    quarantine: Quarantine | None = None
    """As it is written down; what has run out holds no more."""

    def set_aside(self, today: date) -> Quarantine | None:
        """Why rollouts leave the account alone; None if they do not."""
        held = self.quarantine
        return held if held and held.holds(today) else None

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
    configured_at: Mapping[AccountId, Place] = field(default_factory=dict)
    """Where each account is written down."""
    adopted: Mapping[StackKey, Imports] = field(default_factory=dict)
    """What stacks take over as it is."""
    hub_controls: HubControls = field(default_factory=came_along)
    """Every control that Security Hub lists."""

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


IN_LAKE = {
    LogSource.CLOUDTRAIL: "CLOUD_TRAIL_MGMT",
    LogSource.EKS_AUDIT: "EKS_AUDIT",
    LogSource.LAMBDA_EXECUTION: "LAMBDA_EXECUTION",
    LogSource.RESOLVER_QUERIES: "ROUTE53",
    LogSource.S3_DATA: "S3_DATA",
    LogSource.SECURITY_HUB: "SH_FINDINGS",
    LogSource.VPC_FLOW: "VPC_FLOW",
    LogSource.WAF: "WAF",
}
"""What Security Lake calls a source; CloudWatch Logs it does not collect."""


def destinations(logs: LogFacts) -> tuple[str, ...]:
    """The regions in which the log archive takes what CloudWatch Logs receives."""
    return tuple(region for region, on in logs.destinations.items() if on)


def collected(lake: LakeFacts) -> tuple[str, ...]:
    """What Security Lake collects in every account."""
    return tuple(sorted(s for s, on in lake.sources.items() if on)) if lake.enabled else ()


SIEM = "orchestrator-siem"
"""What the domain or collection is called, its first pipeline, and that one's queue."""
IN_ARCHIVE = {"CLOUD_TRAIL_MGMT": "", "ROUTE53": "resolver", "VPC_FLOW": "flow"}
"""What pipelines read of the archive's buckets, in Security Lake's words, and how each ends."""


def searched(logs: LogFacts) -> tuple[str, ...]:
    """What the domain or collection is fed with, in Security Lake's words."""
    said = {str(source): on for source, on in logs.siem.sources.items()}
    if logs.siem.kind is SiemKind.NONE:
        return ()
    if logs.lake.enabled:
        return tuple(name for name in collected(logs.lake) if said.get(name, True))
    return tuple(name for name in IN_ARCHIVE if said.get(name, name == "CLOUD_TRAIL_MGMT"))


def pipelines(logs: LogFacts) -> tuple[str, ...]:
    """One for all of Security Lake, or one for each kind of file in the archive."""
    if logs.lake.enabled:
        return (SIEM,) if searched(logs) else ()
    return tuple(f"{SIEM}-{IN_ARCHIVE[name]}".rstrip("-") for name in searched(logs))


def archived(account: Account, source: LogSource) -> bool:
    """Whether the account's own stack delivers traffic or name queries to the archive."""
    forward = account.settings.logs.forward
    chosen = {
        LogSource.RESOLVER_QUERIES: forward.resolver_queries,
        LogSource.VPC_FLOW: forward.vpc_flow,
    }
    return chosen.get(source) is Collected.ARCHIVE


def subscribed(organization: Organization, account: Account, region: str) -> bool:
    """Whether what CloudWatch Logs receives there goes to the archive."""
    wanted = account.settings.logs.forward.cloudwatch is Forwarded.ARCHIVE
    return wanted and region in destinations(organization.facts.logs)


def left_out(organization: Organization, account: Account) -> tuple[str, ...]:
    """Log groups that are not forwarded: by choice, or because the lake has the same logs."""
    logs = account.settings.logs
    chosen = {name for name, out in logs.excluded_log_groups.items() if out}
    if "EKS_AUDIT" in collected(organization.facts.logs.lake):
        named = (name for name, there in logs.eks_clusters.items() if there)
        chosen |= {f"/aws/eks/{name}/cluster" for name in named}
    return tuple(sorted(chosen))
