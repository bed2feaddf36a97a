"""The hub itself: enabled or not, its settings, tags, and the aggregator of its home region."""

from __future__ import annotations

import uuid
from functools import lru_cache
from typing import TYPE_CHECKING

import boto3

from orchestrator.sandbox.extend import Json, operation, page
from orchestrator.sandbox.services.account import DEFAULT_REGIONS
from orchestrator.sandbox.services.securityhub.part import (
    LOCK,
    AccessDeniedException,
    InvalidAccessException,
    InvalidInputException,
    LimitExceededException,
    Part,
    ResourceConflictException,
    ResourceNotFoundException,
    now,
)
from orchestrator.sealed import NO_FILES, sealed

if TYPE_CHECKING:
    from orchestrator.sandbox.services.securityhub import SecurityHubBackend


if TYPE_CHECKING:
    from orchestrator.sandbox.services.securityhub import SecurityHubBackend


GENERATORS = ("STANDARD_CONTROL", "SECURITY_CONTROL")


class Hub(Part):
    def __init__(self, backend: SecurityHubBackend) -> None:
        super().__init__(backend)
        self.enabled_at = ""
        self.auto_enable_controls = True
        self.generator = "SECURITY_CONTROL"
        self.tags: dict[str, dict[str, str]] = {}
        self.managed_centrally = False
        self.governed: bool | None = None

    @property
    def enabled(self) -> bool:
        return bool(self.enabled_at)

    @property
    def arn(self) -> str:
        return self.backend.arn("hub/default")

    @operation
    def enable_security_hub(self, params: Json) -> None:
        self.refuse_if_central()
        with LOCK:
            if self.enabled:
                raise ResourceConflictException("Account is already subscribed to Security Hub")
            self.switch_on()
        self.generator = params.get("ControlFindingGenerator", "SECURITY_CONTROL")
        self.tags[self.arn] = dict(params.get("Tags") or {})
        if params.get("EnableDefaultStandards", True):
            self.backend.standards.enable_defaults()
        self.backend.reached_by_its_policy()

    @operation
    def describe_hub(self, params: Json) -> Json:
        self.backend.require_hub()
        if params.get("HubArn", self.arn) != self.arn:
            raise ResourceNotFoundException(f"No hub was found with ARN {params['HubArn']}.")
        return {
            "HubArn": self.arn,
            "SubscribedAt": self.enabled_at,
            "AutoEnableControls": self.auto_enable_controls,
            "ControlFindingGenerator": self.generator,
        }

    @operation
    def update_security_hub_configuration(self, params: Json) -> None:
        self.backend.require_hub()
        generator = params.get("ControlFindingGenerator", self.generator)
        if generator not in GENERATORS:
            raise InvalidInputException(f"ControlFindingGenerator must be one of {GENERATORS}")
        self.generator = generator
        self.auto_enable_controls = params.get("AutoEnableControls", self.auto_enable_controls)

    @operation
    def disable_security_hub(self, _: Json) -> None:
        self.backend.require_hub()
        self.refuse_if_central()
        if self.backend.administration.is_administrator() or self.backend.members.all:
            # Terraform's provider waits on exactly these words until the designation is gone.
            raise InvalidInputException(
                "Cannot disable Security Hub on the Security Hub administrator"
            )
        self.switch_off()

    @operation
    def tag_resource(self, params: Json) -> None:
        self.tags.setdefault(params["ResourceArn"], {}).update(params["Tags"])

    @operation
    def untag_resource(self, params: Json) -> None:
        tags = self.tags.get(params["ResourceArn"], {})
        for key in params["TagKeys"]:
            tags.pop(key, None)

    @operation
    def list_tags_for_resource(self, params: Json) -> Json:
        return {"Tags": self.tags.get(params["ResourceArn"], {})}

    def switch_on(self) -> None:
        self.enabled_at = self.enabled_at or now()

    def switch_off(self) -> None:
        """What disabling throws away: standards, their switches, and the findings."""
        self.enabled_at = ""
        self.auto_enable_controls = True
        self.tags.pop(self.arn, None)
        self.backend.standards.forget()
        self.backend.findings.forget()

    def refuse_if_central(self) -> None:
        """An account under a configuration policy is configured by the administrator alone.

        Neither does an account change what a policy of its organization governs in the region.

        Source: Security Hub user guide, "Management types of targets in central configuration" and
        "Reviewing a declarative policy's impact before you apply it in Security Hub CSPM".
        """
        if self.governed is not None:
            raise AccessDeniedException(
                f"Account {self.backend.account_id} is managed by Security Hub CSPM policies in "
                "Organizations; its settings can only be changed through such a policy"
            )
        if self.managed_centrally:
            raise AccessDeniedException(
                f"Account {self.backend.account_id} is centrally managed; its settings can only be "
                "changed through a configuration policy of the delegated administrator"
            )


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
