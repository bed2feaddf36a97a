"""moto's GuardDuty of one account and region, and the parts it lacks."""

from __future__ import annotations

from moto.guardduty.models import GuardDutyBackend as MotoGuardDutyBackend
from moto.guardduty.models import guardduty_backends

from orchestrator.sandbox.extend import Json
from orchestrator.sandbox.services.guardduty import features
from orchestrator.sandbox.services.guardduty.destinations import Destinations
from orchestrator.sandbox.services.guardduty.exceptions import not_owned
from orchestrator.sandbox.services.guardduty.members import Members
from orchestrator.sandbox.services.guardduty.organization import Administration

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
                features=features.of({}),
            )
        return str(next(iter(self.detectors)))
