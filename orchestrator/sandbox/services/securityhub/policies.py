"""What a configuration policy may say, and what it does to the hub of one account and region."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from orchestrator.sandbox.extend import Json
from orchestrator.sandbox.services.securityhub import catalogue, parameters
from orchestrator.sandbox.services.securityhub.part import InvalidInputException

if TYPE_CHECKING:
    from orchestrator.sandbox.services.securityhub.models import SecurityHubBackend

REASON = "Disabled by a configuration policy"
ON, OFF = "EnabledSecurityControlIdentifiers", "DisabledSecurityControlIdentifiers"
PARAMETERS = "SecurityControlCustomParameters"


def check(policy: Json, region: str) -> None:
    """Refuse a policy as CreateConfigurationPolicy does."""
    hub = policy.get("SecurityHub") or {}
    standards = hub.get("EnabledStandardIdentifiers")
    controls = hub.get("SecurityControlsConfiguration")
    if not hub.get("ServiceEnabled"):
        if standards or controls:
            raise _semantics("Nothing else can be configured when Security Hub is disabled")
        return
    if standards is None or controls is None:
        raise _semantics(
            "Enabled standards and security control configurations must be configured when "
            "Security Hub is enabled"
        )
    for arn in standards:
        if catalogue.standard_of(arn, region) is None:
            raise InvalidInputException(f"Standard {arn} does not exist in this Region")
    _check_controls(controls)


def apply(hub: Json, backend: SecurityHubBackend) -> None:
    """Bring one account, in one region, to what the policy says."""
    if not hub["ServiceEnabled"]:
        if backend.hub.enabled:
            backend.hub.switch_off()
        return
    backend.hub.switch_on()
    region = backend.region_name
    standards = tuple(catalogue.in_region(arn, region) for arn in hub["EnabledStandardIdentifiers"])
    backend.standards.replace(standards)
    controls = hub["SecurityControlsConfiguration"]
    backend.controls.replace(_switches(standards, _off(controls)))
    custom = controls.get(PARAMETERS) or []
    backend.controls.parameters = {c["SecurityControlId"]: c["Parameters"] for c in custom}


@lru_cache(maxsize=256)
def _switches(standards: tuple[str, ...], off: frozenset[str]) -> dict[tuple[str, str], str]:
    """One mapping for all accounts under a policy: a copy for each of 500 would take 60 MB."""
    return {(c, arn): REASON for arn in standards for c in catalogue.ids_of(arn) & off}


def _off(controls: Json) -> frozenset[str]:
    """A list of enabled controls switches every other off; a list of disabled ones only those."""
    if controls.get(ON) is not None:
        return frozenset(catalogue.CONTROLS) - frozenset(controls[ON])
    return frozenset(controls.get(OFF) or ())


def _check_controls(controls: Json) -> None:
    if controls.get(ON) and controls.get(OFF):
        raise _semantics("Controls can be listed as enabled or as disabled, not both")
    custom = [item["SecurityControlId"] for item in controls.get(PARAMETERS) or []]
    for identifier in (*(controls.get(ON) or ()), *(controls.get(OFF) or ()), *custom):
        if identifier not in catalogue.CONTROLS:
            raise InvalidInputException(f"Security control {identifier} does not exist")
    for item in controls.get(PARAMETERS) or []:
        parameters.check(item["SecurityControlId"], item["Parameters"])


def _semantics(message: str) -> InvalidInputException:
    return InvalidInputException(f"Invalid semantics: {message}")
