"""What AWS would remediate to close exposures: targets, and the exposures behind each.

A stand-in for rules that AWS does not publish: a resource that fails two controls or more is
exposed, as severely as the worst of them; each of these controls is a trait, and a target.
Source of shapes, limits, order and errors: API model of Security Hub, GetRemediationsV2,
ListExposuresByRemediationV2.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.sandbox.extend import Json, ValidationException, operation, page
from orchestrator.sandbox.services.securityhub.part import Part, ResourceNotFoundException

if TYPE_CHECKING:
    from orchestrator.sandbox.services.securityhub import SecurityHubBackend

ENOUGH = 2
PAGE = 25
"""Unless more, or fewer, are asked for."""
PRIORITIES = ("Critical", "High", "Medium", "Low")
SEVERITIES = (*PRIORITIES, "Informational")
FIELDS = {
    "Resource.Type": ("Resource", "Type"),
    "Resource.Id": ("Resource", "Id"),
    "Resource.ResourceOwnerAccountId": ("Resource", "ResourceOwnerAccountId"),
    "Resource.CloudProvider": ("Resource", "CloudProvider"),
    "Priority": ("Priority",),
    "Status": ("Status",),
}


class Exposures(Part):
    def __init__(self, backend: SecurityHubBackend) -> None:
        super().__init__(backend)

    @operation
    def get_remediations_v2(self, params: Json) -> Json:
        uid, exposure, filters = (params.get(n) for n in ("TargetUid", "MetadataUid", "Filters"))
        if sum(value is not None for value in (uid, exposure, filters)) > 1:
            raise ValidationException("TargetUid, MetadataUid and Filters exclude each other")
        found = [target for target, behind in self._targets() if _wanted(target, behind, params)]
        if not found and (uid or exposure):
            raise ResourceNotFoundException("No remediation target was found")
        found.sort(key=lambda each: (PRIORITIES.index(each["Priority"]), each["TargetUid"]))
        return page(found, params, "Items", PAGE)

    @operation
    def list_exposures_by_remediation_v2(self, params: Json) -> Json:
        for target, behind in self._targets():
            if target["TargetUid"] == params["TargetUid"]:
                same = {name: target[name] for name in ("TargetUid", "Resource", "Trait")}
                return {**page([behind], params, "Items", PAGE), **same, "TotalCount": 1}
        raise ResourceNotFoundException("No remediation target was found")

    def _targets(self) -> Iterator[tuple[Json, Json]]:
        """Each target, and the exposure that it is about."""
        failing: dict[tuple[str, str], list[Json]] = {}
        for finding in self.backend.findings_v2.visible():
            compliance = finding.get("compliance", {})
            failed = compliance.get("control") and compliance["status"] == "Fail"
            if failed and finding["status_id"] < 3:
                resource = finding["resources"][0]
                key = (finding["cloud"]["account"]["uid"], resource.get("uid_alt", resource["uid"]))
                failing.setdefault(key, []).append(finding)
        for (account, resource), findings in failing.items():
            if len(findings) >= ENOUGH:
                for finding in findings:
                    yield _target(finding, findings, account, resource)


def _target(finding: Json, findings: list[Json], account: str, resource: str) -> tuple[Json, Json]:
    before = min(SEVERITIES.index(each["severity"]) for each in findings)
    rest = [SEVERITIES.index(each["severity"]) for each in findings if each is not finding]
    resolves, reduces = len(rest) < ENOUGH, min(rest) > before
    impact = "Resolves" if resolves else "Reduces" if reduces else "Unchanged"
    after = len(SEVERITIES) - 1 if resolves else min(rest)
    title = finding["finding_info"]["title"]
    target = {
        "TargetUid": _uid("target", resource, finding["finding_info"]["uid"]),
        "Outcome": {
            "ResolvedFindingsCount": int(impact == "Resolves"),
            "SeverityReductionFindingsCount": int(impact == "Reduces"),
            "SeverityUnchangedCount": int(impact == "Unchanged"),
        },
        "Priority": PRIORITIES[min(before, len(PRIORITIES) - 1)],
        "RemediationSummary": {"Action": f"Remediate: {title}", "IsImmediate": True},
        "Resource": {
            "AccountId": account,
            "CloudProvider": "AWS",
            "Id": resource,
            "Region": finding["cloud"]["region"],
            "ResourceOwnerAccountId": account,
            "ResourceRegion": finding["cloud"]["region"],
            "Type": finding["resources"][0]["type"],
        },
        "Status": "New",
        "Trait": {"Type": "Misconfiguration", "Title": title},
    }
    exposure = {
        "MetadataUid": _uid("exposure", resource),
        "Title": f"{resource} is exposed",
        "PreviousSeverity": SEVERITIES[before],
        "ProjectedSeverity": SEVERITIES[after],
        "Impact": impact,
    }
    return target, exposure


def _wanted(target: Json, exposure: Json, params: Json) -> bool:
    if params.get("TargetUid"):
        return bool(target["TargetUid"] == params["TargetUid"])
    if params.get("MetadataUid"):
        return bool(exposure["MetadataUid"] == params["MetadataUid"])
    composites = (params.get("Filters") or {}).get("CompositeFilters") or []
    conditions = [each for some in composites for each in some.get("StringFilters") or []]
    return all(_at(target, each["FieldName"]) == each["Filter"]["Value"] for each in conditions)


def _at(target: Json, field: str) -> object:
    found: Json = target
    for name in FIELDS[field]:
        found = found[name]
    return found


def _uid(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
