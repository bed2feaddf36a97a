from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from orchestrator.findings.remediation import Aws
from tests.unit.findings.services.cycle import Case
from tests.unit.findings.services.recording import Overlay


def the_account(_: Aws) -> str:
    return "AWS::::Account:123456789012"


class Macie:
    """A session that is paused, which moto's cannot be."""

    def __init__(self, status: str = "PAUSED", administrator: str = "") -> None:
        self.status, self.administrator = status, administrator

    def read(self, _: Mapping[str, Any]) -> Mapping[str, Any]:
        if not self.status:
            error: Any = {"Code": "AccessDeniedException", "Message": "Macie is not enabled"}
            raise ClientError({"Error": error}, "GetMacieSession")
        return {"status": self.status}

    def update(self, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        self.status = asked["status"]
        return {}

    def disable(self, _: Mapping[str, Any]) -> Mapping[str, Any]:
        self.status = ""
        return {}

    def overlay(self) -> Overlay:
        administrator = {"accountId": self.administrator} if self.administrator else {}
        return {
            ("macie2", "GetMacieSession"): self.read,
            ("macie2", "EnableMacie"): self.update,
            ("macie2", "UpdateMacieSession"): self.update,
            ("macie2", "DisableMacie"): self.disable,
            ("macie2", "GetAdministratorAccount"): lambda _: {"administrator": administrator},
        }


CASES = (
    Case("Macie.1", the_account, overlay=lambda: Macie("").overlay()),
    Case("Macie.1", the_account, overlay=lambda: Macie().overlay(), name="paused"),
)
