"""Credentials of a user for one service, of which nothing here makes any.

Source: IAM API Reference, ListServiceSpecificCredentials and its errors.
"""

from __future__ import annotations

from typing import Any

from orchestrator.sandbox.extend import result
from orchestrator.sandbox.services.iam.exceptions import NotSupportedService

SERVICES = ("bedrock.amazonaws.com", "cassandra.amazonaws.com", "codecommit.amazonaws.com")


def list_service_specific_credentials(self: Any) -> Any:
    """Of a user who is there."""
    service = self._get_param("ServiceName")
    if service and service not in SERVICES:
        raise NotSupportedService(f"{service} does not support service-specific credentials.")
    if name := self._get_param("UserName"):
        self.backend.get_user(name)
    return result({"ServiceSpecificCredentials": []})
