"""Controls: the list, their parameters, and their switches per standard.

A control is on in every enabled standard that has it, so only what is off is kept.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestrator.sandbox.extend import Json, operation, page
from orchestrator.sandbox.services.securityhub import catalogue, policies
from orchestrator.sandbox.services.securityhub.part import (
    InvalidInputException,
    Part,
    ResourceNotFoundException,
    now,
)

if TYPE_CHECKING:
    from orchestrator.sandbox.services.securityhub import SecurityHubBackend

Switch = tuple[str, str]
_STANDARDS_CONTROL = re.compile(r"^arn:aws:securityhub:[^:]*:\d{12}:control/(.+)/([^/]+)$")


class Controls(Part):
    def __init__(self, backend: SecurityHubBackend) -> None:
        super().__init__(backend)
        self.off: dict[Switch, str] = {}
        self.changed_at: dict[Switch, str] = {}
        self.parameters: dict[str, Json] = {}

    @operation
    def list_security_control_definitions(self, params: Json) -> Json:
        region, arn = self.backend.region_name, params.get("StandardsArn")
        if arn:
            self.backend.standards.check(arn)
        chosen = catalogue.controls_of(arn, region) if arn else catalogue.CONTROLS.values()
        found = [control.define() for control in chosen]
        return page(found, params, "SecurityControlDefinitions")

    @operation
    def get_security_control_definition(self, params: Json) -> Json:
        control = catalogue.CONTROLS.get(params["SecurityControlId"])
        if control is None:
            raise ResourceNotFoundException(f"Control {params['SecurityControlId']} does not exist")
        known = policies.CONTROLS.get(control.id) or {}
        defined = {
            name: {"Description": name, "ConfigurationOptions": options.define()}
            for name, options in known.items()
        }
        more = {"ParameterDefinitions": defined} if defined else {}
        return {"SecurityControlDefinition": {**control.define(), **more}}

    @operation
    def batch_get_security_controls(self, params: Json) -> Json:
        self.backend.require_hub()
        found: list[Json] = []
        missing: list[Json] = []
        for identifier in params["SecurityControlIds"]:
            control = catalogue.CONTROLS.get(identifier.rsplit("/", 1)[-1])
            if control is None:
                missing.append(_unprocessed(identifier))
            else:
                found.append(self._describe(control))
        return {"SecurityControls": found, "UnprocessedIds": missing}

    @operation
    def update_security_control(self, params: Json) -> None:
        self.backend.require_hub()
        self.backend.hub.refuse_if_central()
        identifier = params["SecurityControlId"].rsplit("/", 1)[-1]
        if identifier not in catalogue.CONTROLS:
            raise ResourceNotFoundException(f"Control {identifier} does not exist")
        policies.check_parameters(identifier, params["Parameters"])
        self.parameters[identifier] = params["Parameters"]

    @operation
    def batch_update_standards_control_associations(self, params: Json) -> Json:
        self.backend.require_hub()
        self.backend.hub.refuse_if_central()
        refused: list[Json] = []
        for update in params["StandardsControlAssociationUpdates"]:
            problem = self._problem(update)
            if problem:
                refused.append({"StandardsControlAssociationUpdate": update, **problem})
            else:
                self._switch(update)
        return {"UnprocessedAssociationUpdates": refused}

    @operation
    def list_standards_control_associations(self, params: Json) -> Json:
        self.backend.require_hub()
        identifier = params["SecurityControlId"].rsplit("/", 1)[-1]
        if identifier not in catalogue.CONTROLS:
            raise InvalidInputException(f"Invalid parameter: SecurityControlId {identifier}")
        found = [self._associate(identifier, arn) for arn in self._standards_with(identifier)]
        return page(found, params, "StandardsControlAssociationSummaries")

    @operation
    def batch_get_standards_control_associations(self, params: Json) -> Json:
        self.backend.require_hub()
        found: list[Json] = []
        missing: list[Json] = []
        for wanted in params["StandardsControlAssociationIds"]:
            identifier, arn = wanted["SecurityControlId"].rsplit("/", 1)[-1], wanted["StandardsArn"]
            if arn in self._standards_with(identifier):
                found.append(self._associate(identifier, arn))
            else:
                problem = {"ErrorCode": "NOT_FOUND", "ErrorReason": "The association was not found"}
                missing.append({"StandardsControlAssociationId": wanted, **problem})
        return {"StandardsControlAssociationDetails": found, "UnprocessedAssociations": missing}

    @operation
    def describe_standards_controls(self, params: Json) -> Json:
        self.backend.require_hub()
        standard = self.backend.standards.of_subscription(params["StandardsSubscriptionArn"])
        chosen = catalogue.controls_of(standard, self.backend.region_name)
        found = [self._of_standard(control, standard) for control in chosen]
        return page(found, params, "Controls")

    @operation
    def update_standards_control(self, params: Json) -> None:
        self.backend.require_hub()
        self.backend.hub.refuse_if_central()
        identifier, standard = self._parse(params["StandardsControlArn"])
        disable = params.get("ControlStatus") == "DISABLED"
        if disable and not params.get("DisabledReason"):
            raise InvalidInputException("DisabledReason should not be empty")
        self.switch(identifier, standard, params["DisabledReason"] if disable else None)

    def switch(self, identifier: str, standard: str, reason: str | None) -> None:
        """Turn a control off in a standard, for a reason, or on again (None)."""
        key = (identifier, standard)
        self.changed_at[key] = now()
        self.off = {k: r for k, r in self.off.items() if k != key}
        if reason is not None:
            self.off[key] = reason

    def replace(self, off: dict[Switch, str]) -> None:
        """Turn off exactly these. The mapping may be shared, so it is copied before a change."""
        self.off = off
        self.changed_at.clear()

    def forget_standard(self, arn: str) -> None:
        self.off = {key: reason for key, reason in self.off.items() if key[1] != arn}

    def _switch(self, update: Json) -> None:
        off = update["AssociationStatus"] == "DISABLED"
        reason = update.get("UpdatedReason", "") if off else None
        self.switch(update["SecurityControlId"].rsplit("/", 1)[-1], update["StandardsArn"], reason)

    def _problem(self, update: Json) -> Json:
        identifier = update["SecurityControlId"].rsplit("/", 1)[-1]
        if update["StandardsArn"] not in self._standards_with(identifier):
            reason = "The control is not in an enabled standard of that name"
            return {"ErrorCode": "NOT_FOUND", "ErrorReason": reason}
        if update["AssociationStatus"] == "DISABLED" and not update.get("UpdatedReason"):
            return {
                "ErrorCode": "INVALID_INPUT",
                "ErrorReason": "UpdatedReason should not be empty",
            }
        return {}

    def _standards_with(self, identifier: str) -> list[str]:
        enabled = self.backend.standards.enabled
        return [arn for arn in enabled if identifier in catalogue.ids_of(arn)]

    def _parse(self, arn: str) -> Switch:
        match = _STANDARDS_CONTROL.match(arn)
        if match is None:
            raise InvalidInputException(f"Invalid parameter: StandardsControlArn {arn}")
        subscription = self.backend.arn(f"subscription/{match[1]}")
        standard = self.backend.standards.of_subscription(subscription)
        if match[2] not in catalogue.ids_of(standard):
            raise ResourceNotFoundException(f"Control {arn} does not exist")
        return match[2], standard

    def _describe(self, control: catalogue.Control) -> Json:
        standards = self._standards_with(control.id)
        on = any((control.id, arn) not in self.off for arn in standards)
        return {
            **control.describe(),
            "SecurityControlArn": self.backend.arn(f"security-control/{control.id}"),
            "SecurityControlStatus": "ENABLED" if on else "DISABLED",
            "UpdateStatus": "READY",
            "Parameters": self.parameters.get(control.id, {}),
        }

    def _associate(self, identifier: str, standard: str) -> Json:
        key, control = (identifier, standard), catalogue.CONTROLS[identifier]
        return {
            "StandardsArn": standard,
            "SecurityControlId": identifier,
            "SecurityControlArn": self.backend.arn(f"security-control/{identifier}"),
            "AssociationStatus": "DISABLED" if key in self.off else "ENABLED",
            "RelatedRequirements": [],
            "UpdatedAt": self.changed_at.get(key) or self.backend.hub.enabled_at,
            "UpdatedReason": self.off.get(key),
            "StandardsControlTitle": control.title,
            "StandardsControlDescription": control.title,
        }

    def _of_standard(self, control: catalogue.Control, standard: str) -> Json:
        key, base = (control.id, standard), standard.split("/", 1)[1]
        described = control.describe()
        del described["SecurityControlId"]
        return {
            **described,
            "StandardsControlArn": self.backend.arn(f"control/{base}/{control.id}"),
            "ControlStatus": "DISABLED" if key in self.off else "ENABLED",
            "DisabledReason": self.off.get(key),
            "ControlStatusUpdatedAt": self.changed_at.get(key) or self.backend.hub.enabled_at,
            "ControlId": control.id,
            "RelatedRequirements": [],
        }


def _unprocessed(identifier: str) -> Json:
    reason = f"Control {identifier} does not exist"
    return {"SecurityControlId": identifier, "ErrorCode": "NOT_FOUND", "ErrorReason": reason}
