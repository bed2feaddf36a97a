"""Member accounts of an administrator: of its organization at once, others by invitation."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from orchestrator.sandbox.extend import Json, operation, page
from orchestrator.sandbox.services.securityhub.part import (
    LOCK,
    InvalidInputException,
    Part,
    ResourceNotFoundException,
    now,
)

if TYPE_CHECKING:
    from orchestrator.sandbox.services.securityhub import SecurityHubBackend

CREATED, INVITED, ENABLED, REMOVED, RESIGNED = (
    "Created",
    "Invited",
    "Enabled",
    "Removed",
    "Resigned",
)


class Members(Part):
    """The administrator keeps its members; each member keeps who administers it."""

    def __init__(self, backend: SecurityHubBackend) -> None:
        super().__init__(backend)
        self.all: dict[str, Json] = {}
        self.invitations: dict[str, Json] = {}
        self.administrator: Json = {}

    @operation
    def create_members(self, params: Json) -> Json:
        self.backend.require_hub()
        refused: list[Json] = []
        for account in params["AccountDetails"]:
            if account["AccountId"] == self.backend.account_id or self._waits_for_its_hub(
                account["AccountId"]
            ):
                refused.append(_unprocessed(account["AccountId"]))
            else:
                self._create(account["AccountId"], account.get("Email", ""))
        return {"UnprocessedAccounts": refused}

    @operation
    def get_members(self, params: Json) -> Json:
        self.backend.require_hub()
        wanted = params["AccountIds"]
        return {
            "Members": [self.all[account] for account in wanted if account in self.all],
            "UnprocessedAccounts": [_unprocessed(a) for a in wanted if a not in self.all],
        }

    @operation
    def list_members(self, params: Json) -> Json:
        self.backend.require_hub()
        found = list(self.all.values())
        if str(params.get("OnlyAssociated", True)).lower() != "false":
            found = [member for member in found if member["MemberStatus"] == ENABLED]
        return page(found, params, "Members", limit=50)

    @operation
    def invite_members(self, params: Json) -> Json:
        self.backend.require_hub()
        unknown = [a for a in params["AccountIds"] if a not in self.all]
        for account in params["AccountIds"]:
            if account in self.all and self.all[account]["MemberStatus"] != ENABLED:
                self.all[account].update(MemberStatus=INVITED, InvitedAt=now(), UpdatedAt=now())
                self._member(account).invitations[self.backend.account_id] = self._invitation()
        return {"UnprocessedAccounts": [_unprocessed(account) for account in unknown]}

    @operation
    def disassociate_members(self, params: Json) -> None:
        self.backend.require_hub()
        for account in params["AccountIds"]:
            if account not in self.all:
                raise ResourceNotFoundException(f"Account {account} is not a member")
            self._release(account, REMOVED)

    @operation
    def delete_members(self, params: Json) -> Json:
        self.backend.require_hub()
        refused = [a for a in params["AccountIds"] if not self._may_delete(a)]
        for account in params["AccountIds"]:
            if account not in refused:
                del self.all[account]
        return {"UnprocessedAccounts": [_unprocessed(account) for account in refused]}

    @operation
    def list_invitations(self, params: Json) -> Json:
        return page(list(self.invitations.values()), params, "Invitations")

    @operation
    def get_invitations_count(self, _: Json) -> Json:
        return {"InvitationsCount": len(self.invitations)}

    @operation
    def accept_administrator_invitation(self, params: Json) -> None:
        self._accept(params["AdministratorId"], params["InvitationId"])

    @operation
    def accept_invitation(self, params: Json) -> None:
        self._accept(params["MasterId"], params["InvitationId"])

    @operation
    def decline_invitations(self, params: Json) -> Json:
        return self._drop_invitations(params["AccountIds"])

    @operation
    def delete_invitations(self, params: Json) -> Json:
        return self._drop_invitations(params["AccountIds"])

    @operation
    def get_administrator_account(self, _: Json) -> Json:
        self.backend.require_hub()
        return {"Administrator": self.administrator} if self.administrator else {}

    @operation
    def get_master_account(self, _: Json) -> Json:
        self.backend.require_hub()
        return {"Master": self.administrator} if self.administrator else {}

    @operation
    def disassociate_from_administrator_account(self, _: Json) -> None:
        self._resign()

    @operation
    def disassociate_from_master_account(self, _: Json) -> None:
        self._resign()

    def join(self, account: str) -> None:
        """Make an account of the organization a member: no invitation, its hub is enabled.

        AWS shows no address for such a member (hashicorp/terraform-provider-aws#24320).
        """
        member = self._member(account)
        member.backend.hub.switch_on()
        member.administrator = {**self._invitation(), "MemberStatus": ENABLED}
        self.all[account] = self._record(account, ENABLED)

    def _waits_for_its_hub(self, account: str) -> bool:
        """Nobody but itself enables Security Hub in the management account.

        Source: Security Hub API Reference, CreateMembers: it "cannot be enabled automatically for
        the organization management account".
        """
        organization = self.backend.administration.organization
        manages = organization is not None and organization.management == account
        return manages and not self.backend.peer(account).hub.enabled

    def forget(self) -> None:
        for account in list(self.all):
            self._release(account, REMOVED)
        self.all.clear()

    def release(self, account: str) -> None:
        """A policy of the organization disables Security Hub there."""
        self._release(account, REMOVED)

    def associated(self) -> list[str]:
        """The accounts whose findings the administrator sees."""
        return [a for a, member in self.all.items() if member["MemberStatus"] == ENABLED]

    def _member(self, account: str) -> Members:
        return self.backend.peer(account).members

    def _create(self, account: str, email: str) -> None:
        organization = self.backend.administration.organization
        of_organization = organization is not None and account in organization.emails
        with LOCK:
            if of_organization and self.backend.administration.is_administrator():
                self.join(account)
            else:
                self.all[account] = {**self._record(account, CREATED), "Email": email}

    def _record(self, account: str, status: str) -> Json:
        return {
            "AccountId": account,
            "MasterId": self.backend.account_id,
            "AdministratorId": self.backend.account_id,
            "MemberStatus": status,
            "UpdatedAt": now(),
        }

    def _invitation(self) -> Json:
        return {
            "AccountId": self.backend.account_id,
            "InvitationId": uuid.uuid4().hex,
            "InvitedAt": now(),
            "MemberStatus": INVITED,
        }

    def _may_delete(self, account: str) -> bool:
        return account in self.all and self.all[account]["MemberStatus"] != ENABLED

    def _release(self, account: str, status: str) -> None:
        self.all[account].update(MemberStatus=status, UpdatedAt=now())
        member = self._member(account)
        member.administrator = {}
        member.invitations.pop(self.backend.account_id, None)

    def _accept(self, administrator: str, invitation: str) -> None:
        self.backend.require_hub()
        found = self.invitations.get(administrator)
        if found is None or found["InvitationId"] != invitation:
            raise InvalidInputException(f"No invitation {invitation} from account {administrator}")
        del self.invitations[administrator]
        self.administrator = {**found, "MemberStatus": ENABLED}
        member = self._member(administrator).all[self.backend.account_id]
        member.update(MemberStatus=ENABLED, UpdatedAt=now())

    def _drop_invitations(self, accounts: list[str]) -> Json:
        refused = [a for a in accounts if self.invitations.pop(a, None) is None]
        return {"UnprocessedAccounts": [_unprocessed(account) for account in refused]}

    def _resign(self) -> None:
        self.backend.require_hub()
        if not self.administrator:
            raise ResourceNotFoundException("The account has no administrator account")
        self._member(self.administrator["AccountId"])._release(self.backend.account_id, RESIGNED)


def _unprocessed(account: str) -> Json:
    return {"AccountId": account, "ProcessingResult": f"Account {account} cannot be processed"}
