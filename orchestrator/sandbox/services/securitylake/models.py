"""Security Lake of one account and region; what is declared belongs to the account as a whole."""

from __future__ import annotations

from moto.core.base_backend import BackendDict

from orchestrator.sandbox.extend import Backend
from orchestrator.sandbox.services.securitylake.lakes import AutoEnable, Lakes, Tags
from orchestrator.sandbox.services.securitylake.part import Declared
from orchestrator.sandbox.services.securitylake.sources import Sources
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
