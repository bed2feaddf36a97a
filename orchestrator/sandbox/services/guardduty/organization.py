"""The delegated administrator of GuardDuty, per region, and what new and old members get."""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.guardduty.models import guardduty_backends

from orchestrator.sandbox.extend import Json, operation
from orchestrator.sandbox.organization import Organization, organization_of
from orchestrator.sandbox.services.guardduty import features
from orchestrator.sandbox.services.guardduty.features import BadRequestException, not_permitted

if TYPE_CHECKING:
    from orchestrator.sandbox.services.guardduty import GuardDutyBackend

ENABLE = ("NEW", "ALL", "NONE")
SCANS_VOLUMES, SCANNER = "EBS_MALWARE_PROTECTION", "malware-protection.guardduty.amazonaws.com"


class Administration:
    """`designated` is kept in the management account, the configuration in the administrator's."""

    def __init__(self, backend: GuardDutyBackend) -> None:
        self.backend = backend
        self.designated = ""
        self.auto_enable = "NONE"
        self.data_sources: Json = {}
        self.features: dict[str, Json] = {}

    @operation
    def enable_organization_admin_account(self, params: Json) -> None:
        organization, admin = self._as_management(), params["AdminAccountId"]
        if admin not in organization.emails:
            raise BadRequestException(
                f"The request is rejected because account {admin} is not in the organization."
            )
        if self.designated not in ("", admin):
            raise BadRequestException(
                "The request is rejected because another account is already enabled as the "
                "GuardDuty delegated administrator for the organization."
            )
        self.designated = admin
        self.backend.peer(admin).ensure_detector()

    @operation
    def disable_organization_admin_account(self, params: Json) -> None:
        self._as_management()
        if params["AdminAccountId"] != self.designated:
            raise BadRequestException(
                "The request is rejected because the account is not the delegated administrator."
            )
        admin = self.backend.peer(self.designated)
        admin.members.forget()
        admin.administration = Administration(admin)
        self.designated = ""

    @operation
    def list_organization_admin_accounts(self, _: Json) -> Json:
        """Source: Amazon GuardDuty API Reference: the management account alone may ask."""
        self._as_management()
        admin = self.designated
        accounts = [{"AdminAccountId": admin, "AdminStatus": "ENABLED"}] if admin else []
        return {"AdminAccounts": accounts}

    @operation
    def describe_organization_configuration(self, params: Json) -> Json:
        self.backend.require_detector(params["DetectorId"])
        self._as_administrator()
        return {
            "AutoEnable": self.auto_enable != "NONE",
            "AutoEnableOrganizationMembers": self.auto_enable,
            "MemberAccountLimitReached": False,
            "DataSources": self._describe_data_sources(),
            "Features": list(self.features.values()),
        }

    @operation
    def update_organization_configuration(self, params: Json) -> None:
        self.backend.require_detector(params["DetectorId"])
        self._as_administrator()
        old = "NEW" if params.get("AutoEnable") else "NONE"
        wanted = params.get("AutoEnableOrganizationMembers", old)
        if wanted not in ENABLE:
            raise BadRequestException(f"AutoEnableOrganizationMembers must be one of {ENABLE}")
        self._check_trust(params.get("Features") or [])
        if "AutoEnableOrganizationMembers" in params or "AutoEnable" in params:
            self.auto_enable = wanted
        self.data_sources.update(params.get("DataSources") or {})
        self.features.update({f["Name"]: f for f in params.get("Features") or []})
        if self.auto_enable == "ALL":
            self.roll_out()
        self.backend.members.watch(self.automatic("ALL"))

    def automatic(self, *of: str) -> list[Json]:
        """The features that members get by themselves: those that are there, or new ones.

        Source: Amazon GuardDuty API Reference, OrganizationFeatureConfiguration.
        """
        wanted = [each for each in self.features.values() if each.get("AutoEnable") in of]
        return [{"name": each["Name"], "status": features.ON} for each in wanted]

    def administrator(self) -> str:
        organization = organization_of(self.backend.account_id)
        if organization is None:
            return ""
        return self.backend.peer(organization.management).administration.designated

    def roll_out(self) -> None:
        """Make every account of the organization a member, with a detector."""
        organization = organization_of(self.backend.account_id)
        for account, email in organization.emails.items() if organization else ():
            self.backend.members.join(account, email)

    def _as_management(self) -> Organization:
        organization = organization_of(self.backend.account_id)
        if organization is None or organization.management != self.backend.account_id:
            raise not_permitted(self.backend.account_id)
        return organization

    def _as_administrator(self) -> None:
        if self.administrator() != self.backend.account_id:
            raise not_permitted(self.backend.account_id)

    def _check_trust(self, features: list[Json]) -> None:
        """What looks into volumes of members needs trusted access of its own.

        Source: hashicorp/terraform-provider-aws, issue 30475; the sentence in
        aws-security-reference-architecture-examples, issue 141.
        """
        organization = organization_of(self.backend.account_id)
        wanted = any(f["Name"] == SCANS_VOLUMES and f.get("AutoEnable") != "NONE" for f in features)
        if wanted and organization and SCANNER not in organization.trusted:
            raise BadRequestException(
                "The request failed because you do not have required AWS Organization master "
                "permission."
            )

    def _describe_data_sources(self) -> Json:
        """The old way to say it, always present in an answer of AWS."""
        sources = self.data_sources
        audit = sources.get("Kubernetes", {}).get("AuditLogs", {}).get("AutoEnable", False)
        volumes = sources.get("MalwareProtection", {}).get("ScanEc2InstanceWithFindings", {})
        on = volumes.get("EbsVolumes", {}).get("AutoEnable", False)
        return {
            "S3Logs": {"AutoEnable": sources.get("S3Logs", {}).get("AutoEnable", False)},
            "Kubernetes": {"AuditLogs": {"AutoEnable": audit}},
            "MalwareProtection": {
                "ScanEc2InstanceWithFindings": {"EbsVolumes": {"AutoEnable": on}}
            },
        }


def on_account_moved(account_id: str) -> None:
    """Make an account that has joined its organization a member where that is automatic."""
    organization = organization_of(account_id)
    if organization is None:
        return
    for management in tuple(dict.values(guardduty_backends[organization.management])):
        designated = management.administration.designated
        if not designated:
            continue
        admin = management.peer(designated)
        if admin.administration.auto_enable != "NONE":
            admin.members.join(account_id, organization.emails[account_id])
