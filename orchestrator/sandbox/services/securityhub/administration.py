"""The delegated administrator, per region, and how its organization's accounts are configured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.sandbox.delays import DELAYS
from orchestrator.sandbox.extend import Json, operation
from orchestrator.sandbox.organization import Organization, organization_of
from orchestrator.sandbox.services.securityhub.governed import MANAGED, is_governed
from orchestrator.sandbox.services.securityhub.part import (
    LOCK,
    AccessDeniedException,
    InvalidInputException,
    Part,
)

if TYPE_CHECKING:
    from orchestrator.sandbox.services.securityhub import SecurityHubBackend

LOCAL, CENTRAL = "LOCAL", "CENTRAL"
PENDING, ENABLED, FAILED, DISABLED = "PENDING", "ENABLED", "FAILED", "DISABLED"
V1, V2 = "SecurityHub", "SecurityHubV2"
"""Features. Source: Security Hub API Reference, EnableOrganizationAdminAccount."""


class Administration(Part):
    """`designated` is kept in the management account, the configuration in the administrator's."""

    def __init__(self, backend: SecurityHubBackend) -> None:
        super().__init__(backend)
        self.designated = ""
        self.designated_v2 = ""
        self.auto_enable = False
        self.auto_enable_standards = "DEFAULT"
        self.type = LOCAL
        self.status, self.status_message = ENABLED, ""

    @property
    def organization(self) -> Organization | None:
        return organization_of(self.backend.account_id)

    @operation
    def enable_organization_admin_account(self, params: Json) -> Json:
        organization, admin = self._as_management(), params["AdminAccountId"]
        if admin not in organization.emails:
            raise InvalidInputException(f"Account {admin} is not a member of the organization")
        if params.get("Feature") == V2:
            return self._designate_v2(admin)
        with LOCK:
            if self.designated not in ("", admin):
                raise InvalidInputException(
                    f"The organization already has an administrator account: {self.designated}"
                )
            self.designated = admin
        self.backend.peer(admin).hub.switch_on()
        return {"AdminAccountId": admin, "Feature": V1}

    def _designate_v2(self, admin: str) -> Json:
        """Of the unified hub, which it turns on for nobody."""
        with LOCK:
            if self.designated_v2 not in ("", admin):
                raise InvalidInputException(
                    f"The organization already has an administrator account: {self.designated_v2}"
                )
            self.designated_v2 = admin
        return {"AdminAccountId": admin, "Feature": V2}

    @operation
    def disable_organization_admin_account(self, params: Json) -> None:
        self._as_management()
        if params.get("Feature") == V2 and params["AdminAccountId"] == self.designated_v2:
            self.designated_v2 = ""
            return
        if params.get("Feature") == V2 or params["AdminAccountId"] != self.designated:
            raise InvalidInputException(
                f"Account {params['AdminAccountId']} is not the administrator account"
            )
        admin = self.backend.peer(self.designated)
        admin.central.forget()
        admin.members.forget()
        admin.administration.__init__(admin)  # type: ignore[misc]
        self.designated = ""

    @operation
    def list_organization_admin_accounts(self, params: Json) -> Json:
        self._as_management()
        feature = params.get("Feature") or V1
        admin = self.designated_v2 if feature == V2 else self.administrator()
        found = [{"AccountId": admin, "Status": "ENABLED"}] if admin else []
        return {"AdminAccounts": found, "Feature": feature}

    @operation
    def describe_organization_configuration(self, _: Json) -> Json:
        self.backend.require_hub()
        self._as_administrator()
        status, message = self.status, self.status_message
        if self.type == CENTRAL and is_governed(self.organization):
            status, message = DISABLED, MANAGED
        return {
            "AutoEnable": self.auto_enable,
            "MemberAccountLimitReached": False,
            "AutoEnableStandards": self.auto_enable_standards,
            "OrganizationConfiguration": {
                "ConfigurationType": self.type,
                "Status": status,
                "StatusMessage": message,
            },
        }

    @operation
    def update_organization_configuration(self, params: Json) -> None:
        self.backend.require_hub()
        self._as_administrator()
        wanted = (params.get("OrganizationConfiguration") or {}).get("ConfigurationType", self.type)
        standards = params.get("AutoEnableStandards", self.auto_enable_standards)
        self._check(wanted, params["AutoEnable"], standards)
        if self.type == CENTRAL and wanted == LOCAL:
            self.backend.central.forget()
            self.status, self.status_message = ENABLED, ""
        if wanted == CENTRAL and self.type != CENTRAL and is_governed(self.organization):
            self.status, self.status_message = DISABLED, MANAGED
        elif wanted == CENTRAL and (self.type, self.status) != (CENTRAL, ENABLED):
            self.status, self.status_message = PENDING, ""
            DELAYS.later("central", self._centralise)
        self.type, self.auto_enable_standards = wanted, standards
        self.auto_enable = params["AutoEnable"]

    def _centralise(self) -> None:
        """Source: Security Hub API Reference, OrganizationConfiguration, Status."""
        if self.status == PENDING:
            self.status_message = DELAYS.failed("central", self.backend.account_id)
            self.status = FAILED if self.status_message else ENABLED

    def administrator(self) -> str:
        """The delegated administrator that answers for this account's organization here.

        Central configuration takes its administrator along to the linked regions.
        Source: Security Hub user guide, "Start using central configuration".
        """
        organization = self.organization
        if organization is None:
            return ""
        own = self.backend.peer(organization.management).administration.designated
        if own:
            return own
        for home in self.backend.regions_in_use(organization.management):
            admin = home.administration.designated
            if admin and self._reached_from(home.peer(admin)):
                return admin
        return ""

    def is_administrator(self) -> bool:
        return bool(self.administrator()) and self.administrator() == self.backend.account_id

    def _reached_from(self, home: SecurityHubBackend) -> bool:
        regions = home.aggregation.linked_regions()
        return home.administration.type == CENTRAL and self.backend.region_name in regions

    def _as_management(self) -> Organization:
        organization = self.organization
        if organization is None or organization.management != self.backend.account_id:
            raise AccessDeniedException(
                "The request must be made by the management account of the organization"
            )
        return organization

    def _as_administrator(self) -> None:
        if not self.is_administrator():
            raise AccessDeniedException(
                f"Account {self.backend.account_id} is not an administrator for this organization"
            )

    def _check(self, wanted: str, auto_enable: bool, standards: str) -> None:
        if wanted not in (LOCAL, CENTRAL):
            raise InvalidInputException("ConfigurationType must be CENTRAL or LOCAL")
        if standards not in ("NONE", "DEFAULT"):
            raise InvalidInputException("AutoEnableStandards must be NONE or DEFAULT")
        if wanted == LOCAL:
            return
        if auto_enable or standards != "NONE":
            raise InvalidInputException(
                "AutoEnable must be false and AutoEnableStandards NONE when ConfigurationType is "
                "CENTRAL"
            )
        if not self.backend.aggregation.is_home():
            raise InvalidInputException(
                "Central configuration can only be enabled in the home Region of a finding "
                "aggregator"
            )
