"""A scanner that looks at plans by rules of a line each."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from orchestrator.errors import ScanFailed
from orchestrator.model.names import StackKey
from orchestrator.model.plan import Plan, Violation
from orchestrator.ports import Scan

Rule = Callable[[Mapping[str, object]], Violation | None]


@dataclass(frozen=True, slots=True)
class FakeScanner:
    """`rules` get one planned resource each, as Terraform writes it."""

    rules: Sequence[Rule] = ()

    def scan(self, plans: Sequence[Plan]) -> Mapping[StackKey, Scan]:
        return {plan.key: self._scan(plan) for plan in plans}

    def _scan(self, plan: Plan) -> Scan:
        try:
            return tuple(sorted(self._violations(plan)))
        except ScanFailed as failed:
            return failed

    def _violations(self, plan: Plan) -> list[Violation]:
        try:
            module = json.loads(plan.json_file.read_text("utf-8"))["planned_values"]["root_module"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ScanFailed(f"{plan.key}: {plan.json_file}: {error}") from error
        resources = module.get("resources", [])
        judged = (rule(resource) for resource in resources for rule in self.rules)
        return [violation for violation in judged if violation]
