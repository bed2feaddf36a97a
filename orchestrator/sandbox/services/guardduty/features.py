"""What a detector watches: by feature and, the old way, by data source. One state, two views.

GuardDuty has one error for nearly everything, which is here as well.
Source: Amazon GuardDuty API Reference, GetDetector, UpdateDetector (features that a request leaves
out stay) and CreateDetector (optional features that it leaves out are on, but runtime monitoring).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from moto.guardduty.models import Detector

from orchestrator.sandbox import extend
from orchestrator.sandbox.extend import AwsError, Json

ALWAYS = ("CLOUD_TRAIL", "DNS_LOGS", "FLOW_LOGS")
OPTIONAL = (
    *("S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION", "RDS_LOGIN_EVENTS"),
    "LAMBDA_NETWORK_LOGS",
)
RUNTIME = ("EKS_RUNTIME_MONITORING", "RUNTIME_MONITORING")
ON, OFF = "ENABLED", "DISABLED"
AGENTS = "additionalConfiguration"


def install() -> None:
    extend.amend(Detector, "__init__", made)
    extend.amend(Detector, "update", updated)
    extend.amend(Detector, "to_json", described)


def wanted_features(enabled: Mapping[str, bool]) -> list[Json]:
    """Features as a detector has them, those that nobody can turn off among them."""
    wanted = {name: enabled.get(name, False) for name in (*OPTIONAL, *RUNTIME)}
    return [_feature(name, on) for name, on in {**dict.fromkeys(ALWAYS, True), **wanted}.items()]


def change(detector: Any, wanted: list[Json]) -> None:
    """Replace the features that are named, and of one the agents; the others stay."""
    kept = {each["name"]: each for each in detector.features}
    for each in wanted:
        agents = {a["name"]: a for a in kept.get(each["name"], {}).get(AGENTS, ())}
        agents |= {a["name"]: a for a in each.get(AGENTS) or ()}
        kept[each["name"]] = {**each, AGENTS: list(agents.values())} if agents else each
    one = [name for name in RUNTIME if kept.get(name, {}).get("status") == ON]
    if len(one) > 1:  # Source: GuardDuty API Reference, UpdateMemberDetectors.
        raise BadRequestException(
            "The request is rejected because EKS_RUNTIME_MONITORING and RUNTIME_MONITORING are "
            "both enabled."
        )
    detector.features = list(kept.values())


def made(original: Callable[..., None], self: Any, *args: Any, **given: Any) -> None:
    original(self, *args, **given)
    wanted, self.features = self.features, wanted_features(dict.fromkeys(OPTIONAL, True))
    change(self, [*_by_source(self.datasources), *wanted])


def updated(
    original: Callable[..., None],
    self: Any,
    enable: bool | None,
    frequency: str | None,
    sources: Json | None,
    features: list[Json] | None,
) -> None:
    original(self, enable, frequency, None, None)
    change(self, [*_by_source(sources or {}), *(features or [])])


def described(original: Callable[..., Json], self: Any) -> Json:
    return {**original(self), "dataSources": sources_of(self)}


def sources_of(detector: Any) -> Json:
    status = {each["name"]: each["status"] for each in detector.features}
    volumes = {"ebsVolumes": {"status": status["EBS_MALWARE_PROTECTION"]}}
    return {
        "cloudTrail": {"status": status["CLOUD_TRAIL"]},
        "dnsLogs": {"status": status["DNS_LOGS"]},
        "flowLogs": {"status": status["FLOW_LOGS"]},
        "s3Logs": {"status": status["S3_DATA_EVENTS"]},
        "kubernetes": {"auditLogs": {"status": status["EKS_AUDIT_LOGS"]}},
        "malwareProtection": {"scanEc2InstanceWithFindings": volumes},
    }


def _by_source(sources: Json) -> list[Json]:
    """The features that a request names by their data source."""
    found = {
        "S3_DATA_EVENTS": _dig(sources, "s3Logs", "enable"),
        "EKS_AUDIT_LOGS": _dig(sources, "kubernetes", "auditLogs", "enable"),
        "EBS_MALWARE_PROTECTION": _dig(
            sources, "malwareProtection", "scanEc2InstanceWithFindings", "ebsVolumes"
        ),
    }
    return [_feature(name, on) for name, on in found.items() if on is not None]


def _dig(value: Any, *path: str) -> bool | None:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value if value is None else bool(value)


def _feature(name: str, on: bool) -> Json:
    return {"name": name, "status": ON if on else OFF}


class BadRequestException(AwsError):
    code = "BadRequestException"


def not_permitted(account_id: str) -> BadRequestException:
    return BadRequestException(
        "The request is rejected because the current account cannot perform this operation: "
        f"{account_id} is not the administrator account."
    )


def not_owned() -> BadRequestException:
    """The words Terraform's provider takes as "is gone"."""
    return BadRequestException(
        "The request is rejected because the input detectorId is not owned by the current account."
    )
