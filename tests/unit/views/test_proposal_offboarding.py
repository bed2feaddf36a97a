from __future__ import annotations

import json
from pathlib import Path

from orchestrator.model.inventory import KeptState, Offboarding, Remnant
from orchestrator.model.names import AccountId, StackKey, StackName
from orchestrator.views.proposal import VIEWS

ID = AccountId("200000000007")
STATE = StackKey(ID, "orders-prod", StackName.ACCOUNT)
OFFBOARDING = Offboarding(
    ID,
    "orders-prod",
    "it is closed",
    file=Path("account_configs/ous/orders-prod.yaml"),
    states=(KeptState(STATE, live=True, archived=False),),
    remnants=(
        Remnant("open findings", "3 high"),
        Remnant("GuardDuty member", "guardduty:GetMembers: no", known=False),
    ),
)


def test_the_text_says_what_is_there_and_what_nobody_could_say() -> None:
    assert VIEWS["text"]([OFFBOARDING]).splitlines() == [
        "200000000007 orders-prod: it is closed",
        "  file      account_configs/ous/orders-prod.yaml",
        "  state     200000000007/account/terraform.tfstate: live, not archived",
        "  remains   open findings: 3 high",
        "  remains   GuardDuty member: not known: guardduty:GetMembers: no",
    ]


def test_an_account_that_is_left_alone_says_why_and_the_way_out() -> None:
    refused = Offboarding(ID, "orders-prod", "it is open", refused=True, fix="close it")

    assert VIEWS["text"]([refused]).splitlines() == [
        "200000000007 orders-prod: left alone: it is open",
        "  fix: close it",
    ]


def test_of_an_account_of_which_nothing_is_left_that_is_said() -> None:
    assert VIEWS["text"]([Offboarding(ID, "", "it is closed")]).splitlines() == [
        "200000000007: it is closed",
        "  nothing is left of it",
    ]


def test_the_json_says_the_same_for_machines() -> None:
    document = json.loads(VIEWS["json"]([OFFBOARDING]))

    (account,) = document["accounts"]
    assert document["version"] == 1
    assert account["states"] == [
        {
            "key": "200000000007/account/terraform.tfstate",
            "live": True,
            "archived": False,
            "archive": "archive/200000000007/account/terraform.tfstate",
        }
    ]
    assert [remnant["known"] for remnant in account["remains"]] == [True, False]
