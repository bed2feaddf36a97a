"""Amazon GuardDuty across an organization: administrator, members, publishing destinations.

Findings it has none here.
"""

from __future__ import annotations

from moto.guardduty.models import GuardDutyBackend as MotoGuardDutyBackend
from moto.guardduty.models import guardduty_backends
from moto.guardduty.responses import GuardDutyResponse as MotoGuardDutyResponse
from moto.moto_api._internal import mock_random

from orchestrator.sandbox import extend
from orchestrator.sandbox.extend import Json, every_path, operation, operations_of, page
from orchestrator.sandbox.services.guardduty import features
from orchestrator.sandbox.services.guardduty.features import (
    BadRequestException,
    not_owned,
    wanted_features,
)
from orchestrator.sandbox.services.guardduty.members import Members
from orchestrator.sandbox.services.guardduty.organization import Administration, on_account_moved


class Destinations:
    def __init__(self, backend: GuardDutyBackend) -> None:
        self.backend = backend
        self.all: dict[str, Json] = {}

    @operation
    def list_findings(self, params: Json) -> Json:
        self.backend.require_detector(params["DetectorId"])
        return {"FindingIds": []}

    @operation
    def create_publishing_destination(self, params: Json) -> Json:
        self.backend.require_detector(params["DetectorId"])
        identifier = mock_random.get_random_hex(32)
        self.all[identifier] = {
            "DestinationId": identifier,
            "DestinationType": params["DestinationType"],
            "Status": "PUBLISHING",
            "PublishingFailureStartTimestamp": 0,
            "DestinationProperties": params["DestinationProperties"],
        }
        return {"DestinationId": identifier}

    @operation
    def describe_publishing_destination(self, params: Json) -> Json:
        return self._find(params)

    @operation
    def list_publishing_destinations(self, params: Json) -> Json:
        self.backend.require_detector(params["DetectorId"])
        return page(list(self.all.values()), params, "Destinations")

    @operation
    def update_publishing_destination(self, params: Json) -> None:
        self._find(params).update(DestinationProperties=params["DestinationProperties"])

    @operation
    def delete_publishing_destination(self, params: Json) -> None:
        del self.all[self._find(params)["DestinationId"]]

    @operation
    def list_tags_for_resource(self, params: Json) -> Json:
        return {"Tags": self._tags(params)}

    @operation
    def tag_resource(self, params: Json) -> None:
        self._tags(params).update(params["Tags"])

    @operation
    def untag_resource(self, params: Json) -> None:
        for key in params["TagKeys"]:
            self._tags(params).pop(key, None)

    def _find(self, params: Json) -> Json:
        self.backend.require_detector(params["DetectorId"])
        found = self.all.get(params["DestinationId"])
        if found is None:
            raise BadRequestException(
                "The request is rejected because the one or more input parameters have invalid "
                "values."
            )
        return found

    def _tags(self, params: Json) -> dict[str, str]:
        detector = params["ResourceArn"].rsplit("/", 1)[-1]
        self.backend.require_detector(detector)
        tags: dict[str, str] = self.backend.detectors[detector].tags
        return tags


PARTS: dict[str, type] = {
    "administration": Administration,
    "members": Members,
    "destinations": Destinations,
}


class GuardDutyBackend(MotoGuardDutyBackend):  # type: ignore[misc]
    account_id: str
    region_name: str
    detectors: Json

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.administration = Administration(self)
        self.members = Members(self)
        self.destinations = Destinations(self)

    def peer(self, account_id: str) -> GuardDutyBackend:
        peer: GuardDutyBackend = guardduty_backends[account_id][self.region_name]
        return peer

    def require_detector(self, detector_id: str) -> None:
        if detector_id not in self.detectors:
            raise not_owned()

    def ensure_detector(self) -> str:
        """The account's detector in this region; made by GuardDuty if there is none.

        What it watches beyond the logs that all do is for the organization's administrator to say.
        """
        if not self.detectors:
            self.create_detector(
                enable=True,
                finding_publishing_frequency="SIX_HOURS",
                data_sources={},
                tags={},
                features=wanted_features({}),
            )
        return str(next(iter(self.detectors)))


__all__ = ["install", "on_account_moved"]


def install() -> None:
    extend.substitute(guardduty_backends, GuardDutyBackend)
    features.install()


class GuardDutyResponse(MotoGuardDutyResponse):  # type: ignore[misc]
    """Overrides what moto has for one account alone."""


operations_of(GuardDutyResponse, guardduty_backends, PARTS)


url_bases = [r"https?://guardduty\.(.+)\.amazonaws\.com"]
url_paths = every_path(GuardDutyResponse.dispatch)
