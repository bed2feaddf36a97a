"""AWS that answers from a table, or refuses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from orchestrator.adapters.aws.transport import Refused


def refusal(code: str) -> Refused:
    return Refused("200000000006", "orchestrator-plan", "some:Call", f"{code}: no", code)


@dataclass(frozen=True, slots=True)
class FakeAws:
    """`answers` by 'service:Operation'. For pages the answer is the list; a Refused is raised."""

    answers: Mapping[str, object] = field(default_factory=dict)

    def call(self, service: str, operation: str, region: str = "", **parameters: object) -> Any:
        found = self.answers[f"{service}:{operation}"]
        if isinstance(found, Refused):
            raise found
        return found

    def pages(
        self, service: str, operation: str, key: str, region: str = "", **parameters: object
    ) -> list[Any]:
        found: list[Any] = self.call(service, operation, region, **parameters)
        return found
