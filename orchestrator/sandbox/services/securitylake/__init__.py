"""Amazon Security Lake, a service moto does not have: lakes, sources, subscribers, new accounts.

What is declared in one region belongs to the account as a whole.
"""

from __future__ import annotations

from moto.core.base_backend import BackendDict

from orchestrator.sandbox import extend
from orchestrator.sandbox.extend import Backend, ParsedResponses, every_path, operations_of
from orchestrator.sandbox.services.securitylake.lakes import AutoEnable, Lakes, Sources, Tags
from orchestrator.sandbox.services.securitylake.part import Declared
from orchestrator.sandbox.services.securitylake.subscribers import Subscribers

HOLDER = "us-east-1"
"""The region whose backend holds the account's declarations."""

PARTS: dict[str, type] = {
    "lakes": Lakes,
    "auto_enable": AutoEnable,
    "sources": Sources,
    "subscribers": Subscribers,
    "tagged": Tags,
}


class SecurityLakeBackend(Backend):
    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.own = Declared()
        self.lakes = Lakes(self)
        self.auto_enable = AutoEnable(self)
        self.sources = Sources(self)
        self.subscribers = Subscribers(self)
        self.tagged = Tags(self)

    @property
    def declared(self) -> Declared:
        holder: SecurityLakeBackend = securitylake_backends[self.account_id][HOLDER]
        return holder.own

    def arn(self, path: str, region: str) -> str:
        return f"arn:aws:securitylake:{region}:{self.account_id}:{path}"


securitylake_backends = BackendDict(SecurityLakeBackend, "securitylake")


class SecurityLakeResponse(ParsedResponses):
    service = "securitylake"


operations_of(SecurityLakeResponse, securitylake_backends, PARTS)


url_bases = [r"https?://securitylake\.(.+)\.amazonaws\.com"]
url_paths = every_path(SecurityLakeResponse.dispatch)


def install() -> None:
    extend.add_service("securitylake", url_bases[0], securitylake_backends)
