"""Who collects which log: what follows from the settings, for rendering and for reports alike."""

from __future__ import annotations

from orchestrator.model.facts import LakeFacts, LogFacts
from orchestrator.model.organization import Account, Organization
from orchestrator.model.settings import Collected, Forwarded, LogSource

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
