"""What is in the way of a rollout, by the answer AWS gives: each with what to do about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from orchestrator.adapters.aws.preflight import accounts, management, names, organization
from orchestrator.model.preflight import Found, Standing
from tests.unit.adapters.aws.fake_aws import FakeAws, refusal

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


def keyed(state: str) -> dict[str, Any]:
    return {
        "kms:ListAliases": [ALIAS],
        "kms:DescribeKey": {"KeyMetadata": {"KeyId": KEY, "KeyState": state}},
    }


def free(executions: int) -> dict[str, Any]:
    limit = {"ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": executions}
    return {"lambda:GetAccountSettings": {"AccountLimit": limit}}


Look = Callable[[FakeAws], Found]


def opted_in(aws: FakeAws) -> Found:
    return accounts.opted_in(aws, "200000000006", (REGION, "me-south-1"))


def key(aws: FakeAws) -> Found:
    return names.key(aws, REGION, "orchestrator-team")


def executions(aws: FakeAws) -> Found:
    return accounts.executions(aws, REGION, 5)


def recorder(aws: FakeAws) -> Found:
    return accounts.recorder(aws, REGION)


def trails(aws: FakeAws) -> Found:
    return management.trails(aws, REGION, "example-organization")


def administrator(aws: FakeAws) -> Found:
    return organization.delegate(aws, "guardduty.amazonaws.com", "200000000002")


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


CASES: dict[str, tuple[Look, dict[str, Any], Standing, str]] = {
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
    "four trails": (trails, trailed(4), Standing.MISSING, "4 trails of 5"),
    "five trails of others": (trails, trailed(5), Standing.IN_THE_WAY, "5 trails of 5"),
    "no administrator yet": (administrator, delegated(), Standing.MISSING, "nobody"),
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
    look, answers, standing, says = CASES[case]
    found = look(FakeAws(answers))
    assert (found.standing, says in found.says) == (standing, True), found
    assert bool(found.fix) == (standing in (Standing.IN_THE_WAY, Standing.MISSING))


def test_an_account_that_does_not_administer_security_hub_yet_is_not_in_the_way() -> None:
    not_yet = refusal("ResourceNotFoundException")
    aws = FakeAws({"securityhub:DescribeOrganizationConfiguration": not_yet})
    assert accounts.central(aws).standing is Standing.OK
