"""Errors of IAM that moto words differently."""

from __future__ import annotations

from orchestrator.sandbox.extend import AwsError


class InvalidInput(AwsError):
    code = "InvalidInput"
