"""Answers of STS that moto makes up."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def not_there(_: Callable[..., Any], self: Any) -> Any:
    """moto would hand out credentials from the documentation, which nobody knows."""
    raise NotImplementedError(self._get_action())


def assume_role(original: Callable[..., Any], self: Any) -> Any:
    """What moto drops of a session: policies by ARN, tags, and who it really is."""
    answer = original(self)
    session = answer.result["Credentials"]
    named = self._get_param("PolicyArns", if_none=[])
    session.policy_arns = tuple(str(each["arn"]) for each in named)
    tags = self._get_param("Tags", if_none=[])
    session.tags = {str(tag["Key"]): str(tag["Value"]) for tag in tags}
    session.source_identity = self._get_param("SourceIdentity") or ""
    return answer
