"""AssumeRole with the limits that AWS sets for its parameters."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from orchestrator.sandbox.services.sts.exceptions import ValidationError

ROLE_ARN = re.compile(r"arn:aws:iam::(\d{12}):role/(?:[!-~]+/)?[\w+=,.@-]{1,64}")
SESSION_NAME = re.compile(r"[\w+=,.@-]{2,64}")


def assume_role(original: Callable[..., Any], self: Any) -> Any:
    """Source: AWS STS API Reference, AssumeRole, "Request Parameters"."""
    duration = self._get_int_param("DurationSeconds", 3600)
    if not 900 <= duration <= 43200:
        raise ValidationError(f"DurationSeconds is {duration}; it must be 900 to 43200.")
    role_arn, name = self._get_param("RoleArn") or "", self._get_param("RoleSessionName") or ""
    if not ROLE_ARN.fullmatch(role_arn):
        raise ValidationError(f"{role_arn} is invalid")
    if not SESSION_NAME.fullmatch(name):
        raise ValidationError(
            f"Value '{name}' at 'roleSessionName' failed to satisfy constraint: "
            "Member must satisfy regular expression pattern: [\\w+=,.@-]*"
        )
    return original(self)


def not_there(_: Callable[..., Any], self: Any) -> Any:
    """moto would hand out credentials from the documentation, which nobody knows."""
    raise NotImplementedError(self._get_action())
