"""What is true of the organization as a whole."""

from __future__ import annotations

from pydantic import Field

from orchestrator.model.facts.access import Access, Approval, BlastRadius, SpecialAccounts, State
from orchestrator.model.facts.ci import Ci
from orchestrator.model.facts.logs import LogFacts
from orchestrator.model.facts.names import OrganizationId, RootId
from orchestrator.model.facts.remediation import RemediationFacts
from orchestrator.model.facts.runner import Runner
from orchestrator.model.facts.services import (
    AccessAnalyzer,
    GuardDuty,
    LogArchive,
    SecurityHubFacts,
)
from orchestrator.model.settings import Frozen, Name, Region


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
