"""The policy simulator, for documents that are handed in.

Source: IAM API Reference, SimulateCustomPolicy.
"""

from __future__ import annotations

from typing import Any

from orchestrator.sandbox.extend import Json, result
from orchestrator.sandbox.policy import Effect, Question, ask

DECISIONS = {
    Effect.ALLOW: "allowed",
    Effect.DENY: "explicitDeny",
    Effect.SILENT: "implicitDeny",
}


def simulate_custom_policy(self: Any) -> Any:
    """One result for each action and resource; what is not said of a request is not in it."""
    entries: list[Json] = self._get_param("ContextEntries", [])
    context = {entry["ContextKeyName"].lower(): entry["ContextKeyValues"] for entry in entries}
    documents = self._get_param("PolicyInputList", [])
    results = [
        {
            "EvalActionName": action,
            "EvalResourceName": resource,
            "EvalDecision": DECISIONS[ask(documents, Question(action, resource, context))],
            "MatchedStatements": [],
            "MissingContextValues": [],
        }
        for action in self._get_param("ActionNames", [])
        for resource in self._get_param("ResourceArns") or ["*"]
    ]
    return result({"EvaluationResults": results, "IsTruncated": False})
