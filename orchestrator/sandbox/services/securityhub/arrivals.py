"""How far configuration policies have come: PENDING at first, then SUCCESS or FAILED, by target.

Source: AWS Security Hub User Guide, "Viewing the status of a configuration policy": a parent is
FAILED if one of its children is, and PENDING as long as one of them is; the status of an
association may stay PENDING for up to 24 hours.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from orchestrator.sandbox.delays import DELAYS
from orchestrator.sandbox.extend import Json
from orchestrator.sandbox.organization import Organization


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
