"""Errors that moto's STS does not have."""

from __future__ import annotations

from orchestrator.sandbox.extend import AwsError


class ValidationError(AwsError):
    code = "ValidationError"
