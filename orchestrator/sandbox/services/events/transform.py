"""What a target is sent: the event, a part of it, a constant, or a template filled from it."""

from __future__ import annotations

import json
import re
from typing import Any

from jsonpath_ng.ext import parse

from orchestrator.sandbox.extend import Json

_VARIABLE = re.compile(r"<([^<>\"\s]+)>")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_WHOLE_EVENT = ("aws.events.event.json", "aws.events.event")


def payload(target: Json, event: Json) -> str:
    """The body `target` receives for `event`."""
    if target.get("Input"):
        return str(target["Input"])
    if target.get("InputPath"):
        return json.dumps(_at(target["InputPath"], event))
    transformer = target.get("InputTransformer")
    return fill(transformer, event) if transformer else json.dumps(event)


def fill(transformer: Json, event: Json) -> str:
    """The template with its variables: bare ones become JSON, those in quotes become text.

    Source: EventBridge user guide, "Input transformation".
    """
    paths = transformer.get("InputPathsMap") or {}
    found = {name: _at(path, event) for name, path in paths.items()}
    found.update(dict.fromkeys(_WHOLE_EVENT, event))
    template: str = transformer["InputTemplate"]
    quoted = _QUOTED.sub(lambda text: _VARIABLE.sub(_as_text(found), text[0]), template)
    return _VARIABLE.sub(_as_json(found), quoted)


def _at(path: str, event: Json) -> Any:
    matches = parse(path).find(event)
    return matches[0].value if matches else None


def _as_text(found: Json) -> Any:
    def replace(match: re.Match[str]) -> str:
        if match[1] not in found:
            return match[0]
        value = found[match[1]]
        text = value if isinstance(value, str) else json.dumps(value)
        return json.dumps(text)[1:-1]

    return replace


def _as_json(found: Json) -> Any:
    def replace(match: re.Match[str]) -> str:
        return json.dumps(found[match[1]]) if match[1] in found else match[0]

    return replace
