"""The organization as such: what it trusts, who administers what, and who is in it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial

from orchestrator.adapters.aws.conformance.account import NO_HUB
from orchestrator.adapters.aws.conformance.checks import Aws
from orchestrator.adapters.aws.imports.account import LINKED_ROLES
from orchestrator.adapters.aws.imports.wanted import or_none
from orchestrator.adapters.aws.inventory import AwsInventory
from orchestrator.adapters.aws.preflight.accounts import Quota, granted
from orchestrator.adapters.aws.preflight.probes import NEXT_APPLY, PreflightContext, Probes
from orchestrator.model.inventory import Member, Standing
from orchestrator.model.organization import Account
from orchestrator.model.preflight import Found, in_the_way, missing, ok, unknown

SECURITY = "organization.accounts.security"
QUARANTINE = "quarantine"
OF_ACCOUNTS = Quota("organizations", "L-E619E033", 10)
QUOTAS = "us-east-1"
"""Where AWS keeps the quotas of Organizations."""


def probes(context: PreflightContext) -> Probes:
    aws, wanted = context.aws, context.wanted
    yield "the organization", partial(identity, context)
    for service in sorted(wanted.trusted):
        yield f"trusted access of {service}", partial(trust, aws, service)
    for service, account in sorted(wanted.delegated.items()):
        yield f"administrator of {service}", partial(delegate, aws, service, account)
    security = context.organization.security.id
    for region in wanted.regions:
        what = f"{region}: administrator of Security Hub"
        yield what, partial(own_administrator, aws, "securityhub", region, "AccountId", security)
        if context.organization.facts.guardduty.enabled:
            what = f"{region}: administrator of GuardDuty"
            yield (
                what,
                partial(own_administrator, aws, "guardduty", region, "AdminAccountId", security),
            )


def members(context: PreflightContext, inventory: AwsInventory) -> Probes:
    """Each declared account, as Organizations has it, and whether those it lacks can come."""
    found: list[tuple[Member, ...]] = []

    def known() -> dict[str, Member]:
        if not found:
            found.append(inventory.members())
        return {each.id: each for each in found[0]}

    def standing(account: Account) -> Found:
        return member(context, account, known().get(account.id))

    yield "room for accounts", lambda: room(context.aws, context.accounts, known())
    for account in context.accounts:
        yield account.name, partial(standing, account)


def identity(context: PreflightContext) -> Found:
    organization = context.aws.call("organizations", "DescribeOrganization")["Organization"]
    facts = context.organization.facts
    if organization["Id"] != facts.id:
        fix = "use credentials of the organization's management account, or correct the id"
        return in_the_way(
            f"these credentials belong to {organization['Id']}", fix, "organization.id"
        )
    management = context.organization.management.id
    if organization["MasterAccountId"] != management:
        says = f"the management account is {organization['MasterAccountId']}"
        return in_the_way(says, "correct it", "organization.accounts.management")
    if organization["FeatureSet"] != "ALL":
        return in_the_way(
            "it has consolidated billing alone",
            "enable all features: aws organizations enable-all-features",
        )
    return ok()


def trust(aws: Aws, service: str) -> Found:
    """Source: Organizations API Reference, ListAWSServiceAccessForOrganization."""
    operation, key = "ListAWSServiceAccessForOrganization", "EnabledServicePrincipals"
    found = {each["ServicePrincipal"] for each in aws.pages("organizations", operation, key)}
    return ok() if service in found else missing("it is not enabled", NEXT_APPLY)


def delegate(aws: Aws, service: str, account: str) -> Found:
    operation, key = "ListDelegatedAdministrators", "DelegatedAdministrators"
    found = [
        each["Id"] for each in aws.pages("organizations", operation, key, ServicePrincipal=service)
    ]
    return _administrator(found, account, service)


def own_administrator(aws: Aws, service: str, region: str, key: str, account: str) -> Found:
    """Of Security Hub and GuardDuty, who keep their own, region by region."""
    operation = "ListOrganizationAdminAccounts"
    found = [each[key] for each in aws.pages(service, operation, "AdminAccounts", region)]
    return _administrator(found, account, service)


def _administrator(found: list[str], account: str, service: str) -> Found:
    if not found:
        return missing("none", NEXT_APPLY)
    if account in found:
        return ok(account)
    fix = f"name that account there, or take {service} from it in the management account"
    return in_the_way(f"it is {', '.join(sorted(found))}, not {account}", fix, SECURITY)


def room(aws: Aws, declared: Sequence[Account], known: Collection[str]) -> Found:
    """Whether the declared accounts that AWS does not know can be made, or invited.

    Closed accounts count until they are gone. Policies attached to a target, the depth of OUs and
    delegated administrators have quotas, too, which no stack comes near: it attaches none, the
    OUs of account_configs/ nest as AWS lets them, and who administers a service is asked above.
    Source: AWS Organizations User Guide, "Quotas and service limits".
    """
    lacking = [account.name for account in declared if account.id not in known]
    if not lacking:
        return ok(f"{len(known)} accounts, all that are declared among them")
    limit = granted(aws, QUOTAS, OF_ACCOUNTS)
    if len(known) + len(lacking) <= limit:
        return ok(f"{len(known)} accounts of {limit}; to come: {', '.join(lacking)}")
    fix = (
        f"ask Service Quotas, in {QUOTAS} of the management account, for more; or take the files "
        "away of accounts that are not to be made: orchestrator accounts"
    )
    says = f"{len(known)} accounts of {limit}: no room for {', '.join(lacking)}"
    return in_the_way(says, fix, "account.id")


def member(context: PreflightContext, account: Account, seen: Member | None) -> Found:
    """Whether it is open, and in the OU that the configuration says."""
    if seen is None:
        return in_the_way(
            "AWS Organizations does not know it",
            f"take its file away: orchestrator accounts; or correct the id {account.id}",
            "account.id",
        )
    if seen.standing is not Standing.ACTIVE:
        fix = f"set it aside, or offboard it: orchestrator offboard {account.name}"
        return in_the_way(f"it is {seen.standing}", fix, QUARANTINE)
    units = {unit.path: unit.id for unit in context.organization.units}
    declared = units.get(account.ou)
    if declared and seen.parent != declared:
        says = f"it is below {seen.parent}, declared below {declared}"
        return in_the_way(says, "move its file to that OU's folder, or move the account back")
    return ok()


TRAILS = 5
"""In a region, those of other regions and of the organization included.

Source: AWS CloudTrail User Guide, "Quotas in AWS CloudTrail".
"""
ADOPT = "it is taken over by: orchestrator adopt stack:organization"


def management_checks(context: PreflightContext) -> Probes:
    aws, wanted = context.aws, context.wanted
    for service in wanted.service_roles:
        yield f"service-linked role of {service}", partial(linked_role, aws, service)
    for region in wanted.hubs:
        yield f"{region}: Security Hub", partial(hub, aws, region)
    for region in wanted.regions if context.organization.facts.guardduty.enabled else ():
        yield f"{region}: GuardDuty", partial(detector, aws, region)
    name = f"{context.organization.facts.name}-organization"
    home = context.organization.facts.home_region
    yield f"{home}: CloudTrail", partial(trails, aws, home, name)


def linked_role(aws: Aws, service: str) -> Found:
    """Source: the services' user guides, "Using service-linked roles"."""
    name = LINKED_ROLES.get(service)
    if name is None:
        return unknown("its name is not known", "look into IAM")
    role = f"AWSServiceRoleFor{name}"
    answer = or_none(lambda: aws.call("iam", "GetRole", RoleName=role), "NoSuchEntity")
    return ok() if answer else missing("it is not there", NEXT_APPLY)


def hub(aws: Aws, region: str) -> Found:
    answer = or_none(lambda: aws.call("securityhub", "DescribeHub", region), *NO_HUB)
    return ok(f"it is on; if by hand, {ADOPT}") if answer else missing("it is off", NEXT_APPLY)


def detector(aws: Aws, region: str) -> Found:
    found = aws.pages("guardduty", "ListDetectors", "DetectorIds", region)
    return ok(f"it is on; if by hand, {ADOPT}") if found else missing("it is off", NEXT_APPLY)


def trails(aws: Aws, region: str, ours: str) -> Found:
    found = [each["Name"] for each in aws.call("cloudtrail", "DescribeTrails", region)["trailList"]]
    if ours in found:
        return ok(f"the trail '{ours}' is there")
    if len(found) >= TRAILS:
        fix = "delete one that the organization's trail makes needless; AWS raises this quota not"
        return in_the_way(f"{len(found)} trails of {TRAILS}: {', '.join(sorted(found))}", fix)
    return missing(f"{len(found)} trails of {TRAILS}", NEXT_APPLY)
