"""Insights: a saved filter and an attribute to count by."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import TYPE_CHECKING

from orchestrator.sandbox.extend import Json, operation, page
from orchestrator.sandbox.services.securityhub.exceptions import ResourceNotFoundException
from orchestrator.sandbox.services.securityhub.filters import values_of
from orchestrator.sandbox.services.securityhub.part import Part

if TYPE_CHECKING:
    from orchestrator.sandbox.services.securityhub.models import SecurityHubBackend

ROWS = 100


class Insights(Part):
    def __init__(self, backend: SecurityHubBackend) -> None:
        super().__init__(backend)
        self.all: dict[str, Json] = {}

    @operation
    def create_insight(self, params: Json) -> Json:
        self.backend.require_hub()
        arn = self.backend.arn(f"insight/{self.backend.account_id}/custom/{uuid.uuid4()}")
        self.all[arn] = {"InsightArn": arn, **params}
        return {"InsightArn": arn}

    @operation
    def get_insights(self, params: Json) -> Json:
        self.backend.require_hub()
        wanted = params.get("InsightArns") or list(self.all)
        return page([self._find(arn) for arn in wanted], params, "Insights")

    @operation
    def update_insight(self, params: Json) -> None:
        self.backend.require_hub()
        self._find(params["InsightArn"]).update(params)

    @operation
    def delete_insight(self, params: Json) -> Json:
        self.backend.require_hub()
        return {
            "InsightArn": self.all.pop(self._find(params["InsightArn"])["InsightArn"])["InsightArn"]
        }

    @operation
    def get_insight_results(self, params: Json) -> Json:
        self.backend.require_hub()
        insight = self._find(params["InsightArn"])
        attribute = insight["GroupByAttribute"]
        found = self.backend.findings.visible_to(insight.get("Filters"))
        counts = Counter(value for finding in found for value in values_of(finding, attribute))
        rows = [
            {"GroupByAttributeValue": value, "Count": count}
            for value, count in counts.most_common(ROWS)
        ]
        return {
            "InsightResults": {
                "InsightArn": insight["InsightArn"],
                "GroupByAttribute": attribute,
                "ResultValues": rows,
            }
        }

    def _find(self, arn: str) -> Json:
        if arn not in self.all:
            raise ResourceNotFoundException(f"No insight was found with ARN {arn}.")
        return self.all[arn]
