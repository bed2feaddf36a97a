"""Security Hub is told what became of a finding: a workflow status, and a note."""

from __future__ import annotations

from typing import Any, Protocol

from orchestrator.findings.errors import AwsError, said
from orchestrator.findings.finding import OURS

MOST_CHARACTERS = 512
"""Of a note. Source: AWS Security Hub API Reference, NoteUpdate."""


class Hub(Protocol):
    """Where findings are kept."""

    def note(self, id_: str, product_arn: str, workflow: str, text: str) -> str:
        """Write a note and a workflow status; what went wrong, '' if nothing did."""


class SecurityHub:
    """The administrator's Security Hub in the home region, which updates members' findings too."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def note(self, id_: str, product_arn: str, workflow: str, text: str) -> str:
        try:
            answer = self._client.batch_update_findings(
                FindingIdentifiers=[{"Id": id_, "ProductArn": product_arn}],
                Workflow={"Status": workflow},
                Note={"Text": text[:MOST_CHARACTERS], "UpdatedBy": OURS},
            )
        except AwsError as error:
            return said(error)
        left = answer.get("UnprocessedFindings", [])
        return f"not taken: {left[0].get('ErrorCode', 'Unknown')}" if left else ""
