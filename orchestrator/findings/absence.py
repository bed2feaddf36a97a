"""Answers that say a resource is not there, told from all other errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError


def code(error: ClientError) -> str:
    """'AccessDenied', 'NoSuchBucket' …"""
    return str(error.response.get("Error", {}).get("Code", ""))


def unless(codes: tuple[str, ...], call: Callable[..., Any], **arguments: Any) -> Any:
    """The answer of a call, None when it fails with one of these codes; other errors rise."""
    try:
        return call(**arguments)
    except ClientError as error:
        if code(error) in codes:
            return None
        raise
