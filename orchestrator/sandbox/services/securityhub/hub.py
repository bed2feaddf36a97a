"""The hub itself: enabled or not, its two settings, and tags of everything in Security Hub."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.sandbox.extend import Json, operation
from orchestrator.sandbox.services.securityhub.part import (
    LOCK,
    AccessDeniedException,
    InvalidInputException,
    Part,
    ResourceConflictException,
    ResourceNotFoundException,
    now,
)

if TYPE_CHECKING:
    from orchestrator.sandbox.services.securityhub.models import SecurityHubBackend

GENERATORS = ("STANDARD_CONTROL", "SECURITY_CONTROL")


class Hub(Part):
    def __init__(self, backend: SecurityHubBackend) -> None:
        super().__init__(backend)
        self.enabled_at = ""
        self.auto_enable_controls = True
        self.generator = "SECURITY_CONTROL"
        self.tags: dict[str, dict[str, str]] = {}
        self.managed_centrally = False

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

        Source: Security Hub user guide, "Management types of targets in central configuration".
        """
        if self.managed_centrally:
            raise AccessDeniedException(
                f"Account {self.backend.account_id} is centrally managed; its settings can only be "
                "changed through a configuration policy of the delegated administrator"
            )
