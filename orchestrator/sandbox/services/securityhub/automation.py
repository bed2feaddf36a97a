"""Automation rules: in their order, what they set on a finding as it is imported."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from orchestrator.sandbox.extend import Json, operation, page
from orchestrator.sandbox.services.securityhub import asff
from orchestrator.sandbox.services.securityhub.filters import matches
from orchestrator.sandbox.services.securityhub.part import (
    LOCK,
    AccessDeniedException,
    InvalidInputException,
    LimitExceededException,
    Part,
    now,
)

if TYPE_CHECKING:
    from orchestrator.sandbox.services.securityhub import SecurityHubBackend

LIMIT = 100
METADATA = (
    "RuleArn",
    "RuleStatus",
    "RuleOrder",
    "RuleName",
    "Description",
    "IsTerminal",
    "CreatedAt",
    "UpdatedAt",
    "CreatedBy",
)


class Automation(Part):
    def __init__(self, backend: SecurityHubBackend) -> None:
        super().__init__(backend)
        self.rules: dict[str, Json] = {}

    @operation
    def create_automation_rule(self, params: Json) -> Json:
        self.backend.require_hub()
        if self.backend.members.administrator:
            raise AccessDeniedException("A member account cannot create automation rules")
        _check(params)
        arn = self.backend.arn(f"automation-rule/{uuid.uuid4()}")
        given = {key: value for key, value in params.items() if key != "Tags"}
        with LOCK:
            if len(self.rules) >= LIMIT:
                raise LimitExceededException(f"An account has at most {LIMIT} automation rules")
            self.rules[arn] = {
                "RuleArn": arn,
                "RuleStatus": "ENABLED",
                "IsTerminal": False,
                "CreatedAt": now(),
                "UpdatedAt": now(),
                "CreatedBy": self.backend.account_id,
                **given,
            }
        self.backend.hub.tags[arn] = dict(params.get("Tags") or {})
        return {"RuleArn": arn}

    @operation
    def list_automation_rules(self, params: Json) -> Json:
        self.backend.require_hub()
        found = [{key: rule[key] for key in METADATA} for rule in self._in_order()]
        return page(found, params, "AutomationRulesMetadata")

    @operation
    def batch_get_automation_rules(self, params: Json) -> Json:
        self.backend.require_hub()
        wanted = params["AutomationRulesArns"]
        return {
            "Rules": [self.rules[arn] for arn in wanted if arn in self.rules],
            "UnprocessedAutomationRules": self._missing(wanted),
        }

    @operation
    def batch_update_automation_rules(self, params: Json) -> Json:
        self.backend.require_hub()
        updates = {u["RuleArn"]: u for u in params["UpdateAutomationRulesRequestItems"]}
        known = [arn for arn in updates if arn in self.rules]
        for arn in known:
            _check({**self.rules[arn], **updates[arn]})
        for arn in known:
            self.rules[arn] = {**self.rules[arn], **updates[arn], "UpdatedAt": now()}
        missing = self._missing(list(updates))
        return {"ProcessedAutomationRules": known, "UnprocessedAutomationRules": missing}

    @operation
    def batch_delete_automation_rules(self, params: Json) -> Json:
        self.backend.require_hub()
        wanted = params["AutomationRulesArns"]
        missing = self._missing(wanted)
        known = [arn for arn in wanted if self.rules.pop(arn, None)]
        for arn in known:
            self.backend.hub.tags.pop(arn, None)
        return {"ProcessedAutomationRules": known, "UnprocessedAutomationRules": missing}

    def apply(self, finding: Json) -> Json:
        """The finding after every rule it meets, lowest order first, to the first terminal one."""
        for rule in self._in_order():
            if rule["RuleStatus"] == "ENABLED" and matches(finding, rule["Criteria"]):
                for action in rule["Actions"]:
                    change = asff.customer_fields(action["FindingFieldsUpdate"])
                    finding = asff.changed(finding, change)
                if rule["IsTerminal"]:
                    break
        return finding

    def _in_order(self) -> list[Json]:
        return sorted(self.rules.values(), key=lambda rule: (rule["RuleOrder"], rule["CreatedAt"]))

    def _missing(self, arns: list[str]) -> list[Json]:
        return [
            {"RuleArn": arn, "ErrorCode": 404, "ErrorMessage": "Rule not found"}
            for arn in arns
            if arn not in self.rules
        ]


def _check(rule: Json) -> None:
    if not 1 <= rule["RuleOrder"] <= 1000:
        raise InvalidInputException("RuleOrder must be between 1 and 1000")
    if not rule.get("Criteria"):
        raise InvalidInputException("A rule needs at least one criterion")
    for action in rule["Actions"]:
        if action.get("Type") != "FINDING_FIELDS_UPDATE" or not action.get("FindingFieldsUpdate"):
            raise InvalidInputException("The one action type is FINDING_FIELDS_UPDATE")
