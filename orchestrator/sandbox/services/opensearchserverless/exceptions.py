"""Errors of OpenSearch Serverless."""

from __future__ import annotations

from orchestrator.sandbox.extend import AwsError


class ConflictException(AwsError):
    code = "ConflictException"


class ResourceNotFoundException(AwsError):
    code = "ResourceNotFoundException"


class ValidationException(AwsError):
    code = "ValidationException"
