"""What each account has in the way: recorders, closed regions, and AWS's quotas.

A quota is what AWS has granted, else what every account starts with.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from orchestrator.adapters.aws.conformance.checks import Aws
from orchestrator.adapters.aws.imports.wanted import or_none
from orchestrator.adapters.aws.preflight.probes import PreflightContext, Probes, check, not_known
from orchestrator.adapters.aws.transport import Refused
from orchestrator.errors import AwsDenied
from orchestrator.model.facts import Mode
from orchestrator.model.organization import Account
from orchestrator.model.preflight import Check, Found, in_the_way, ok
from orchestrator.model.settings import Standard
from orchestrator.model.standards import undecided


@dataclass(frozen=True, slots=True)
class Quota:
    """A quota as Service Quotas calls it, and what an account starts with."""

    service: str
    code: str
    default: int


def granted(aws: Aws, region: str, quota: Quota, default: int | None = None) -> int:
    """The value in force; AWS keeps none of its own for some quotas that were never raised.

    Source: Service Quotas API Reference, GetServiceQuota and ListServiceQuotas.
    """
    answer = or_none(
        lambda: aws.call(
            "service-quotas",
            "GetServiceQuota",
            region,
            ServiceCode=quota.service,
            QuotaCode=quota.code,
        ),
        "NoSuchResourceException",
    )
    return int(answer["Quota"]["Value"]) if answer else default or quota.default


OURS = ("findings", "orchestrator-")
"""How the names of our rules begin, and those of our buses."""
RULES = 10
"""More than the stacks of one account make on the default bus of a region."""
BUSES = 2
"""Those of findings and of calls, both in the security account."""
OF_RULES, OF_BUSES = Quota("events", "L-244521F2", 300), Quota("events", "L-658A4FD9", 100)
FEWER = {"af-south-1": 100, "eu-south-1": 100}
"""Rules of a bus, where AWS starts with fewer. Source: as of the module."""


def bus_probes(context: PreflightContext, account: Account, aws: Aws) -> Probes:
    for region, setting in _concerned(context, account).items():
        yield f"{region}: EventBridge's rules", partial(rules, aws, region, setting)
    if account == context.organization.security:
        home = context.organization.facts.home_region
        yield f"{home}: EventBridge's buses", partial(buses, aws, home)


def _concerned(context: PreflightContext, account: Account) -> Mapping[str, str]:
    """Each region with our rules on its default bus, and the setting that wants them."""
    declared, facts = context.organization, context.organization.facts
    wanted: dict[str, str] = {}
    if account == declared.security:
        wanted[facts.home_region] = ""
    if account == declared.management and facts.runner.enabled and facts.runner.vend:
        wanted[facts.home_region] = "organization.runner.vend"
    if account.settings.drift_events.enabled:
        wanted = dict.fromkeys(account.regions, "drift_events.enabled") | wanted
    return wanted


def rules(aws: Aws, region: str, setting: str) -> Found:
    """Without ours, which the applies only change."""
    names = [each["Name"] for each in aws.pages("events", "ListRules", "Rules", region)]
    others = [name for name in names if not name.startswith(OURS)]
    limit = granted(aws, region, OF_RULES, FEWER.get(region))
    if len(others) + RULES <= limit:
        return ok(f"{len(others)} rules of others, of {limit}")
    fix = "delete rules that are not needed, or ask Service Quotas for more, in that region"
    return in_the_way(f"{len(others)} rules of others on the default bus, of {limit}", fix, setting)


def buses(aws: Aws, region: str) -> Found:
    others = sum(not name.startswith(("default", *OURS)) for name in _buses(aws, region))
    limit = granted(aws, region, OF_BUSES)
    if others + BUSES <= limit:
        return ok(f"{others} buses of others, of {limit}")
    fix = "delete buses that are not needed, or ask Service Quotas for more, in that region"
    return in_the_way(f"{others} buses of others, of {limit}", fix)


def _buses(aws: Aws, region: str) -> Iterator[str]:
    """botocore does not know how this list goes on."""
    more: dict[str, str] = {}
    while True:
        answer = aws.call("events", "ListEventBuses", region, **more)
        yield from (each["Name"] for each in answer["EventBuses"])
        if not answer.get("NextToken"):
            return
        more = {"NextToken": answer["NextToken"]}


ENTRY = "organization.access.entry_role"
RECORDER = "config_recorder.enabled"
MODE, STANDARDS = "organization.security_hub.mode", "security_hub.standards"
CONCURRENCY = "organization.remediation.concurrency"
UNRESERVED = 10
"""Executions that must stay free. Source: AWS Lambda Developer Guide, "Configuring reserved
concurrency"; for new accounts aws-samples/one-observability-demo, issue 278."""
ROOM = {"Roles": 30, "Policies": 30}
"""More than the stacks of one account make, of either."""
NOT_YET = frozenset(
    {"InvalidAccessException", "AccessDeniedException", "ResourceNotFoundException"}
)
"""Security Hub's words to an account that does not administer it yet."""
NOT_KNOWN = frozenset({"AuthFailure", "InvalidClientTokenId", "UnrecognizedClientException"})
"""What a region that is not enabled says to the account's keys."""


def of(context: PreflightContext, account: Account) -> Iterator[Check]:
    """All checks of one account; only the first if it refuses every role."""
    try:
        aws = context.enter(account)
    except AwsDenied as denied:
        yield Check(account.name, "can be entered", _closed(context, denied))
        return
    yield Check(account.name, "can be entered", ok())
    for what, probe in probes(context, account, aws):
        yield check(account.name, what, probe)


def _closed(context: PreflightContext, denied: AwsDenied) -> Found:
    """Refused is an answer; out of reach is none."""
    if not isinstance(denied, Refused) or "AccessDenied" not in denied.code:
        return not_known(denied)
    role = context.organization.facts.access.entry_role
    fix = (
        f"make the role '{role}' there, trusting the management account, or name the role that is "
        "there; if you are not an administrator: orchestrator preflight --policy"
    )
    return in_the_way(f"'{role}' cannot be assumed", fix, ENTRY)


def probes(context: PreflightContext, account: Account, aws: Aws) -> Probes:
    home = context.organization.facts.home_region
    regions = tuple(dict.fromkeys((home, *account.regions)))
    yield "regions", partial(opted_in, aws, account.id, regions)
    yield "IAM's quotas", partial(room, aws)
    if account.settings.config_recorder.enabled:
        for region in account.regions:
            yield f"{region}: AWS Config's recorder", partial(recorder, aws, region)
            yield f"{region}: AWS Config's channel", partial(channel, aws, region)
    yield from bus_probes(context, account, aws)
    if context.organization.facts.security_hub.mode is not Mode.LOCAL:
        decided = account.settings.security_hub.standards
        for region in account.regions if account.settings.security_hub.enabled else ():
            yield f"{region}: standards", partial(standards, aws, region, decided)
    if account == context.organization.security:
        yield from _of_security(context, aws)


def _of_security(context: PreflightContext, aws: Aws) -> Probes:
    facts = context.organization.facts
    if facts.remediation.enabled:
        wanted = facts.remediation.concurrency or 0
        yield f"{facts.home_region}: Lambda", partial(executions, aws, facts.home_region, wanted)
    if facts.security_hub.mode is Mode.CENTRAL:
        yield f"{facts.home_region}: central configuration", partial(central, aws)


def opted_in(aws: Aws, account_id: str, regions: tuple[str, ...]) -> Found:
    """Asked in the first of `regions`, where a session is worth nothing unless it is enabled.

    Source: Amazon EC2 API Reference, DescribeRegions; AWS Account Management Reference Guide,
    "Enable or disable AWS Regions in your account".
    """
    try:
        found = aws.call("ec2", "DescribeRegions", AllRegions=True)["Regions"]
    except Refused as refusal:
        if refusal.code not in NOT_KNOWN:
            raise
        return _not_enabled(account_id, regions[:1])
    off = {each["RegionName"] for each in found if each["OptInStatus"] == "not-opted-in"}
    closed = sorted(off.intersection(regions))
    return _not_enabled(account_id, closed) if closed else ok(", ".join(regions))


def _not_enabled(account_id: str, closed: Sequence[str]) -> Found:
    command = f"aws account enable-region --account-id {account_id} --region-name {closed[0]}"
    fix = (
        f"in the management account, which leaves --account-id out for itself: {command}; "
        "or govern no account there"
    )
    return in_the_way(f"not enabled: {', '.join(closed)}", fix, "regions")


def room(aws: Aws) -> Found:
    """Source: IAM API Reference, GetAccountSummary."""
    summary = aws.call("iam", "GetAccountSummary")["SummaryMap"]
    full = [
        f"{summary[kind]} {kind.lower()} of {summary[f'{kind}Quota']}"
        for kind, needed in ROOM.items()
        if summary[kind] + needed > summary[f"{kind}Quota"]
    ]
    if not full:
        return ok()
    fix = "delete what is not used, or ask Service Quotas, in us-east-1, for more"
    return in_the_way(", ".join(full), fix)


def recorder(aws: Aws, region: str) -> Found:
    found = aws.call("config", "DescribeConfigurationRecorders", region)["ConfigurationRecorders"]
    # Recorders of AWS services have a scope of their own, and do not count.
    return _only([each["name"] for each in found if each.get("recordingScope") != "INTERNAL"])


def channel(aws: Aws, region: str) -> Found:
    found = aws.call("config", "DescribeDeliveryChannels", region)["DeliveryChannels"]
    return _only([each["name"] for each in found])


def _only(names: list[str]) -> Found:
    """AWS Config allows one of each in a region; ours are called 'default'."""
    others = [name for name in names if name != "default"]
    if not others:
        return ok("it is there" if names else "there is none")
    who = "AWS Control Tower's" if others[0].startswith("aws-controltower") else "another owner's"
    fix = "leave AWS Config to it by 'false', or delete it"
    return in_the_way(f"'{others[0]}' is there, {who}", fix, RECORDER)


def standards(aws: Aws, region: str, decided: Mapping[Standard, bool]) -> Found:
    """A policy says all of a hub: what is on and not in it goes off, so each is decided first.

    Source: AWS Security Hub User Guide, "How configuration policies work"; AWS Organizations User
    Guide, "Security Hub CSPM policy syntax".
    """
    try:
        found = list(
            aws.pages("securityhub", "GetEnabledStandards", "StandardsSubscriptions", region)
        )
    except Refused as refusal:
        if refusal.code not in NOT_YET or "not authorized" in refusal.reason:
            raise
        return ok("Security Hub is not on yet")
    opened, unknown = undecided((each["StandardsArn"] for each in found), decided)
    if unknown:
        fix = "use local mode, which leaves it on, or a newer orchestrator that knows it"
        on = ", ".join(sorted(unknown))
        return in_the_way(f"on, not known here, and would go off: {on}", fix, MODE)
    if opened:
        on = ", ".join(sorted(opened))
        fix = "decide each: true keeps it on, false lets it go off"
        return in_the_way(f"on, not decided, and would go off: {on}", fix, STANDARDS)
    return ok(f"{len(found)} are on")


def executions(aws: Aws, region: str, wanted: int) -> Found:
    limit = aws.call("lambda", "GetAccountSettings", region)["AccountLimit"]
    free = limit["UnreservedConcurrentExecutions"]
    if free - wanted >= UNRESERVED:
        return ok(f"{free} executions are free, {wanted} to be reserved")
    fix = "leave the setting out, or ask Service Quotas for more concurrent executions"
    return in_the_way(f"{free} executions are free: {wanted} cannot be reserved", fix, CONCURRENCY)


def central(aws: Aws) -> Found:
    """Source: Security Hub API Reference, OrganizationConfiguration."""
    try:
        answer = aws.call("securityhub", "DescribeOrganizationConfiguration")
    except Refused as refusal:
        if refusal.code not in NOT_YET or "not authorized" in refusal.reason:
            raise
        return ok("not yet; the account does not administer Security Hub")
    found = answer.get("OrganizationConfiguration", {})
    if found.get("Status", "ENABLED") in ("ENABLED", "PENDING"):
        return ok(f"{found.get('ConfigurationType', 'LOCAL')}")
    why = found.get("StatusMessage") or "AWS does not say why"
    fix = "organization policies manage Security Hub, or it failed: use local mode, or detach them"
    return in_the_way(f"{found['Status']}: {why}", fix, MODE)
