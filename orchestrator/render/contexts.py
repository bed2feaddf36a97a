"""What the templates of each stack see, and the files of account_configs/ that it comes from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from orchestrator.model.names import StackKey, StackName
from orchestrator.model.organization import Account, Organization
from orchestrator.render import arns, forwarding, organization_policies, routing, security_hub

ABOVE = 2
"""account_configs/ous is not an OU."""


def sources(organization: Organization, account: Account) -> tuple[str, ...]:
    """The files that hold for `account`, the outermost first."""
    file = PurePosixPath(organization.configured_at[account.id].file)
    folders = [folder for folder in reversed(file.parents) if len(folder.parts) > ABOVE]
    units = [f"{folder}/_ou.yaml" for folder in folders]
    return (f"{file.parts[0]}/organization.yaml", *units, str(file))


def of_bootstrap(organization: Organization) -> dict[str, object] | None:
    """As the module ci_roles says it; None where nobody's jobs may enter."""
    hub, lab = organization.facts.ci.github, organization.facts.ci.gitlab
    if hub is None and lab is None:
        return None
    providers = {"github": hub, "gitlab": lab}
    return {
        "github": hub and {hub.repository: {"branch": hub.branch, "environment": hub.environment}},
        "gitlab": lab and {lab.project: {"branch": lab.branch}},
        "gitlab_url": lab and lab.url,
        "approval_keys": sorted(organization.facts.approval.keys.values()),
        "made_elsewhere": [n for n, each in providers.items() if each and not each.make_provider],
    }


Context = dict[str, object]

ANALYZER, MALWARE = "access-analyzer.amazonaws.com", "malware-protection.guardduty.amazonaws.com"

DELEGATED = (
    ANALYZER,
    "config-multiaccountsetup.amazonaws.com",
    "config.amazonaws.com",
    "securitylake.amazonaws.com",
)
"""Services run for the organization from the security account. Security Hub and GuardDuty are,
too, but have calls of their own to say so."""

TRUSTED = frozenset(
    {
        *DELEGATED,
        "cloudtrail.amazonaws.com",
        "guardduty.amazonaws.com",
        "securityhub.amazonaws.com",
    }
)


def context(organization: Organization, key: StackKey) -> Context:
    """All that a template of the stack may name."""
    facts = organization.facts
    account = organization.named(key.account_name)
    return {
        "key": key,
        "organization": organization,
        "facts": facts,
        "home": facts.home_region,
        "state_key": arns.state_key(organization),
        "account": account,
        "sources": sources(organization, account),
        "tags": _tags(account),
        "boundary": arns.boundary(account),
        "remediation_boundary": arns.remediation_boundary(account),
        "remediation": facts.remediation if facts.remediation.enabled else None,
        "provided": _provided(organization, key, account),
        "drift_events": routing.drift_events_of(organization, account),
        "adopted": dict(sorted(organization.adopted.get(key, {}).items())),
        **OWN[key.stack](organization, account),
    }


def _provided(organization: Organization, key: StackKey, account: Account) -> tuple[str, ...]:
    """The regions with a provider: also those that are governed no more, because Terraform can
    destroy what is left in a region only for as long as it has a provider there.
    """
    home = organization.facts.home_region
    if key.stack is StackName.LOG_ARCHIVE:
        return tuple(dict.fromkeys((home, *organization.facts.logs.destinations)))
    if key.stack is StackName.BOOTSTRAP:
        return (home,)
    concerned = (account,) if key.stack is StackName.ACCOUNT else organization.accounts
    regions = (region for other in concerned for region in other.settings.regions)
    return tuple(dict.fromkeys((home, *regions)))


def _bootstrap(organization: Organization, _: Account) -> Context:
    return {
        "regions": (organization.facts.home_region,),
        "function_role": arns.FUNCTION,
        "ci": of_bootstrap(organization),
        "policy_types": organization_policies.types_of(organization),
        "workers": forwarding.of_bootstrap(organization),
        "drift_roles": routing.concerns(organization, organization.management),
        "log_roles": forwarding.permissions(organization, organization.management),
        "others": {
            alias: {
                "id": account.id,
                "tags": _tags(account),
                "drift_events": routing.concerns(organization, account),
                "logs": forwarding.permissions(organization, account),
            }
            for alias, account in (
                ("security", organization.security),
                ("log_archive", organization.log_archive),
            )
        },
    }


def _log_archive(organization: Organization, _: Account) -> Context:
    return {
        "regions": (organization.facts.home_region, *organization.facts.logs.destinations),
        **forwarding.of_archive(organization),
        "trail": _trail(organization),
    }


@dataclass(frozen=True, slots=True)
class Footing:
    """What the organization's stack makes for the others to stand on."""

    trusted: frozenset[str]
    delegated: Mapping[str, str]
    service_roles: tuple[str, ...]
    regions: tuple[str, ...]
    hubs: tuple[str, ...]


def footing(organization: Organization) -> Footing:
    regions = _governed(organization)
    hub = organization.management.settings.security_hub.enabled
    return Footing(
        _trusted(organization),
        dict.fromkeys(DELEGATED, organization.security.id),
        _service_roles(organization),
        regions,
        regions if hub else (),
    )


def _organization(organization: Organization, management: Account) -> Context:
    return {
        "regions": _governed(organization),
        "trusted": _trusted(organization),
        "service_roles": _service_roles(organization),
        "delegated": dict.fromkeys(DELEGATED, organization.security.id),
        "trail": _trail(organization),
        "log_bucket": f"{organization.facts.log_archive.bucket_prefix}-cloudtrail",
        "log_key": arns.log_archive_key(organization),
        "policy_types": organization_policies.types_of(organization),
        **security_hub.of_management(organization, management, _governed(organization)),
    }


def _trusted(organization: Organization) -> frozenset[str]:
    return TRUSTED | {MALWARE} if _scans_volumes(organization) else TRUSTED


def _service_roles(organization: Organization) -> tuple[str, ...]:
    """Services that look for a role of theirs in the management account.

    Source: AWS Organizations User Guide, "IAM Access Analyzer and AWS Organizations"; Amazon
    GuardDuty User Guide, "Service-linked role permissions for Malware Protection for EC2".
    """
    wanted = {
        ANALYZER: organization.facts.access_analyzer.enabled,
        MALWARE: _scans_volumes(organization),
    }
    return tuple(service for service, needed in wanted.items() if needed)


def _scans_volumes(organization: Organization) -> bool:
    guardduty = organization.facts.guardduty
    return guardduty.enabled and guardduty.features.get("EBS_MALWARE_PROTECTION", False)


def _security(organization: Organization, security: Account) -> Context:
    regions = _governed(organization)
    return {
        "regions": regions,
        "linked": regions[1:],
        "sources": (
            *sources(organization, security),
            "account_configs/controls/ and all of account_configs/ous/",
        ),
        **security_hub.of_organization(organization),
        **routing.of_security(organization),
        **forwarding.of_security(organization),
        "drift_queue": routing.anywhere(organization),
    }


def _account(organization: Organization, account: Account) -> Context:
    facts = organization.facts
    recorder = account.settings.config_recorder
    return {
        "regions": tuple(dict.fromkeys((facts.home_region, *account.regions))),
        "makes_roles": organization.makes_roles(account),
        "drift_roles": routing.concerns(organization, account),
        "log_roles": forwarding.permissions(organization, account),
        "log_forwarding": forwarding.of_account(organization, account),
        "reader": arns.role(organization.management, facts.access.reader_role),
        "runner": arns.role(organization.management, facts.access.runner_role),
        "log_bucket": f"{facts.log_archive.bucket_prefix}-config",
        "config_role": arns.config_role(account),
        "excluded_types": {name for name, excluded in recorder.excluded_types.items() if excluded},
        "global_region": _global_region(facts.home_region, account),
        **security_hub.of_account(organization, account),
        **routing.of_account(organization, account),
    }


def _tags(account: Account) -> dict[str, str]:
    return dict(sorted({**account.settings.tags, "managed-by": "orchestrator"}.items()))


def _governed(organization: Organization) -> tuple[str, ...]:
    """The home region first, then every region that some account governs."""
    regions = (region for account in organization.accounts for region in account.regions)
    return tuple(dict.fromkeys((organization.facts.home_region, *regions)))


def _global_region(home: str, account: Account) -> str | None:
    """Where IAM and its like are recorded: in one region, or each change counts many times."""
    return home if home in account.regions else next(iter(account.regions), None)


def _trail(organization: Organization) -> str:
    return f"{organization.facts.name}-organization"


OWN: Mapping[StackName, Callable[[Organization, Account], Context]] = {
    StackName.BOOTSTRAP: _bootstrap,
    StackName.LOG_ARCHIVE: _log_archive,
    StackName.ORGANIZATION: _organization,
    StackName.SECURITY: _security,
    StackName.ACCOUNT: _account,
}
"""What each stack's templates see beyond the common. `regions` are those of its providers."""
