"""What the templates see of logs on their way to the archive, and of workers on other machines."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.model.facts import SiemKind
from orchestrator.model.organization import (
    IN_ARCHIVE,
    IN_LAKE,
    SIEM,
    Account,
    Organization,
    archived,
    collected,
    destinations,
    left_out,
    searched,
    subscribed,
)
from orchestrator.model.settings import Collected, Forwarded, LogSource
from orchestrator.render import arns

EVERYWHERE = (
    "AccountDepartedOrganization",
    "AccountJoinedOrganization",
    "CloseAccountResult",
    "MoveAccount",
)
CONTROL_TOWER = (*EVERYWHERE, "CreateManagedAccount", "UpdateManagedAccount")
"""Control Tower says itself only that an account is enrolled."""
ORGANIZATIONS = (*EVERYWHERE, "CreateAccountResult")


def of_bootstrap(organization: Organization) -> dict[str, object] | None:
    """As the module runner says it; None where runs stay on one machine."""
    runner = organization.facts.runner
    if not runner.enabled:
        return None
    return {
        "account_events": sorted(
            CONTROL_TOWER if organization.facts.control_tower else ORGANIZATIONS
        ),
        "alarm_topic_arns": _chosen(runner.alarms),
        "cpu": runner.cpu,
        "detect_schedule": runner.detect or "",
        "drift_notify": _chosen(runner.notify),
        "drift_schedule": runner.schedule or "",
        "heartbeat_seconds": runner.heartbeat,
        "image": runner.image,
        "launch": runner.launch.value,
        "memory": runner.memory,
        "parallel": runner.parallel,
        "runner_role": organization.facts.access.runner_role,
        "security_group_ids": _chosen(runner.security_groups),
        "subnet_ids": _chosen(runner.subnets),
        "timezone": runner.timezone,
        "vend": runner.vend,
        "vpc_id": runner.vpc or "",
        "worker_role": runner.worker_role,
        "workers": runner.workers,
    }


def _chosen(those: Mapping[str, bool]) -> list[str]:
    return sorted(name for name, wanted in those.items() if wanted)


OF_VPCS = (LogSource.RESOLVER_QUERIES, LogSource.VPC_FLOW)


def of_account(organization: Organization, account: Account) -> dict[str, dict[str, object]]:
    """The arguments of the module in each governed region in which anything is forwarded."""
    found = {region: _region(organization, account, region) for region in account.regions}
    return {region: made for region, made in found.items() if made}


def of_archive(organization: Organization) -> dict[str, object]:
    """For the log archive's stack: destinations, and the queues that tell of new files."""
    logs = organization.facts.logs
    kinds = () if logs.lake.enabled else sorted(IN_ARCHIVE[name] for name in searched(logs))
    readers = {
        kind: arns.role(organization.security, f"{arns.pipeline(kind)}-pipeline") for kind in kinds
    }
    return {
        "destinations": destinations(logs),
        "reader_role": readers.pop(IN_ARCHIVE["CLOUD_TRAIL_MGMT"], ""),
        "log_readers": readers,
    }


def of_security(organization: Organization) -> dict[str, object]:
    """For the security account's stack: Security Lake, and what logs are searched in."""
    facts = organization.facts
    lake, siem, security = facts.logs.lake, facts.logs.siem, organization.security
    return {
        "lake": lake if lake.enabled else None,
        "lake_accounts": {account.id for account in organization.accounts},
        "lake_sources": collected(lake),
        "siem": siem if siem.kind is not SiemKind.NONE else None,
        "serverless": siem.kind is SiemKind.SERVERLESS,
        "siem_master": arns.role(security, siem.master_role or ""),
        "siem_readers": [arns.role(security, name) for name, on in siem.reader_roles.items() if on],
        "siem_clients": {network for network, on in siem.clients.items() if on},
        "siem_subnets": {subnet for subnet, on in siem.subnets.items() if on},
        "siem_lake": siem.kind is not SiemKind.NONE and lake.enabled,
        "siem_sources": searched(facts.logs),
        "siem_custom_sources": [name for name, on in siem.custom_sources.items() if on],
        "pipelines": _pipelines(organization),
        # An id is known only after the key is made; its own policy says who may use it for what.
        "archive_keys": f"arn:aws:kms:{facts.home_region}:{organization.log_archive.id}:key/*",
    }


def _pipelines(organization: Organization) -> list[dict[str, str]]:
    """One for the lake; or one for each kind of file in the archive, the first's bucket for all."""
    logs, prefix = organization.facts.logs, organization.facts.log_archive.bucket_prefix
    if logs.lake.enabled:
        return (
            [{"module": "siem_ingestion", "kind": "lake", "name": SIEM}] if searched(logs) else []
        )
    made = []
    for kind in sorted(IN_ARCHIVE[name] for name in searched(logs)):
        name = arns.pipeline(kind)
        made.append(
            {
                "module": f"siem_ingestion_{kind}" if kind else "siem_ingestion",
                "kind": kind or "cloudtrail",
                "name": name,
                "bucket": f"arn:aws:s3:::{prefix}-{'logs' if kind else 'cloudtrail'}",
                "queue": arns.archive_queue(organization, name),
                "queue_url": arns.archive_queue_url(organization, name),
            }
        )
    return made


def permissions(organization: Organization, account: Account) -> tuple[str, ...]:
    """What the orchestrator's roles in the account need to know of, in words of their module."""
    logs, forward = organization.facts.logs, account.settings.logs.forward
    archive, security = organization.log_archive.id, organization.security.id
    siem, lake = logs.siem.kind is not SiemKind.NONE, logs.lake.enabled
    needed = {
        "cloudwatch": forward.cloudwatch is Forwarded.ARCHIVE,
        "destination": account.id == archive and bool(logs.destinations),
        "lake": account.id == security and logs.lake.enabled,
        "resolver_queries": forward.resolver_queries is Collected.ARCHIVE,
        "siem": account.id == security and siem,
        "siem_lake": account.id == security and siem and lake,
        "siem_source": account.id == archive and siem and not lake,
        "vpc_flow": forward.vpc_flow is Collected.ARCHIVE,
    }
    return tuple(name for name, wanted in needed.items() if wanted)


def _region(organization: Organization, account: Account, region: str) -> dict[str, object]:
    logs, facts = account.settings.logs, organization.facts
    vpcs = {vpc for vpc, where in logs.vpcs.items() if where == region}
    sources = {IN_LAKE[source] for source in OF_VPCS if vpcs and archived(account, source)}
    to_archive = subscribed(organization, account, region)
    if not sources and not to_archive:
        return {}
    return {
        "archive_sources": sources,
        "bucket": f"arn:aws:s3:::{facts.log_archive.bucket_prefix}-logs" if sources else "",
        "destination": arns.log_destination(organization, region) if to_archive else "",
        "left_out": left_out(organization, account) if to_archive else (),
        "lake_sources": set(collected(facts.logs.lake)),
        "vpcs": vpcs if sources else set(),
    }
