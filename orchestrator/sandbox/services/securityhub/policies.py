"""What a configuration policy and a control's parameters may say, and what a policy does to a hub.

Parameters are known of the controls that a remediation of ours is for. Of other controls nothing
is known here, and nothing is refused.
Source: AWS Security Hub User Guide, the page of controls of each service, "Parameters", with
"Allowed custom values"; API Reference, UpdateSecurityControl, ConfigurationOptions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from orchestrator.sandbox.extend import Json
from orchestrator.sandbox.services.securityhub import catalogue
from orchestrator.sandbox.services.securityhub.catalogue import TAGGING
from orchestrator.sandbox.services.securityhub.part import InvalidInputException

if TYPE_CHECKING:
    from orchestrator.sandbox.services.securityhub import SecurityHubBackend


@dataclass(frozen=True, slots=True)
class Options:
    """`kind` is a member of ParameterValue; a range, the values there are, what a text has to
    match, or none of them.
    """

    kind: str
    least: int | None = None
    most: int | None = None
    values: tuple[str, ...] = ()
    pattern: str = ""
    items: int = 0
    default: Any = None

    def fits(self, value: Any) -> bool:
        """Whether the value of a parameter, by its kind, is allowed."""
        if self.kind.endswith("List"):
            known = replace(self, kind=self.kind.removesuffix("List"))
            return 0 < len(value) <= self.items and all(known.fits(each) for each in value)
        if self.kind == "Enum":
            return value in self.values
        if self.kind == "Boolean":
            return isinstance(value, bool)
        if self.pattern:
            return re.fullmatch(self.pattern, str(value)) is not None
        if not str(value).isdigit():
            return False
        return (self.least or 0) <= int(value) <= (self.most or int(value))

    def define(self) -> Json:
        """As GetSecurityControlDefinition tells it."""
        said: Json = {"DefaultValue": self.default, "Min": self.least, "Max": self.most}
        said |= {"AllowedValues": list(self.values)} if self.values else {}
        said |= {"MaxItems": self.items} if self.items else {}
        known = {name: value for name, value in said.items() if value is not None}
        return {self.kind: known if self.kind != "String" else {}}


def whole(least: int, most: int, default: int | None = None) -> Options:
    return Options("Integer", least, most, default=default)


def one_of(*values: str, default: str | None = None) -> Options:
    return Options("Enum", values=values, default=default)


YES = Options("Boolean", default=True)
PORTS = Options("IntegerList", 1, 65535, items=32)
CLASSES = ("STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER", "GLACIER_IR")

EVENTS = (
    *("IntelligentTiering", "LifecycleExpiration:*", "LifecycleExpiration:Delete"),
    *("LifecycleExpiration:DeleteMarkerCreated", "LifecycleTransition", "ObjectAcl:Put"),
    *("ObjectCreated:*", "ObjectCreated:CompleteMultipartUpload", "ObjectCreated:Copy"),
    *("ObjectCreated:Post", "ObjectCreated:Put", "ObjectRemoved:*", "ObjectRemoved:Delete"),
    *("ObjectRemoved:DeleteMarkerCreated", "ObjectRestore:*", "ObjectRestore:Completed"),
    *("ObjectRestore:Delete", "ObjectRestore:Post", "ObjectTagging:*", "ObjectTagging:Delete"),
    *("ObjectTagging:Put", "ReducedRedundancyLostObject", "Replication:*"),
    *("Replication:OperationFailedReplication", "Replication:OperationMissedThreshold"),
    *("Replication:OperationNotTracked", "Replication:OperationReplicatedAfterThreshold"),
    "TestEvent",
)
TAG_KEYS = Options("StringList", pattern=r"(?!(?i:aws:))[\w\s.:/=+@-]{1,128}", items=6)
"""Source: also Tagging AWS Resources User Guide, "Tag naming limits and requirements"."""

CONTROLS: Mapping[str, Mapping[str, Options]] = {
    "APIGateway.1": {"loggingLevel": one_of("ERROR", "INFO")},
    "CloudWatch.16": {
        "minRetentionTime": one_of("365", "400", "545", "731", "1827", "3653", default="365")
    },
    "Config.1": {"includeConfigServiceLinkedRoleCheck": YES},
    "DynamoDB.1": {
        "minProvisionedReadCapacity": whole(1, 40000),
        "targetReadUtilization": whole(20, 90),
        "minProvisionedWriteCapacity": whole(1, 40000),
        "targetWriteUtilization": whole(20, 90),
    },
    "EC2.4": {"AllowedDays": whole(1, 365, 30)},
    "EC2.18": {"authorizedTcpPorts": PORTS, "authorizedUdpPorts": PORTS},
    "ElastiCache.1": {"snapshotRetentionPeriod": whole(1, 35, 1)},
    "IAM.7": {
        "RequireUppercaseCharacters": YES,
        "RequireLowercaseCharacters": YES,
        "RequireSymbols": YES,
        "RequireNumbers": YES,
        "MinimumPasswordLength": whole(8, 128, 8),
        "PasswordReusePrevention": whole(12, 24),
        "MaxPasswordAge": whole(1, 90),
    },
    "IAM.10": {},
    "Kinesis.3": {"minimumBackupRetentionPeriod": Options("String", 24, 8760)},
    "RDS.6": {"monitoringInterval": one_of("1", "5", "10", "15", "30", "60")},
    "RDS.8": {},
    "RDS.11": {"backupRetentionMinimum": whole(7, 35, 7)},
    "Redshift.3": {"MinRetentionPeriod": whole(7, 35, 7)},
    "S3.11": {
        "eventTypes": Options("EnumList", values=tuple(f"s3:{each}" for each in EVENTS), items=28)
    },
    "S3.13": {
        "targetTransitionDays": whole(1, 36500),
        "targetExpirationDays": whole(1, 36500),
        "targetTransitionStorageClass": one_of(*CLASSES, "DEEP_ARCHIVE"),
    },
    "SecretsManager.1": {"maximumAllowedRotationFrequency": whole(1, 365)},
    "SecretsManager.3": {"unusedForDays": whole(1, 365, 90)},
    "SecretsManager.4": {"maxDaysSinceRotation": whole(1, 180, 90)},
    "StepFunctions.1": {"logLevel": one_of("ALL", "ERROR", "FATAL")},
    **{control: {"requiredTagKeys": TAG_KEYS} for control in TAGGING},
}
"""By id: the parameters that can be set. An empty one has none."""


def check_parameters(control: str, given: Json) -> None:
    """Raises InvalidInputException for what cannot be set, or not to this."""
    known = CONTROLS.get(control)
    for name, said in given.items() if known is not None else ():
        options = (known or {}).get(name)
        if options is None:
            raise InvalidInputException(f"{control} has no parameter {name} that can be set")
        if said.get("ValueType") != "CUSTOM":
            continue
        value = said.get("Value") or {}
        if set(value) != {options.kind} or not options.fits(value[options.kind]):
            raise InvalidInputException(f"{name} of {control} cannot be {value}")


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
        check_parameters(item["SecurityControlId"], item["Parameters"])


def _semantics(message: str) -> InvalidInputException:
    return InvalidInputException(f"Invalid semantics: {message}")
