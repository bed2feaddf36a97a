"""Findings of the unified hub: taken over from CSPM, changed by customers, told to EventBridge.

Source: API model of Security Hub, GetFindingsV2 and BatchUpdateFindingsV2: shapes, limits, errors;
AWS Security Hub User Guide, "EventBridge event formats" of the unified hub: one finding an event.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from orchestrator.sandbox.extend import Json, operation, page
from orchestrator.sandbox.services.securityhub import coverage, ocsf
from orchestrator.sandbox.services.securityhub.events import announce_v2
from orchestrator.sandbox.services.securityhub.filters_v2 import matches
from orchestrator.sandbox.services.securityhub.part import AccessDeniedException, Part

if TYPE_CHECKING:
    from orchestrator.sandbox.services.securityhub import SecurityHubBackend

Key = tuple[str, str, str]
"""Account, finding_info.uid and metadata.product.uid."""
STATUS_NAMES = {0: "Unknown", 5: "Archived", 99: "Other"}
STATUS_NAMES |= dict(ocsf.STATUSES.values())
SEVERITY_NAMES = {0: "Unknown", 6: "Fatal", 99: "Other"}
SEVERITY_NAMES |= {number: name.capitalize() for name, number in ocsf.SEVERITIES.items()}
CUSTOMERS = ("comment", "status", "status_id", "severity", "severity_id")


class FindingsV2(Part):
    def __init__(self, backend: SecurityHubBackend) -> None:
        super().__init__(backend)
        self.own: dict[Key, Json] = {}

    @operation
    def get_findings_v2(self, params: Json) -> Json:
        found = [f for f in self.visible() if matches(f, params.get("Filters"))]
        newest = sorted(found, key=lambda f: f["finding_info"]["modified_time"], reverse=True)
        return page(newest, params, "Findings")

    @operation
    def batch_update_findings_v2(self, params: Json) -> Json:
        """What changes neither `finding_info.modified_time` nor `time`."""
        self._require()
        wanted = [
            *({"MetadataUid": uid} for uid in params.get("MetadataUids") or ()),
            *({"FindingIdentifier": each} for each in params.get("FindingIdentifiers") or ()),
        ]
        homes = {key: holder for holder in self._holders() for key in holder.own}
        known = {homes[key].own[key]["metadata"]["uid"]: key for key in homes}
        done, missing = [], []
        for each in wanted:
            key = known.get(each.get("MetadataUid")) or _key(each.get("FindingIdentifier") or {})
            if key in homes:
                homes[key].change(key, params)
                done.append(each)
            else:
                why = {"ErrorCode": "ResourceNotFoundException", "ErrorMessage": "no such finding"}
                missing.append({**each, **why})
        return {"ProcessedFindings": done, "UnprocessedFindings": missing}

    def change(self, key: Key, params: Json) -> None:
        """A customer's change to a finding kept here."""
        change: Json = {}
        if "Comment" in params:
            change["comment"] = params["Comment"]
        if "StatusId" in params:
            change["status_id"] = params["StatusId"]
            change["status"] = STATUS_NAMES[params["StatusId"]]
        if "SeverityId" in params:
            change["severity_id"] = params["SeverityId"]
            change["severity"] = SEVERITY_NAMES[params["SeverityId"]]
        self.own[key] = {**self.own[key], **change}
        announce_v2(self.backend, self.own[key])

    def take_all(self) -> None:
        """What CSPM has found before."""
        for finding in list(self.backend.findings.own.values()):
            self.take(finding)

    def take(self, finding: Json) -> None:
        """A finding that CSPM has imported, in ASFF; nothing where the unified hub is off.

        What a customer has set stays until the state of compliance changes.
        """
        if not self.backend.hub_v2.enabled:
            return
        key = (finding["AwsAccountId"], finding["Id"], ocsf.product_of(finding))
        known = self.own.get(key)
        closed = finding["RecordState"] == "ARCHIVED"
        taken = ocsf.translated(finding, 3 if closed else 2 if known else 1)
        if known and known.get("compliance") == taken.get("compliance"):
            taken |= {name: known[name] for name in CUSTOMERS if name in known}
        self.own[key] = taken
        announce_v2(self.backend, taken)

    def _require(self) -> None:
        """Which error AWS raises for a hub that is off is inferred from those the model lists."""
        if not self.backend.hub_v2.enabled:
            account = self.backend.account_id
            raise AccessDeniedException(f"Security Hub V2 is not enabled in account {account}")

    def visible(self) -> Iterator[Json]:
        """What this account sees. Raises AwsError where its hub is off."""
        self._require()
        for holder in self._holders():
            yield from holder.own.values()
            if holder.backend.hub_v2.enabled:
                yield coverage.guardduty(holder.backend)

    def _holders(self) -> Iterator[FindingsV2]:
        """Those whose findings this account sees, as it does in CSPM."""
        for holder in self.backend.findings.holders():
            yield holder.backend.findings_v2


def _key(identifier: Json) -> Key:
    names = ("CloudAccountUid", "FindingInfoUid", "MetadataProductUid")
    account, uid, product = (str(identifier.get(name, "")) for name in names)
    return account, uid, product
