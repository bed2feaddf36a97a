"""What moto's functions forget, and a mapping that lets go of its queue when it is deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.sqs.models import sqs_backends

from orchestrator.sandbox.extend import Json

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
    return {**original(self, *args, **kwargs), "LoggingConfig": default, **self.forgotten}


def delete_event_source_mapping(original: Callable[..., Any], self: Any, uuid: str) -> Any:
    mapping = original(self, uuid)
    if mapping is not None and ":sqs:" in mapping.event_source_arn:
        _, _, _, region, account_id, name = mapping.event_source_arn.split(":")
        queue = sqs_backends[account_id][region].queues.get(name)
        if queue is not None:
            queue.lambda_event_source_mappings.pop(mapping.function_arn, None)
    return mapping


def _of(spec: Json) -> Json:
    return {name: spec[name] for name in FORGOTTEN if spec.get(name)}
