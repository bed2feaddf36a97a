"""Administrator and aggregator of the unified Security Hub, which the provider does not know."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from orchestrator.adapters.aws.hub_coverage import HUB, Aws
from orchestrator.adapters.aws.transport import Refused
from orchestrator.errors import OrchestratorError
from orchestrator.model.names import AccountId
from orchestrator.model.organization import Organization
from orchestrator.model.organization_policies import Unified
from orchestrator.model.policy_changes import Do, Held, PolicyStep
from orchestrator.ports import Purpose

log = logging.getLogger(__name__)

FEATURE, NOT_ENABLED = "SecurityHubV2", "ResourceNotFoundException"
TRIES, PAUSE = 20, 3.0
"""A policy that has just been attached takes a while to turn the hub on."""


class Foreign(OrchestratorError):
    """What is ours to decide on was set up by somebody else."""


@dataclass(frozen=True, slots=True)
class UnifiedHub:
    """Asks as plan roles; changes as apply roles of the management and the security account."""

    session: Callable[[AccountId, Purpose], Aws]
    organization: Organization
    sleep: Callable[[float], None] = time.sleep

    def read(self, held: Held) -> Held:
        administered = frozenset(
            region
            for region in self._regions
            if self._administrator_in(region) == self.organization.security.id
        )
        aws = self.session(self.organization.security.id, Purpose.PLAN)
        try:
            found = aws.pages(HUB, "ListAggregatorsV2", "AggregatorsV2")
        except Refused as refusal:
            if refusal.code != NOT_ENABLED:
                raise
            found = []
        linked = None
        if found:
            arn = found[0]["AggregatorV2Arn"]
            said = aws.call(HUB, "GetAggregatorV2", "", AggregatorV2Arn=arn)
            linked = frozenset(said.get("LinkedRegions", ()))
        return replace(held, administered=administered, linked=linked)

    @property
    def _regions(self) -> tuple[str, ...]:
        home = self.organization.facts.home_region
        named = (region for account in self.organization.accounts for region in account.regions)
        return tuple(dict.fromkeys((home, *named)))

    def _administrator_in(self, region: str) -> str:
        """Of the unified hub. Raises Foreign for another account than ours."""
        aws = self.session(self.organization.management.id, Purpose.PLAN)
        operation = "ListOrganizationAdminAccounts"
        found = aws.pages(HUB, operation, "AdminAccounts", region, Feature=FEATURE)
        who = found[0]["AccountId"] if found else ""
        if who not in ("", self.organization.security.id):
            raise Foreign(
                f"{region}: account {who} administers the unified Security Hub",
                "take that back first, in the management account: aws securityhub "
                f"disable-organization-admin-account --admin-account-id {who} --feature {FEATURE} "
                f"--region {region}",
            )
        return who

    def change(self, step: PolicyStep, unified: Unified) -> None:
        """An aggregator is taken once the policy has turned the hub on in the home region."""
        log.info("unified hub: %s in %s", step.do, step.target)
        if step.do is Do.DESIGNATE:
            aws = self.session(self.organization.management.id, Purpose.APPLY)
            who = {"AdminAccountId": unified.administrator, "Feature": FEATURE}
            aws.call(HUB, "EnableOrganizationAdminAccount", step.target, **who)
            return
        aws = self.session(AccountId(unified.administrator), Purpose.APPLY)
        mode = "SPECIFIED_REGIONS" if unified.linked else "NO_REGIONS"
        linking = {"RegionLinkingMode": mode, "LinkedRegions": list(unified.linked)}
        for left in reversed(range(TRIES)):
            try:
                found = aws.pages(HUB, "ListAggregatorsV2", "AggregatorsV2", step.target)
                which = {"AggregatorV2Arn": found[0]["AggregatorV2Arn"]} if found else {}
                operation = "UpdateAggregatorV2" if found else "CreateAggregatorV2"
                aws.call(HUB, operation, step.target, **which, **linking)
            except Refused as refusal:
                if refusal.code != NOT_ENABLED or not left:
                    raise
                self.sleep(PAUSE)
            else:
                return
