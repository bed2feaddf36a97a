"""What is in the way of a rollout, by the answer AWS gives: each with what to do about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from orchestrator.adapters.aws import preflight
from orchestrator.adapters.aws.credentials import Credentials
from orchestrator.adapters.aws.preflight import accounts, organization
from orchestrator.adapters.aws.preflight import accounts as event_buses
from orchestrator.adapters.aws.preflight.probes import PreflightContext, Wanted
from orchestrator.model.drift import rules as forwarding
from orchestrator.model.names import StackName
from orchestrator.model.preflight import Found, Standing
from orchestrator.model.settings import Standard
from orchestrator.render.forwarding import CONTROL_TOWER
from tests.unit.adapters.aws.fake_aws import FakeAws, refusal
from tests.unit.render.builders import ROOT, an_account, an_organization

REGION = "ap-northeast-1"
KEY = "11111111-2222-3333-4444-555555555555"
ALIAS = {"AliasName": "alias/orchestrator-team", "TargetKeyId": KEY}


def regions(status: str) -> dict[str, Any]:
    listed = [{"RegionName": REGION, "OptInStatus": "opt-in-not-required"}]
    return {"Regions": [*listed, {"RegionName": "me-south-1", "OptInStatus": status}]}


def summary(roles: int, policies: int) -> dict[str, Any]:
    quotas = {"RolesQuota": 1000, "PoliciesQuota": 1500}
    return {"SummaryMap": {"Roles": roles, "Policies": policies, **quotas}}


def configured(status: str, why: str | None = None) -> dict[str, Any]:
    found = {"ConfigurationType": "CENTRAL", "Status": status}
    return {"OrganizationConfiguration": found | ({"StatusMessage": why} if why else {})}


def standards(aws: FakeAws) -> Found:
    return accounts.standards(aws, REGION, {Standard.CIS_3_0: False})


def on(*paths: str) -> dict[str, Any]:
    arns = [f"arn:aws:securityhub:{REGION}::standards/{path}" for path in paths]
    return {"securityhub:GetEnabledStandards": [{"StandardsArn": arn} for arn in arns]}


def keyed(state: str) -> dict[str, Any]:
    return {
        "kms:ListAliases": [ALIAS],
        "kms:DescribeKey": {"KeyMetadata": {"KeyId": KEY, "KeyState": state}},
    }


def free(executions: int) -> dict[str, Any]:
    limit = {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": executions}
    return {"lambda:GetAccountSettings": {"AccountLimit": limit}}


Probe = Callable[[FakeAws], Found]
PAYMENTS = an_account("payments-prod")


def opted_in(aws: FakeAws) -> Found:
    return accounts.opted_in(aws, "200000000006", (REGION, "me-south-1"))


def key(aws: FakeAws) -> Found:
    return preflight.key(aws, REGION, "orchestrator-team")


def executions(aws: FakeAws) -> Found:
    return accounts.executions(aws, REGION, 5)


def recorder(aws: FakeAws) -> Found:
    return accounts.recorder(aws, REGION)


def trails(aws: FakeAws) -> Found:
    return organization.trails(aws, REGION, "example-organization")


def administrator(aws: FakeAws) -> Found:
    return organization.delegate(aws, "guardduty.amazonaws.com", "200000000002")


def rules(aws: FakeAws) -> Found:
    return event_buses.rules(aws, REGION, "drift_events.enabled")


def few_rules(aws: FakeAws) -> Found:
    return event_buses.rules(aws, "eu-south-1", "drift_events.enabled")


def buses(aws: FakeAws) -> Found:
    return event_buses.buses(aws, REGION)


def room(aws: FakeAws) -> Found:
    known = [f"{n:012}" for n in range(10)]
    return organization.room(aws, (PAYMENTS,), known)


def all_there(aws: FakeAws) -> Found:
    return organization.room(aws, (PAYMENTS,), (PAYMENTS.id,))


def quota(value: float | None) -> dict[str, Any]:
    kept = {"Quota": {"Value": value}} if value else refusal("NoSuchResourceException")
    return {"service-quotas:GetServiceQuota": kept}


def ruled(others: int, ours: int = 0, limit: float | None = None) -> dict[str, Any]:
    names = [f"r{n}" for n in range(others)] + [f"orchestrator-{n}" for n in range(ours)]
    return {"events:ListRules": [{"Name": name} for name in names], **quota(limit)}


def bused(others: int, limit: float | None = None) -> dict[str, Any]:
    names = ["default", "findings", "orchestrator-drift", *(f"b{n}" for n in range(others))]
    return {"events:ListEventBuses": {"EventBuses": [{"Name": n} for n in names]}, **quota(limit)}


def recorded(name: str, **more: str) -> dict[str, Any]:
    return {
        "config:DescribeConfigurationRecorders": {
            "ConfigurationRecorders": [{"name": name, **more}]
        }
    }


def trailed(count: int) -> dict[str, Any]:
    return {"cloudtrail:DescribeTrails": {"trailList": [{"Name": f"t{n}"} for n in range(count)]}}


def delegated(*ids: str) -> dict[str, Any]:
    found = [{"Id": one} for one in ids]
    return {"organizations:ListDelegatedAdministrators": found}


CASES: dict[str, tuple[Probe, dict[str, Any], Standing, str]] = {
    "a region that is on": (
        opted_in,
        {"ec2:DescribeRegions": regions("opted-in")},
        Standing.OK,
        "me-south-1",
    ),
    "a region that the account has not enabled": (
        opted_in,
        {"ec2:DescribeRegions": regions("not-opted-in")},
        Standing.IN_THE_WAY,
        "not enabled: me-south-1",
    ),
    "IAM with room": (
        accounts.room,
        {"iam:GetAccountSummary": summary(100, 100)},
        Standing.OK,
        "",
    ),
    "no room for roles": (
        accounts.room,
        {"iam:GetAccountSummary": summary(990, 100)},
        Standing.IN_THE_WAY,
        "990 roles of 1000",
    ),
    "no room for policies": (
        accounts.room,
        {"iam:GetAccountSummary": summary(10, 1499)},
        Standing.IN_THE_WAY,
        "1499 policies of 1500",
    ),
    "executions that can be reserved": (executions, free(1000), Standing.OK, "1000"),
    "a new account, whose executions cannot be reserved": (
        executions,
        free(10),
        Standing.IN_THE_WAY,
        "5 cannot be reserved",
    ),
    "central configuration that works": (
        accounts.central,
        {"securityhub:DescribeOrganizationConfiguration": configured("ENABLED")},
        Standing.OK,
        "CENTRAL",
    ),
    "central configuration that organization policies manage": (
        accounts.central,
        {
            "securityhub:DescribeOrganizationConfiguration": configured(
                "DISABLED", "managed by organization policies"
            )
        },
        Standing.IN_THE_WAY,
        "managed by organization policies",
    ),
    "central configuration that failed and does not say why": (
        accounts.central,
        {"securityhub:DescribeOrganizationConfiguration": configured("FAILED")},
        Standing.IN_THE_WAY,
        "AWS does not say why",
    ),
    "a standard that is decided to go off, and AWS Control Tower's": (
        standards,
        on("cis-aws-foundations-benchmark/v/3.0.0", "service-managed-aws-control-tower/v/1.0.0"),
        Standing.OK,
        "2 are on",
    ),
    "a standard about which nothing is decided": (
        standards,
        on("cis-aws-foundations-benchmark/v/3.0.0", "pci-dss/v/4.0.1"),
        Standing.IN_THE_WAY,
        "not decided, and would go off: pci_dss_4_0",
    ),
    "a standard that is not known here": (
        standards,
        on("pci-dss/v/4.0.1", "pci-dss/v/5.0.0"),
        Standing.IN_THE_WAY,
        "not known here, and would go off: arn:aws:securityhub:",
    ),
    "an account where Security Hub is off": (
        standards,
        {"securityhub:GetEnabledStandards": refusal("InvalidAccessException")},
        Standing.OK,
        "not on yet",
    ),
    "a name for a key that nobody has": (
        key,
        {"kms:ListAliases": []},
        Standing.OK,
        "free",
    ),
    "a key that can be used": (key, keyed("Enabled"), Standing.OK, "adopt"),
    "a key that is being deleted": (
        key,
        keyed("PendingDeletion"),
        Standing.IN_THE_WAY,
        "PendingDeletion",
    ),
    "a key that is disabled": (key, keyed("Disabled"), Standing.IN_THE_WAY, "Disabled"),
    "our own recorder": (recorder, recorded("default"), Standing.OK, ""),
    "a recorder of an AWS service": (
        recorder,
        recorded("AWSConfigurationRecorderForX", recordingScope="INTERNAL"),
        Standing.OK,
        "none",
    ),
    "somebody's recorder": (recorder, recorded("audit"), Standing.IN_THE_WAY, "audit"),
    "a bus that takes our rules": (rules, ruled(290), Standing.OK, "290 rules of others, of 300"),
    "a bus without room for our rules": (
        rules,
        ruled(291),
        Standing.IN_THE_WAY,
        "291 rules of others on the default bus, of 300",
    ),
    "a bus that is full of our own rules": (rules, ruled(200, ours=100), Standing.OK, "200"),
    "a bus whose quota was raised": (rules, ruled(291, limit=500.0), Standing.OK, "of 500"),
    "a region that starts with fewer rules": (
        few_rules,
        ruled(95),
        Standing.IN_THE_WAY,
        "95 rules of others on the default bus, of 100",
    ),
    "room for our buses": (buses, bused(98), Standing.OK, "98 buses of others, of 100"),
    "no room for our buses": (
        buses,
        bused(99),
        Standing.IN_THE_WAY,
        "99 buses of others, of 100",
    ),
    "more buses than AWS starts with": (buses, bused(99, 200.0), Standing.OK, "of 200"),
    "accounts that are all there": (all_there, {}, Standing.OK, "1 accounts"),
    "room for an account that is to come": (room, quota(50.0), Standing.OK, "10 accounts of 50"),
    "no room for an account that is to come": (
        room,
        quota(None),
        Standing.IN_THE_WAY,
        "10 accounts of 10: no room for payments-prod",
    ),
    "four trails": (trails, trailed(4), Standing.MISSING, "4 trails of 5"),
    "five trails of others": (trails, trailed(5), Standing.IN_THE_WAY, "5 trails of 5"),
    "no administrator yet": (administrator, delegated(), Standing.MISSING, "none"),
    "the administrator": (administrator, delegated("200000000002"), Standing.OK, "200000000002"),
    "another administrator": (
        administrator,
        delegated("200000000009"),
        Standing.IN_THE_WAY,
        "it is 200000000009, not 200000000002",
    ),
}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_aws_answers_is_judged(case: str) -> None:
    probe, answers, standing, says = CASES[case]
    found = probe(FakeAws(answers))
    assert (found.standing, says in found.says) == (standing, True), found
    assert bool(found.fix) == (standing in (Standing.IN_THE_WAY, Standing.MISSING))


def test_an_account_that_does_not_administer_security_hub_yet_is_not_in_the_way() -> None:
    not_yet = refusal("ResourceNotFoundException")
    aws = FakeAws({"securityhub:DescribeOrganizationConfiguration": not_yet})
    assert accounts.central(aws).standing is Standing.OK


class Caller:
    """The management account, which notes whose role it is asked to assume."""

    def __init__(self) -> None:
        self.assumed: list[str] = []

    def assume(self, role_arn: str, session_name: str, **_: str) -> Credentials:
        self.assumed.append(role_arn.split(":")[4])
        return Credentials("ASIA1", "secret", "token")

    def acting_as(self, credentials: Credentials, account: str, role: str) -> FakeAws:
        return FakeAws()


def test_an_account_is_entered_once_whatever_is_asked_of_it() -> None:
    caller: Any = Caller()
    wanted = Wanted(frozenset(), {}, (), (), ())
    context = PreflightContext(an_organization(PAYMENTS), wanted, caller, (PAYMENTS,))
    archive = context.organization.log_archive

    for account in (archive, PAYMENTS, archive, archive):
        context.enter(account)

    assert caller.assumed == [archive.id, PAYMENTS.id]


def test_no_account_makes_more_rules_on_a_default_bus_than_there_must_be_room_for() -> None:
    forwarded = {
        stack: len(forwarding((StackName.ACCOUNT, stack)))
        for stack in (StackName.LOG_ARCHIVE, StackName.ORGANIZATION, StackName.SECURITY)
    }
    on_default = {
        name for name, text in modules() for rule in rules_of(text) if "event_bus_name" not in rule
    }

    assert on_default == {"drift_events", "finding_router", "findings_bus", "runner"}
    assert forwarded[StackName.SECURITY] + len(["tick", "findings"]) <= event_buses.RULES
    assert forwarded[StackName.ORGANIZATION] + len(CONTROL_TOWER) <= event_buses.RULES
    assert forwarded[StackName.LOG_ARCHIVE] <= event_buses.RULES


def test_a_rule_of_ours_has_one_target_of_the_five_that_aws_allows() -> None:
    for name, text in modules():
        targets = re.findall(r'^resource "aws_cloudwatch_event_target"', text, re.MULTILINE)
        assert len(targets) == len(rules_of(text)), name


def test_the_security_account_makes_as_many_buses_as_there_must_be_room_for() -> None:
    made = [name for name, text in modules() if 'resource "aws_cloudwatch_event_bus"' in text]
    assert len(made) == event_buses.BUSES


def modules() -> list[tuple[str, str]]:
    folders = sorted((ROOT / "modules").iterdir())
    return [
        (each.name, "".join(f.read_text("utf-8") for f in each.glob("*.tf"))) for each in folders
    ]


def rules_of(text: str) -> list[str]:
    return re.findall(
        r'^resource "aws_cloudwatch_event_rule" .*?^}', text, re.DOTALL | re.MULTILINE
    )
