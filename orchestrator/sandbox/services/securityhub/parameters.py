"""What a control's parameters may be set to, for the controls that a remediation of ours is for.

Of other controls nothing is known here, and nothing is refused.
Source: AWS Security Hub User Guide, the page of controls of each service, "Parameters", with
"Allowed custom values"; API Reference, UpdateSecurityControl, ConfigurationOptions.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from orchestrator.sandbox.extend import Json
from orchestrator.sandbox.services.securityhub.catalogue import TAGGING
from orchestrator.sandbox.services.securityhub.part import InvalidInputException


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


def check(control: str, given: Json) -> None:
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
