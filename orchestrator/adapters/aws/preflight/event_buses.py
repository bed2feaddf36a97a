"""EventBridge: whether a bus still takes the stacks' rules, and an account their buses.

A rule of ours has one target, of the five that AWS allows; how many events are delivered in a
second no quota refuses: what is more comes later.
Source: Amazon EventBridge User Guide, "Amazon EventBridge quotas".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from orchestrator.adapters.aws.conformance.checks import Aws
from orchestrator.adapters.aws.preflight.probes import PreflightContext, Probes
from orchestrator.adapters.aws.preflight.quotas import Quota, granted
from orchestrator.model.organization import Account
from orchestrator.model.preflight import Found, in_the_way, ok

OURS = ("findings", "orchestrator-")
"""How the names of our rules begin, and those of our buses."""
RULES = 10
"""More than the stacks of one account make on the default bus of a region."""
BUSES = 2
"""Those of findings and of calls, both in the security account."""
OF_RULES, OF_BUSES = Quota("events", "L-244521F2", 300), Quota("events", "L-658A4FD9", 100)
FEWER = {"af-south-1": 100, "eu-south-1": 100}
"""Rules of a bus, where AWS starts with fewer. Source: as of the module."""


def probes(context: PreflightContext, account: Account, aws: Aws) -> Probes:
    for region, setting in _concerned(context, account).items():
        yield f"{region}: EventBridge's rules", partial(rules, aws, region, setting)
    if account == context.organization.security:
        home = context.organization.facts.home_region
        yield f"{home}: EventBridge's buses", partial(buses, aws, home)


def _concerned(context: PreflightContext, account: Account) -> Mapping[str, str]:
    """Each region with rules of ours on its default bus, and the setting that wants them."""
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
