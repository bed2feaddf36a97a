"""Parameters that Security Hub takes for a control, and what it takes for each.

Of parameters that only a remediation takes, such as a bucket for logs, Security Hub knows nothing.
Source: AWS Security Hub User Guide, the page of controls of each service, "Parameters" with "Data
type" and "Allowed custom values"; GetSecurityControlDefinition returns the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

Value = str | int | bool | Sequence[object]


class Type(StrEnum):
    """As the arguments of Terraform's resource call them."""

    BOOL = "bool"
    INT = "int"
    ENUM = "enum"
    STRING = "string"
    INT_LIST = "int_list"
    ENUM_LIST = "enum_list"
    STRING_LIST = "string_list"

    @property
    def is_list(self) -> bool:
        return self in (Type.INT_LIST, Type.ENUM_LIST, Type.STRING_LIST)


@dataclass(frozen=True, slots=True)
class Definition:
    """A whole number from `least` to `most`, one of `values`, or a text that `pattern` matches."""

    type: Type
    least: int = 0
    most: int = 0
    values: tuple[str, ...] = ()
    pattern: str = ""
    items: int = 0

    @property
    def expected(self) -> str:
        """In words, for a message."""
        if self.type is Type.BOOL:
            return "true or false"
        one = f"one of {', '.join(self.values)}" if self.values else "text"
        if self.most:
            one = f"a whole number from {self.least} to {self.most}"
        return f"a list of at most {self.items}, each {one}" if self.type.is_list else one

    def typed(self, value: Value) -> Value | list[int] | None:
        """The value as Security Hub takes it; None if it does not."""
        if self.type is Type.BOOL:
            return value if isinstance(value, bool) else None
        if not self.type.is_list:
            return (
                None
                if isinstance(value, bool) or not isinstance(value, str | int)
                else self._one(str(value))
            )
        if not isinstance(value, list | tuple) or not 0 < len(value) <= self.items:
            return None
        found = [self._one(str(each)) for each in value]
        if any(each is None for each in found):
            return None
        if self.type is Type.INT_LIST:
            return [each for each in found if isinstance(each, int)]
        return [str(each) for each in found]

    def _one(self, text: str) -> str | int | None:
        if self.values:
            return text if text in self.values else None
        if self.pattern:
            return text if re.fullmatch(self.pattern, text) else None
        if not re.fullmatch(r"[0-9]{1,6}", text) or not self.least <= int(text) <= self.most:
            return None
        return text if self.type is Type.STRING else int(text)


def _days(least: int, most: int) -> Definition:
    return Definition(Type.INT, least, most)


def _one_of(*values: str) -> Definition:
    return Definition(Type.ENUM, values=values)


SWITCH = Definition(Type.BOOL)
PORTS = Definition(Type.INT_LIST, 1, 65535, items=32)
TAG_KEYS = Definition(Type.STRING_LIST, pattern=r"(?!(?i:aws:))[\w\s.:/=+@-]{1,128}", items=6)
RETENTION = ("365", "400", "545", "731", "1827", "3653")
STORAGE = (
    *("STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER", "GLACIER_IR"),
    "DEEP_ARCHIVE",
)

DEFINITIONS: Mapping[str, Mapping[str, Definition]] = {
    "ACM.1": {"daysToExpiration": _days(14, 365)},
    "APIGateway.1": {"loggingLevel": _one_of("ERROR", "INFO")},
    "CloudWatch.16": {"minRetentionTime": _one_of(*RETENTION)},
    "Config.1": {"includeConfigServiceLinkedRoleCheck": SWITCH},
    "DynamoDB.1": {
        "minProvisionedReadCapacity": _days(1, 40_000),
        "minProvisionedWriteCapacity": _days(1, 40_000),
        "targetReadUtilization": _days(20, 90),
        "targetWriteUtilization": _days(20, 90),
    },
    "EC2.4": {"AllowedDays": _days(1, 365)},
    "EC2.18": {"authorizedTcpPorts": PORTS, "authorizedUdpPorts": PORTS},
    "ElastiCache.1": {"snapshotRetentionPeriod": _days(1, 35)},
    "IAM.7": {
        "RequireUppercaseCharacters": SWITCH,
        "RequireLowercaseCharacters": SWITCH,
        "RequireSymbols": SWITCH,
        "RequireNumbers": SWITCH,
        "MaxPasswordAge": _days(1, 90),
        "MinimumPasswordLength": _days(8, 128),
        "PasswordReusePrevention": _days(12, 24),
    },
    "Kinesis.3": {"minimumBackupRetentionPeriod": Definition(Type.STRING, 24, 8760)},
    "RDS.6": {"monitoringInterval": _one_of("1", "5", "10", "15", "30", "60")},
    "RDS.11": {"backupRetentionMinimum": _days(7, 35)},
    "Redshift.3": {"MinRetentionPeriod": _days(7, 35)},
    "S3.13": {
        "targetExpirationDays": _days(1, 36_500),
        "targetTransitionDays": _days(1, 36_500),
        "targetTransitionStorageClass": _one_of(*STORAGE),
    },
    "SecretsManager.1": {"maximumAllowedRotationFrequency": _days(1, 365)},
    "SecretsManager.3": {"unusedForDays": _days(1, 365)},
    "SecretsManager.4": {"maxDaysSinceRotation": _days(1, 180)},
    "StepFunctions.1": {"logLevel": _one_of("ALL", "ERROR", "FATAL")},
}
TAGS = "requiredTagKeys"
"""What each control of AWS Resource Tagging Standard takes, and no other."""


def definition(control: str, name: str) -> Definition | None:
    """None for a parameter of a remediation, or one that is not known here."""
    if name == TAGS:
        return TAG_KEYS
    return DEFINITIONS.get(control, {}).get(name)


def wrong(control: str, name: str, value: Value) -> str:
    """What to write instead of a value that Security Hub refuses; '' for any other."""
    known = definition(control, name)
    if known is None or known.typed(value) is not None:
        return ""
    return f"write what Security Hub takes: {known.expected}"


def for_security_hub(
    control: str, given: Mapping[str, Value]
) -> Iterable[tuple[str, Type, Value | list[int]]]:
    """Name, type and value of those parameters that Security Hub takes, in order."""
    for name in sorted(given):
        known = definition(control, name)
        value = known.typed(given[name]) if known else None
        if known and value is not None:
            yield name, known.type, value
