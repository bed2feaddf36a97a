"""What is true of the organization as a whole, of its teams, and how both are written."""

from orchestrator.model.facts.access import Access, Approval, BlastRadius, SpecialAccounts, State
from orchestrator.model.facts.ci import Ci, GitHub, GitLab
from orchestrator.model.facts.facts import Facts
from orchestrator.model.facts.logs import (
    LakeFacts,
    LakeSource,
    LogFacts,
    SiemFacts,
    SiemKind,
    SiemSizing,
)
from orchestrator.model.facts.names import (
    BucketName,
    ChatId,
    Email,
    KeyArn,
    OrganizationId,
    OuId,
    PublicKey,
    RoleName,
    RootEmail,
    RootId,
    SecretName,
    SignerName,
    TwelveDigits,
    Url,
)
from orchestrator.model.facts.remediation import (
    CircuitBreaker,
    Language,
    RemediationBudgets,
    RemediationFacts,
)
from orchestrator.model.facts.runner import Launch, Runner
from orchestrator.model.facts.services import (
    AccessAnalyzer,
    GuardDuty,
    LogArchive,
    Mode,
    SecurityHubFacts,
)
from orchestrator.model.facts.teams import Chat, ChatPlatform, Notify, Team, Webhook

__all__ = [
    "Access",
    "AccessAnalyzer",
    "Approval",
    "BlastRadius",
    "BucketName",
    "Chat",
    "ChatId",
    "ChatPlatform",
    "Ci",
    "CircuitBreaker",
    "Email",
    "Facts",
    "GitHub",
    "GitLab",
    "GuardDuty",
    "KeyArn",
    "LakeFacts",
    "LakeSource",
    "Language",
    "Launch",
    "LogArchive",
    "LogFacts",
    "Mode",
    "Notify",
    "OrganizationId",
    "OuId",
    "PublicKey",
    "RemediationBudgets",
    "RemediationFacts",
    "RoleName",
    "RootEmail",
    "RootId",
    "Runner",
    "SecretName",
    "SecurityHubFacts",
    "SiemFacts",
    "SiemKind",
    "SiemSizing",
    "SignerName",
    "SpecialAccounts",
    "State",
    "Team",
    "TwelveDigits",
    "Url",
    "Webhook",
]
