"""Errors of EC2's settings."""

from __future__ import annotations

from orchestrator.sandbox.extend import AwsError


class InvalidParameterValue(AwsError):
    code = "InvalidParameterValue"
