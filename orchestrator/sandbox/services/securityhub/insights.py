"""Insights: a saved filter and an attribute to count by."""

from __future__ import annotations

import uuid
from collections import Counter
from typing import TYPE_CHECKING

from orchestrator.sandbox.extend import Json, operation, page
from orchestrator.sandbox.services.securityhub.filters import values_of
from orchestrator.sandbox.services.securityhub.part import (
    LOCK,
    InvalidInputException,
    Part,
    ResourceConflictException,
    ResourceNotFoundException,
)

if TYPE_CHECKING:
    from orchestrator.sandbox.services.securityhub import SecurityHubBackend


if TYPE_CHECKING:
    from orchestrator.sandbox.services.securityhub import SecurityHubBackend


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


class Integrations(Part):
    def __init__(self, backend: SecurityHubBackend) -> None:
        super().__init__(backend)
        self.targets: dict[str, Json] = {}
        self.products: dict[str, None] = {}

    @operation
    def create_action_target(self, params: Json) -> Json:
        self.backend.require_hub()
        arn = self.backend.arn(f"action/custom/{params['Id']}")
        with LOCK:
            if arn in self.targets:
                raise ResourceConflictException(f"Action target {arn} already exists")
            self.targets[arn] = {
                "ActionTargetArn": arn,
                "Name": params["Name"],
                "Description": params["Description"],
            }
        return {"ActionTargetArn": arn}

    @operation
    def describe_action_targets(self, params: Json) -> Json:
        self.backend.require_hub()
        wanted = params.get("ActionTargetArns") or list(self.targets)
        return page([self._target(arn) for arn in wanted], params, "ActionTargets")

    @operation
    def update_action_target(self, params: Json) -> None:
        self.backend.require_hub()
        self._target(params["ActionTargetArn"]).update(params)

    @operation
    def delete_action_target(self, params: Json) -> Json:
        self.backend.require_hub()
        arn = self._target(params["ActionTargetArn"])["ActionTargetArn"]
        del self.targets[arn]
        return {"ActionTargetArn": arn}

    @operation
    def enable_import_findings_for_product(self, params: Json) -> Json:
        self.backend.require_hub()
        product = params["ProductArn"]
        if ":product/" not in product:
            raise InvalidInputException(f"Invalid parameter: ProductArn {product}")
        arn = self.backend.arn("product-subscription/" + product.split(":product/", 1)[1])
        with LOCK:
            if arn in self.products:
                raise ResourceConflictException("The product is already enabled")
            self.products[arn] = None
        return {"ProductSubscriptionArn": arn}

    @operation
    def list_enabled_products_for_import(self, params: Json) -> Json:
        self.backend.require_hub()
        return page(list(self.products), params, "ProductSubscriptions")

    @operation
    def disable_import_findings_for_product(self, params: Json) -> None:
        self.backend.require_hub()
        arn = params["ProductSubscriptionArn"]
        if arn not in self.products:
            raise ResourceNotFoundException(f"No subscription was found with ARN {arn}.")
        del self.products[arn]

    def _target(self, arn: str) -> Json:
        if arn not in self.targets:
            raise ResourceNotFoundException(f"No action target was found with ARN {arn}.")
        return self.targets[arn]
