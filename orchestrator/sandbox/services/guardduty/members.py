"""Member accounts of a GuardDuty administrator."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from orchestrator.sandbox.extend import Json, operation, page
from orchestrator.sandbox.organization import organization_of
from orchestrator.sandbox.services.guardduty import features
from orchestrator.sandbox.services.guardduty.features import BadRequestException

if TYPE_CHECKING:
    from orchestrator.sandbox.services.guardduty import GuardDutyBackend

CREATED, INVITED, ENABLED, REMOVED = "Created", "Invited", "Enabled", "Removed"


class Members:
    def __init__(self, backend: GuardDutyBackend) -> None:
        self.backend = backend
        self.all: dict[str, Json] = {}
        self.administrator: Json = {}

    @operation
    def create_members(self, params: Json) -> Json:
        self.backend.require_detector(params["DetectorId"])
        organization = organization_of(self.backend.account_id)
        known = organization.emails if organization else {}
        for account in params["AccountDetails"]:
            identifier, email = account["AccountId"], account["Email"]
            administers = self.backend.administration.administrator() == self.backend.account_id
            if identifier in known and administers:
                self.join(identifier, email)
            else:
                self.all[identifier] = self._record(identifier, email, CREATED)
        return {"UnprocessedAccounts": []}

    @operation
    def get_members(self, params: Json) -> Json:
        self.backend.require_detector(params["DetectorId"])
        wanted = params["AccountIds"]
        return {
            "Members": [self.all[account] for account in wanted if account in self.all],
            "UnprocessedAccounts": [_unprocessed(a) for a in wanted if a not in self.all],
        }

    @operation
    def list_members(self, params: Json) -> Json:
        self.backend.require_detector(params["DetectorId"])
        found = list(self.all.values())
        if str(params.get("OnlyAssociated", True)).lower() != "false":
            found = [m for m in found if m["RelationshipStatus"] == ENABLED]
        return page(found, params, "Members", limit=50)

    @operation
    def get_member_detectors(self, params: Json) -> Json:
        self.backend.require_detector(params["DetectorId"])
        wanted = params["AccountIds"]
        known = [account for account in wanted if self._is_enabled(account)]
        return {
            "MemberDataSourceConfigurations": [
                _described(account, self._detector(account)) for account in known
            ],
            "UnprocessedAccounts": [_unprocessed(a) for a in wanted if a not in known],
        }

    @operation
    def update_member_detectors(self, params: Json) -> Json:
        self.backend.require_detector(params["DetectorId"])
        unknown = []
        for account in params["AccountIds"]:
            if not self._is_enabled(account):
                unknown.append(_unprocessed(account))
                continue
            wanted = params.get("Features") or ()
            named = [_named(each) for each in wanted]
            features.change(self._detector(account), named)
        return {"UnprocessedAccounts": unknown}

    def _detector(self, account: str) -> Any:
        backend = self.backend.peer(account)
        return backend.detectors[backend.ensure_detector()]

    @operation
    def invite_members(self, params: Json) -> Json:
        return self._set_status(params, INVITED)

    @operation
    def start_monitoring_members(self, params: Json) -> Json:
        return self._set_status(params, ENABLED)

    @operation
    def stop_monitoring_members(self, params: Json) -> Json:
        return self._set_status(params, "Disabled")

    @operation
    def disassociate_members(self, params: Json) -> Json:
        for account in params["AccountIds"]:
            self._member(account).administrator = {}
        return self._set_status(params, REMOVED)

    @operation
    def delete_members(self, params: Json) -> Json:
        self.backend.require_detector(params["DetectorId"])
        # Source: GuardDuty API reference, DeleteMembers.
        if self.backend.administration.auto_enable == "ALL":
            raise BadRequestException(
                "The request is rejected because GuardDuty is enabled for all member accounts."
            )
        missing = [a for a in params["AccountIds"] if self.all.pop(a, None) is None]
        return {"UnprocessedAccounts": [_unprocessed(account) for account in missing]}

    @operation
    def get_administrator_account(self, params: Json) -> Json:
        self.backend.require_detector(params["DetectorId"])
        return {"Administrator": self.administrator} if self.administrator else {}

    def join(self, account: str, email: str) -> None:
        """Make an account of the organization a member, once; its detector is made too."""
        if account == self.backend.account_id or self._is_enabled(account):
            return
        member = self._member(account)
        if self._must_enable_itself(account) and not member.backend.detectors:
            return
        detector = member.backend.ensure_detector()
        member.administrator = {
            "AccountId": self.backend.account_id,
            "RelationshipStatus": ENABLED,
            "InvitedAt": _now(),
        }
        self.all[account] = {**self._record(account, email, ENABLED), "DetectorId": detector}
        new = self.backend.administration.automatic("NEW", "ALL")
        features.change(self._detector(account), new)

    def watch(self, wanted: list[Json]) -> None:
        """Turn these features on in the detectors of all members."""
        for account in filter(self._is_enabled, self.all):
            features.change(self._detector(account), wanted)

    def _must_enable_itself(self, account: str) -> bool:
        """GuardDuty makes no detector in the management account.

        Source: Amazon GuardDuty User Guide, "Managing GuardDuty accounts with AWS Organizations":
        the management account must have GuardDuty enabled before it is added as a member.
        """
        organization = organization_of(self.backend.account_id)
        return organization is not None and organization.management == account

    def forget(self) -> None:
        for account in self.all:
            self._member(account).administrator = {}
        self.all.clear()

    def _member(self, account: str) -> Members:
        return self.backend.peer(account).members

    def _is_enabled(self, account: str) -> bool:
        return self.all.get(account, {}).get("RelationshipStatus") == ENABLED

    def _set_status(self, params: Json, status: str) -> Json:
        self.backend.require_detector(params["DetectorId"])
        for account in params["AccountIds"]:
            if account in self.all:
                self.all[account].update(RelationshipStatus=status, UpdatedAt=_now())
        missing = [account for account in params["AccountIds"] if account not in self.all]
        return {"UnprocessedAccounts": [_unprocessed(account) for account in missing]}

    def _record(self, account: str, email: str, status: str) -> Json:
        return {
            "AccountId": account,
            "Email": email,
            "MasterId": self.backend.account_id,
            "AdministratorId": self.backend.account_id,
            "RelationshipStatus": status,
            "InvitedAt": _now(),
            "UpdatedAt": _now(),
        }


def _described(account: str, detector: Any) -> Json:
    sources = features.sources_of(detector)
    return {"AccountId": account, "DataSources": sources, "Features": detector.features}


def _named(feature: Json) -> Json:
    """As a detector keeps it."""
    agents = feature.get("AdditionalConfiguration") or ()
    managed = [{"name": each["Name"], "status": each["Status"]} for each in agents]
    kept = {"name": feature["Name"], "status": feature["Status"]}
    return {**kept, features.AGENTS: managed} if managed else kept


def _unprocessed(account: str) -> Json:
    return {"AccountId": account, "Result": f"Account {account} is not a member"}


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
