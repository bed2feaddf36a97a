"""Findings: imported, changed, found again, told to EventBridge; and how far policies are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestrator.sandbox.delays import DELAYS
from orchestrator.sandbox.extend import Json, operation, page
from orchestrator.sandbox.organization import Organization
from orchestrator.sandbox.services.securityhub import asff
from orchestrator.sandbox.services.securityhub.events import announce
from orchestrator.sandbox.services.securityhub.filters import matches, order
from orchestrator.sandbox.services.securityhub.part import InvalidInputException, Part, now

if TYPE_CHECKING:
    from orchestrator.sandbox.services.securityhub import SecurityHubBackend


@dataclass(slots=True)
class Arrivals:
    """`pending` counts by target what is on its way; `failed` says why the last one ended so."""

    pending: Counter[str] = field(default_factory=Counter)
    failed: dict[str, str] = field(default_factory=lambda: defaultdict(str))

    def start(self, targets: Iterable[str]) -> None:
        self.pending.update(targets)

    def end(self, targets: Iterable[str]) -> None:
        """What was on its way to these targets has come, or has failed as the sandbox was told."""
        for target in targets:
            self.pending[target] -= 1
            self.failed[target] = DELAYS.failed("association", target)

    def describe(self, target: str, organization: Organization) -> Json:
        """The two fields of an association that say how it stands."""
        below = [target]
        if not target.isdigit():
            everything = (*organization.parents, organization.root)
            below = [each for each in everything if target in organization.path(each)]
        reasons = {t: self.failed[t] for t in below if self.failed.get(t) and not self.pending[t]}
        status, message = "SUCCESS", ""
        if reasons:
            status = "FAILED"
            message = reasons.get(target) or "The association failed for one or more child targets"
        elif any(self.pending[each] for each in below):
            status = "PENDING"
        return {"AssociationStatus": status, "AssociationStatusMessage": message}


BATCH = 100
Key = tuple[str, str]


class Findings(Part):
    def __init__(self, backend: SecurityHubBackend) -> None:
        super().__init__(backend)
        self.own: dict[Key, Json] = {}
        self.history: dict[Key, list[Json]] = {}

    @operation
    def batch_import_findings(self, params: Json) -> Json:
        self.backend.require_hub()
        _check_batch(params["Findings"], "Findings")
        failed: list[Json] = []
        for finding in params["Findings"]:
            problem = asff.problem(finding, self.backend.account_id)
            if problem:
                failed.append(
                    {
                        "Id": finding.get("Id", ""),
                        "ErrorCode": "InvalidInput",
                        "ErrorMessage": problem,
                    }
                )
            else:
                self._import(finding)
        done = len(params["Findings"]) - len(failed)
        return {"FailedCount": len(failed), "SuccessCount": done, "FailedFindings": failed}

    @operation
    def get_findings(self, params: Json) -> Json:
        self.backend.require_hub()
        size = params.get("MaxResults") or BATCH
        if not 1 <= size <= BATCH:
            raise InvalidInputException("MaxResults must be a number between 1 and 100")
        found = order(self.visible_to(params.get("Filters")), params.get("SortCriteria"))
        return page(found, params, "Findings")

    @operation
    def batch_update_findings(self, params: Json) -> Json:
        self.backend.require_hub()
        _check_batch(params["FindingIdentifiers"], "FindingIdentifiers")
        change = asff.customer_fields(params)
        homes = {key: holder for holder in self.holders() for key in holder.own}
        done: list[Json] = []
        missing: list[Json] = []
        for identifier in params["FindingIdentifiers"]:
            holder = homes.get(_key(identifier))
            if holder is None:
                problem = {"ErrorCode": "FindingNotFound", "ErrorMessage": "Finding Not Found"}
                missing.append({"FindingIdentifier": identifier, **problem})
            else:
                holder.update(_key(identifier), change, self.backend.account_id)
                done.append(identifier)
        return {"ProcessedFindings": done, "UnprocessedFindings": missing}

    @operation
    def get_finding_history(self, params: Json) -> Json:
        self.backend.require_hub()
        key = _key(params["FindingIdentifier"])
        records = [record for holder in self.holders() for record in holder.history.get(key, ())]
        return page(records[::-1], params, "Records")

    def visible_to(self, filters: Json | None = None) -> list[Json]:
        """What this account sees here: its own, its members', and those of linked regions."""
        found = (finding for holder in self.holders() for finding in holder.own.values())
        return [finding for finding in found if matches(finding, filters)]

    def update(self, key: Key, change: Json, by: str) -> None:
        """A customer's change to a finding kept here; `UpdatedAt` is the product's and stays."""
        before = self.own[key]
        self.own[key] = asff.changed(before, change)
        self.history.setdefault(key, []).append(asff.record(before, self.own[key], by))
        announce(self.backend, [self.own[key]])

    def forget(self) -> None:
        self.own.clear()
        self.history.clear()

    def _import(self, finding: Json) -> None:
        key = _key(finding)
        known = self.own.get(key)
        complete = asff.completed(finding, known, self.backend.region_name)
        ruled = self._rules().automation.apply(complete)
        self.own[key] = {**ruled, "ProcessedAt": now()}
        announce(self.backend, [self.own[key]])
        self.backend.findings_v2.take(self.own[key])

    def _rules(self) -> SecurityHubBackend:
        """Whose automation rules act: the administrator's, in the region the finding arose in.

        Source: Security Hub user guide, "Automation rules".
        """
        administrator = self.backend.members.administrator
        return self.backend.peer(administrator["AccountId"]) if administrator else self.backend

    def holders(self) -> Iterator[Findings]:
        """This account's here, its members', and those of linked regions."""
        for account in (self.backend.account_id, *self.backend.members.associated()):
            regions = (self.backend.region_name, *self._linked())
            for peer in self.backend.regions_in_use(account):
                if peer.region_name in regions:
                    yield peer.findings

    def _linked(self) -> tuple[str, ...]:
        """The regions linked to this one by the account's or its administrator's aggregator."""
        own = self.backend.aggregation.linked_regions()
        administrator = self.backend.members.administrator
        if own or not administrator:
            return own
        return self.backend.peer(administrator["AccountId"]).aggregation.linked_regions()


def _key(finding: Json) -> Key:
    return finding["Id"], finding["ProductArn"]


def _check_batch(items: list[Json], name: str) -> None:
    if not 1 <= len(items) <= BATCH:
        raise InvalidInputException(f"{name} must hold between 1 and {BATCH} items")
