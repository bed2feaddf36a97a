"""Findings of our own, imported into the account that they are about.

For an account's default product only the account itself may.
Source: AWS Security Hub API Reference, BatchImportFindings.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from orchestrator.adapters.aws.credential_cache import CredentialCache
from orchestrator.errors import AwsDenied
from orchestrator.logs.rules.detect import Imported
from orchestrator.ports import Purpose


class FindingImport:
    """Security Hub of each account in one region, entered by the role that imports and no more."""

    def __init__(self, credential_cache: CredentialCache, region: str) -> None:
        self._credential_cache, self._region = credential_cache, region

    def send(self, account: str, findings: Sequence[Mapping[str, object]]) -> Imported:
        """One request, of 100 findings at most. What AWS refuses is in the answer, never raised."""
        try:
            session = self._credential_cache.session(account, Purpose.DETECT)
            answer = session.call(
                "securityhub", "BatchImportFindings", self._region, Findings=list(findings)
            )
        except AwsDenied as error:
            why = f"{error.message}; {error.fix}"
            return Imported(account, 0, {str(each["Id"]): why for each in findings})
        refused = {
            str(each["Id"]): f"{each['ErrorCode']}: {each['ErrorMessage']}"
            for each in answer.get("FailedFindings", [])
        }
        return Imported(account, int(answer["SuccessCount"]), refused)
