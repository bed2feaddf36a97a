"""AWS that is asked the same only once: many resources are found in one list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orchestrator.adapters.aws.questions.asking import Aws
from orchestrator.adapters.aws.refusal import Refused


class Remembering:
    """Answers of `aws`, refusals too, for as long as one plan is looked at."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self._answers: dict[str, Any] = {}

    def call(self, service: str, operation: str, region: str = "", **parameters: object) -> Any:
        what = repr((service, operation, region, sorted(parameters.items())))
        return self._once(what, lambda: self._aws.call(service, operation, region, **parameters))

    def pages(
        self, service: str, operation: str, key: str, region: str = "", **parameters: object
    ) -> list[Any]:
        what = repr((service, operation, key, region, sorted(parameters.items())))
        found: list[Any] = self._once(
            what, lambda: self._aws.pages(service, operation, key, region, **parameters)
        )
        return found

    def _once(self, what: str, ask: Callable[[], Any]) -> Any:
        if what not in self._answers:
            try:
                self._answers[what] = ask()
            except Refused as refusal:
                self._answers[what] = refusal
        if isinstance(self._answers[what], Refused):
            raise self._answers[what]
        return self._answers[what]
