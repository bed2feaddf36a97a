"""Automation rules act on findings as they are imported."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.services.conftest import MEMBER, Cloud, error_of
from tests.sandbox.services.securityhub.asff import a_finding


@pytest.fixture
def hub(cloud: Cloud) -> Any:
    client = cloud.hub(MEMBER)
    client.enable_security_hub()
    return client


def a_rule(order: int, label: str, to: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "RuleName": f"rule {order}",
        "RuleOrder": order,
        "Description": "A rule",
        "Criteria": {"SeverityLabel": [{"Value": label, "Comparison": "EQUALS"}]},
        "Actions": [{"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": to}],
        **fields,
    }


def imported(hub: Any, **fields: Any) -> dict[str, Any]:
    hub.batch_import_findings(Findings=[a_finding(**fields)])
    [finding] = hub.get_findings()["Findings"]
    return dict(finding)


def test_rules_act_in_their_order_and_each_sees_what_the_one_before_did(hub: Any) -> None:
    hub.create_automation_rule(
        **a_rule(20, "MEDIUM", {"Workflow": {"Status": "SUPPRESSED"}}),
    )
    hub.create_automation_rule(**a_rule(10, "HIGH", {"Severity": {"Label": "MEDIUM"}}))

    finding = imported(hub)
    assert finding["Severity"] == {"Label": "MEDIUM", "Normalized": 40}
    assert finding["Workflow"] == {"Status": "SUPPRESSED"}


def test_a_terminal_rule_is_the_last_one(hub: Any) -> None:
    note = {"Text": "seen", "UpdatedBy": "rule"}
    hub.create_automation_rule(**a_rule(1, "HIGH", {"Note": note}, IsTerminal=True))
    hub.create_automation_rule(**a_rule(2, "HIGH", {"Workflow": {"Status": "SUPPRESSED"}}))

    finding = imported(hub)
    assert finding["Note"]["Text"] == "seen"
    assert finding["Workflow"] == {"Status": "NEW"}


def test_a_rule_that_is_off_or_does_not_match_changes_nothing(hub: Any) -> None:
    change = {"Workflow": {"Status": "SUPPRESSED"}}
    hub.create_automation_rule(**a_rule(1, "HIGH", change, RuleStatus="DISABLED"))
    hub.create_automation_rule(**a_rule(2, "LOW", change))

    assert imported(hub)["Workflow"] == {"Status": "NEW"}


def test_the_rules_of_the_administrator_act_on_its_members_findings(administered: Cloud) -> None:
    administered.hub().create_members(AccountDetails=[{"AccountId": MEMBER, "Email": "a@b.c"}])
    rule = a_rule(1, "HIGH", {"UserDefinedFields": {"owner": "payments"}})
    administered.hub().create_automation_rule(**rule)
    member = administered.hub(MEMBER)

    assert imported(member)["UserDefinedFields"] == {"owner": "payments"}
    assert error_of(member.create_automation_rule, **rule) == "AccessDeniedException"


def test_a_rule_is_listed_updated_and_deleted(hub: Any) -> None:
    arn = hub.create_automation_rule(**a_rule(1, "HIGH", {"Confidence": 1}))["RuleArn"]
    hub.batch_update_automation_rules(
        UpdateAutomationRulesRequestItems=[{"RuleArn": arn, "RuleOrder": 7}]
    )
    listed = hub.list_automation_rules()["AutomationRulesMetadata"]
    assert [(rule["RuleArn"], rule["RuleOrder"]) for rule in listed] == [(arn, 7)]

    answer = hub.batch_delete_automation_rules(AutomationRulesArns=[arn, f"{arn}0"])
    assert answer["ProcessedAutomationRules"] == [arn]
    assert len(answer["UnprocessedAutomationRules"]) == 1
