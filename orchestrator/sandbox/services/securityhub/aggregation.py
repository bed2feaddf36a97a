"""The finding aggregator: one per account, in its home region, for the regions it links."""

from __future__ import annotations

import uuid
from functools import lru_cache
from typing import TYPE_CHECKING

import boto3

from orchestrator.sandbox.extend import Json, operation, page
from orchestrator.sandbox.services.account.models import DEFAULT_REGIONS
from orchestrator.sandbox.services.securityhub.part import (
    LOCK,
    InvalidAccessException,
    InvalidInputException,
    LimitExceededException,
    Part,
    ResourceNotFoundException,
)
from orchestrator.sealed import NO_FILES, sealed

if TYPE_CHECKING:
    from orchestrator.sandbox.services.securityhub.models import SecurityHubBackend

MODES = ("ALL_REGIONS", "ALL_REGIONS_EXCEPT_SPECIFIED", "SPECIFIED_REGIONS", "NO_REGIONS")
NEEDS_REGIONS = ("ALL_REGIONS_EXCEPT_SPECIFIED", "SPECIFIED_REGIONS")


class Aggregation(Part):
    def __init__(self, backend: SecurityHubBackend) -> None:
        super().__init__(backend)
        self.own: Json = {}

    @operation
    def create_finding_aggregator(self, params: Json) -> Json:
        self.backend.require_hub()
        if self.backend.members.administrator:
            raise InvalidInputException(
                "A finding aggregator cannot be created by a member account."
            )
        self._check(params)
        with LOCK:
            if self._of_account() is not None:
                raise LimitExceededException("The account already has a finding aggregator.")
            self.own = {
                "FindingAggregatorArn": self.backend.arn(f"finding-aggregator/{uuid.uuid4()}"),
                "FindingAggregationRegion": self.backend.region_name,
            }
            self._link(params)
        return self.own

    @operation
    def get_finding_aggregator(self, params: Json) -> Json:
        self.backend.require_hub()
        return self._find(params["FindingAggregatorArn"]).own

    @operation
    def list_finding_aggregators(self, params: Json) -> Json:
        self.backend.require_hub()
        home = self._of_account()
        found = [{"FindingAggregatorArn": home.own["FindingAggregatorArn"]}] if home else []
        return page(found, params, "FindingAggregators")

    @operation
    def update_finding_aggregator(self, params: Json) -> Json:
        self.backend.require_hub()
        home = self._find(params["FindingAggregatorArn"])
        if home is not self:
            raise InvalidAccessException(
                "A finding aggregator can only be updated from its aggregation Region."
            )
        self._check(params)
        self._link(params)
        self.backend.central.roll_out()
        return self.own

    @operation
    def delete_finding_aggregator(self, params: Json) -> None:
        self.backend.require_hub()
        self._find(params["FindingAggregatorArn"]).own = {}

    def is_home(self) -> bool:
        return bool(self.own)

    def linked_regions(self) -> tuple[str, ...]:
        """The regions linked to this home region, itself left out; () if it is not a home."""
        mode, named = self.own.get("RegionLinkingMode"), self.own.get("Regions", ())
        if mode == "SPECIFIED_REGIONS":
            return tuple(named)
        if mode in ("ALL_REGIONS", "ALL_REGIONS_EXCEPT_SPECIFIED"):
            out = (*named, self.backend.region_name)
            return tuple(region for region in DEFAULT_REGIONS if region not in out)
        return ()

    def home(self) -> str:
        """The aggregation region this region is linked to by the account's aggregator, or ''."""
        home = self._of_account()
        if home is None or self.backend.region_name not in home.linked_regions():
            return ""
        return home.backend.region_name

    def _of_account(self) -> Aggregation | None:
        found = (peer.aggregation for peer in self.backend.regions_in_use())
        return next((aggregation for aggregation in found if aggregation.own), None)

    def _find(self, arn: str) -> Aggregation:
        home = self._of_account()
        if home is None or home.own["FindingAggregatorArn"] != arn:
            raise ResourceNotFoundException(f"No finding aggregator was found with ARN {arn}.")
        return home

    def _link(self, params: Json) -> None:
        self.own["RegionLinkingMode"] = params["RegionLinkingMode"]
        self.own["Regions"] = list(params.get("Regions") or ())

    def _check(self, params: Json) -> None:
        mode, regions = params["RegionLinkingMode"], params.get("Regions") or []
        if mode not in MODES:
            raise InvalidInputException(f"RegionLinkingMode must be one of {', '.join(MODES)}")
        if (mode in NEEDS_REGIONS) != bool(regions):
            raise InvalidInputException(
                "Regions is required for, and only for, RegionLinkingMode "
                + " and ".join(NEEDS_REGIONS)
            )
        unknown = [region for region in regions if region not in _regions()]
        if unknown or (mode == "SPECIFIED_REGIONS" and self.backend.region_name in regions):
            raise InvalidInputException(f"Regions cannot be linked: {', '.join(regions)}")


@lru_cache(maxsize=1)
def _regions() -> frozenset[str]:
    return frozenset(
        boto3.Session(botocore_session=sealed(NO_FILES)).get_available_regions("securityhub")
    )
