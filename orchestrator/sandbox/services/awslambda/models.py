"""What moto's functions forget."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from orchestrator.sandbox.extend import Json
from orchestrator.sandbox.services.awslambda import states

FORGOTTEN = ("DeadLetterConfig", "LoggingConfig")


def remember(
    original: Callable[..., None], self: Any, account_id: str, spec: Json, *args: Any, **kwargs: Any
) -> None:
    original(self, account_id, spec, *args, **kwargs)
    self.forgotten = _of(spec)


def update_configuration(original: Callable[..., Json], self: Any, config_updates: Json) -> Json:
    self.forgotten = {**self.forgotten, **_of(config_updates)}
    return original(self, config_updates)


def get_configuration(original: Callable[..., Json], self: Any, *args: Any, **kwargs: Any) -> Json:
    default = {"LogFormat": "Text", "LogGroup": self.logs_group_name}
    configuration = original(self, *args, **kwargs)
    return {**configuration, "LoggingConfig": default, **self.forgotten, **states.late(self)}


def _of(spec: Json) -> Json:
    return {name: spec[name] for name in FORGOTTEN if spec.get(name)}
