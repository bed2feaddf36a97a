"""What Security Hub CSPM is in accounts that no policy of the organization governs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

from orchestrator.adapters.aws.transport import Refused
from orchestrator.errors import AwsDenied
from orchestrator.model.names import AccountId
from orchestrator.model.organization import Organization
from orchestrator.model.organization_policies import HubSettings
from orchestrator.ports import Purpose

HUB = "securityhub"
NOT_ADMINISTRATOR = frozenset({"InvalidAccessException", "AccessDeniedException"})


class Aws(Protocol):
    """The part of a session that is used here."""

    def call(self, service: str, operation: str, region: str = "", **parameters: object) -> Any: ...

    def pages(
        self, service: str, operation: str, key: str, region: str = "", **parameters: object
    ) -> list[Any]: ...


@dataclass(frozen=True, slots=True)
class HubCoverage:
    """Asks as the plan role, first the security account, then accounts by themselves."""

    session: Callable[[AccountId, Purpose], Aws]
    organization: Organization

    def of(self, accounts: Iterable[str]) -> tuple[dict[str, HubSettings], tuple[str, ...]]:
        """What Security Hub CSPM is in accounts that no policy governs, and who could not be read.

        Central configuration knows it for the accounts it configures; others are asked.
        """
        asked = sorted(accounts)
        try:
            found = self._central() if asked else {}
        except Refused as refusal:
            if refusal.code not in NOT_ADMINISTRATOR:
                return {}, tuple(asked)
            return {}, ()
        except AwsDenied:
            return {}, tuple(asked)
        unread = []
        for account in asked:
            if account in found:
                continue
            try:
                found[account] = self._own(account)
            except AwsDenied:
                unread.append(account)
        return {a: found[a] for a in asked if a in found}, tuple(unread)

    def _central(self) -> dict[str, HubSettings]:
        """By account; nothing with local configuration."""
        aws = self.session(self.organization.security.id, Purpose.PLAN)
        said = aws.call(HUB, "DescribeOrganizationConfiguration").get("OrganizationConfiguration")
        if (said or {}).get("ConfigurationType") != "CENTRAL":
            return {}
        regions = _aggregated(aws)
        summaries = "ConfigurationPolicyAssociationSummaries"
        known: dict[str, HubSettings] = {}
        found: dict[str, HubSettings] = {}
        for each in aws.pages(HUB, "ListConfigurationPolicyAssociations", summaries):
            policy = each["ConfigurationPolicyId"]
            if each["TargetType"] != "ACCOUNT" or policy == "SELF_MANAGED_SECURITY_HUB":
                continue
            if policy not in known:
                answer = aws.call(HUB, "GetConfigurationPolicy", Identifier=policy)
                known[policy] = _said(answer["ConfigurationPolicy"]["SecurityHub"], regions)
            found[each["TargetId"]] = known[policy]
        return found

    def _own(self, account: str) -> HubSettings:
        """Standards as they are on in the account; its controls and parameters are not looked at.

        A standard is told by its ARN in the home region, as everywhere here.
        """
        aws = self.session(AccountId(account), Purpose.PLAN)
        home = self.organization.facts.home_region
        declared = next(a for a in self.organization.accounts if a.id == account)
        on: set[str] = set()
        standards: set[str] = set()
        for region in declared.regions:
            try:
                found = aws.pages(HUB, "GetEnabledStandards", "StandardsSubscriptions", region)
            except Refused as refusal:
                if refusal.code != "InvalidAccessException":
                    raise
                continue
            on.add(region)
            standards |= {
                each["StandardsArn"].replace(f":{region}:", f":{home}:") for each in found
            }
        return HubSettings(on=frozenset(on), standards=frozenset(standards))


def _aggregated(aws: Aws) -> frozenset[str]:
    """The home region and those linked to it, in which central configuration has a say."""
    found = aws.pages(HUB, "ListFindingAggregators", "FindingAggregators")
    if not found:
        return frozenset()
    arn = found[0]["FindingAggregatorArn"]
    said = aws.call(HUB, "GetFindingAggregator", FindingAggregatorArn=arn)
    return frozenset({said["FindingAggregationRegion"], *said.get("Regions", ())})


def _said(policy: Any, regions: frozenset[str]) -> HubSettings:
    """A configuration policy in the words of the others."""
    if not policy.get("ServiceEnabled"):
        return HubSettings(off=regions)
    controls = policy.get("SecurityControlsConfiguration") or {}
    return HubSettings(
        on=regions,
        standards=frozenset(policy.get("EnabledStandardIdentifiers") or ()),
        disabled=frozenset(controls.get("DisabledSecurityControlIdentifiers") or ()),
        parameters={
            each["SecurityControlId"]: each["Parameters"]
            for each in controls.get("SecurityControlCustomParameters") or ()
        },
    )
