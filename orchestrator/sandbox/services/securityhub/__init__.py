"""AWS Security Hub, with its meaning: policies reach accounts, findings aggregate, rules act.

The Security Hub of one account in one region is made of parts that each hold one concern.
"""

from __future__ import annotations

from moto.securityhub.models import securityhub_backends

from orchestrator.sandbox import extend
from orchestrator.sandbox.extend import Backend, ParsedResponses, every_path, operations_of
from orchestrator.sandbox.services.securityhub.administration import Administration
from orchestrator.sandbox.services.securityhub.automation import Automation
from orchestrator.sandbox.services.securityhub.catalogue import Standards
from orchestrator.sandbox.services.securityhub.central import Central
from orchestrator.sandbox.services.securityhub.controls import Controls
from orchestrator.sandbox.services.securityhub.exposures import Exposures
from orchestrator.sandbox.services.securityhub.findings import Findings
from orchestrator.sandbox.services.securityhub.findings_v2 import FindingsV2
from orchestrator.sandbox.services.securityhub.hub import Aggregation, Hub
from orchestrator.sandbox.services.securityhub.hub_v2 import HubV2
from orchestrator.sandbox.services.securityhub.insights import Insights, Integrations
from orchestrator.sandbox.services.securityhub.members import Members
from orchestrator.sandbox.services.securityhub.part import not_subscribed
from orchestrator.sandbox.services.securityhub.reach import on_account_moved, on_policies_changed

PARTS: dict[str, type] = {
    "hub": Hub,
    "hub_v2": HubV2,
    "standards": Standards,
    "controls": Controls,
    "administration": Administration,
    "members": Members,
    "aggregation": Aggregation,
    "central": Central,
    "findings": Findings,
    "automation": Automation,
    "insights": Insights,
    "integrations": Integrations,
    "findings_v2": FindingsV2,
    "exposures": Exposures,
}


class SecurityHubBackend(Backend):
    """What one account has in one region; parts reach other accounts and regions by `peer`."""

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.hub = Hub(self)
        self.hub_v2 = HubV2(self)
        self.standards = Standards(self)
        self.controls = Controls(self)
        self.administration = Administration(self)
        self.members = Members(self)
        self.aggregation = Aggregation(self)
        self.central = Central(self)
        self.findings = Findings(self)
        self.automation = Automation(self)
        self.insights = Insights(self)
        self.integrations = Integrations(self)
        self.findings_v2 = FindingsV2(self)
        self.exposures = Exposures(self)

    def arn(self, resource: str) -> str:
        return f"arn:aws:securityhub:{self.region_name}:{self.account_id}:{resource}"

    def peer(self, account_id: str | None = None, region: str | None = None) -> SecurityHubBackend:
        """The same service in another account, another region, or both."""
        backends = securityhub_backends[account_id or self.account_id]
        peer: SecurityHubBackend = backends[region or self.region_name]
        return peer

    def regions_in_use(self, account_id: str | None = None) -> tuple[SecurityHubBackend, ...]:
        """The account's Security Hub in every region where somebody has asked for it."""
        return tuple(dict.values(securityhub_backends[account_id or self.account_id]))

    def reached_by_its_policy(self) -> None:
        """A policy that has waited for the management account's hub applies once there is one."""
        administrator = self.administration.administrator()
        for home in self.regions_in_use(administrator) if administrator else ():
            if home.administration.type == "CENTRAL":
                home.central.roll_out(self.account_id)

    def require_hub(self) -> None:
        """Raise what AWS raises for nearly every call to a hub that is not enabled."""
        if not self.hub.enabled:
            raise not_subscribed(self.account_id)


__all__ = ["install", "on_account_moved", "on_policies_changed"]


def install() -> None:
    extend.substitute(securityhub_backends, SecurityHubBackend)


class SecurityHubResponse(ParsedResponses):
    service = "securityhub"


operations_of(SecurityHubResponse, securityhub_backends, PARTS)


url_bases = [r"https?://securityhub\.(.+)\.amazonaws\.com"]
url_paths = every_path(SecurityHubResponse.dispatch)
